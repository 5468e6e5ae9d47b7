import { RowCache } from './row-cache';
import type { StoreEntity } from './table';

class Thing implements StoreEntity {
  block = 0;
  timestamp = new Date(0);
  constructor(public id: string) {}
}
class Other extends Thing {}

const many = (from: number, count: number) => Array.from({ length: count }, (_, index) => new Thing(`${from + index}`));

describe('the rows in memory', () => {
  it('are kept by table and id', () => {
    const cache = new RowCache();
    const thing = new Thing('1');
    cache.put(Thing, thing);
    expect(cache.get(Thing as never, '1')).toBe(thing);
    expect(cache.get(Other as never, '1')).toBeUndefined();
  });

  it('of the batch before stay, however many there are; others are forgotten after a while', () => {
    const cache = new RowCache();
    const before = many(0, 50_000);
    for (const row of before) cache.put(Thing, row);
    cache.age();
    expect(cache.get(Thing as never, '0')).toBe(before[0]);
    for (const row of many(50_000, 20_000)) cache.put(Thing, row);
    cache.age();
    expect(cache.get(Thing as never, '0')).toBe(before[0]);
    expect(cache.get(Thing as never, '1')).toBeUndefined();
  });

  it('of a table that is held whole are never forgotten', () => {
    const cache = new RowCache();
    cache.keepAll(Thing as never, many(0, 2));
    cache.put(Thing, new Thing('2'));
    for (let batch = 0; batch < 3; batch++) {
      for (let id = 0; id < 30_000; id++) cache.put(Other, new Other(`${batch}-${id}`));
      cache.age();
    }
    expect(cache.all(Thing as never)?.map(({ id }) => id)).toEqual(['0', '1', '2']);
  });
});
