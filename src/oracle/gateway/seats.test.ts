import { Seats } from './seats';

class Guest {
  constructor(
    readonly address: string,
    readonly name: string,
  ) {}
}

describe('seats', () => {
  const left: string[] = [];
  const seats = () => new Seats<Guest>({ total: 4, perAddress: 3 }, (guest) => left.push(guest.name));
  beforeEach(() => {
    left.length = 0;
  });

  it('are taken from the own oldest when an address has its share', () => {
    const some = seats();
    for (const name of ['a1', 'a2', 'a3', 'a4']) some.take(new Guest('a', name));
    expect(left).toEqual(['a1']);
    expect(some.size).toBe(3);
  });

  it('are taken from the address that holds most when all are taken, never from one that holds less', () => {
    const some = seats();
    some.take(new Guest('b', 'b1'));
    for (const name of ['a1', 'a2', 'a3']) some.take(new Guest('a', name));
    some.take(new Guest('c', 'c1'));
    some.take(new Guest('a', 'a4'));
    expect(left).toEqual(['a1', 'a2']);
  });

  it('are not taken from who holds no more than the newcomer would, where who sits stays', () => {
    const some = new Seats<Guest>({ total: 4, perAddress: 3, stays: true }, (guest) => left.push(guest.name));
    for (const name of ['a1', 'a2', 'a3']) expect(some.take(new Guest('a', name))).toBe(true);
    expect(some.take(new Guest('a', 'a4'))).toBe(false);
    expect(some.take(new Guest('b', 'b1'))).toBe(true);
    expect(some.take(new Guest('c', 'c1'))).toBe(true);
    expect(left).toEqual(['a1']);
    expect(some.take(new Guest('b', 'b2'))).toBe(false);
    expect(some.take(new Guest('d', 'd1'))).toBe(true);
    expect(some.take(new Guest('e', 'e1'))).toBe(false);
    expect(left).toEqual(['a1', 'a2']);
  });

  it('are free again when somebody leaves, who may do so twice', () => {
    const some = seats();
    const guest = new Guest('a', 'a1');
    some.take(guest);
    some.leave(guest);
    some.leave(guest);
    expect(some.size).toBe(0);
  });
});
