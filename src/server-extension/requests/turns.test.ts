import { setTimeout as sleep } from 'node:timers/promises';
import { NoTurn, Turns } from './turns';

const LONG_MS = 60_000;

/** One place, and clients that have it for some time of a clock of its own. */
function onePlace() {
  let nowMs = 0;
  const turns = new Turns(1, 1, undefined, () => nowMs);
  const served: string[] = [];
  const ask = async (client: string, forMs: number) => {
    const giveBack = await turns.take(client, LONG_MS);
    served.push(client);
    nowMs += forMs;
    giveBack();
  };
  return { turns, served, ask };
}

describe('turns', () => {
  it('gives out places until there are no more, and again when one came back', async () => {
    const turns = new Turns(2, 2);
    const first = await turns.take('a', LONG_MS);
    await turns.take('b', LONG_MS);
    const third = turns.take('c', LONG_MS);
    const order: string[] = [];
    void third.then(() => order.push('c'));
    await sleep(1);
    expect(order).toEqual([]);
    first();
    await third;
    expect(order).toEqual(['c']);
  });

  it('serves those who wait client by client, and each of them in its order', async () => {
    const turns = new Turns(1, 1, undefined, () => 0);
    const served: string[] = [];
    for (const client of ['a', 'b', 'c']) (await turns.take(client, LONG_MS))();
    const busy = await turns.take('z', LONG_MS);
    const ask = async (client: string, name: string) => {
      const giveBack = await turns.take(client, LONG_MS);
      served.push(name);
      await sleep(1);
      giveBack();
    };
    const all = [ask('a', 'a1'), ask('a', 'a2'), ask('a', 'a3'), ask('b', 'b1'), ask('c', 'c1'), ask('b', 'b2')];
    busy();
    await Promise.all(all);
    expect(served).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  it('serves who has short turns first, however many others wait', async () => {
    const { turns, served, ask } = onePlace();
    const many = Array.from({ length: 5 }, (_, index) => `much ${index}`);
    await ask('little', 1);
    for (const client of many) await ask(client, 200);
    const busy = await turns.take('z', LONG_MS);
    served.length = 0;
    const all = [...many.map((client) => ask(client, 200)), ask('little', 1)];
    busy();
    await Promise.all(all);
    expect(served[0]).toBe('little');
    expect(served.slice(1)).toEqual(many);
  });

  it('lets who is new wait for those with short turns, but not for long', async () => {
    const { turns, served, ask } = onePlace();
    await ask('short', 1);
    await ask('long', 200);
    const busy = await turns.take('z', LONG_MS);
    served.length = 0;
    const all = [ask('long', 200), ask('new', 1), ...Array.from({ length: 9 }, () => ask('short', 49))];
    busy();
    await Promise.all(all);
    expect(served.indexOf('new')).toBe(7);
    expect(served.at(-1)).toBe('long');
  });

  it('leaves places to who had none for long', async () => {
    let nowMs = 0;
    const turns = new Turns(3, 3, { overMs: 100, places: 1 }, () => nowMs);
    for (const client of ['a', 'b']) {
      const giveBack = await turns.take(client, LONG_MS);
      nowMs += 200;
      giveBack();
    }
    const first = await turns.take('a', LONG_MS);
    await expect(turns.take('b', 5)).rejects.toThrow(NoTurn);
    const others = [await turns.take('c', 5), await turns.take('c', 5)];
    const second = turns.take('b', LONG_MS);
    others[0]?.();
    first();
    await second;
  });

  it('lets one client have its share, however many places are free', async () => {
    const turns = new Turns(4, 2);
    const mine = [await turns.take('a', LONG_MS), await turns.take('a', LONG_MS)];
    await expect(turns.take('a', 5)).rejects.toThrow(NoTurn);
    await turns.take('b', 5);
    const third = turns.take('a', LONG_MS);
    mine[0]?.();
    await third;
  });

  it('forgets who did not wait any longer, and takes a place back once', async () => {
    const turns = new Turns(1, 1);
    const giveBack = await turns.take('a', LONG_MS);
    await expect(turns.take('b', 5)).rejects.toThrow('no place came free within 5 ms');
    giveBack();
    giveBack();
    await turns.take('c', 5);
    await expect(turns.take('d', 5)).rejects.toThrow(NoTurn);
  });
});
