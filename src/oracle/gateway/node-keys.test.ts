import { NodeKeys } from './node-keys';

const key = (n: number) => ({ workerKey: `0x${String(n).repeat(40)}`, devices: 1 });

describe('keys of nodes', () => {
  const asked: number[] = [];
  let answer: (nodeId: number) => Promise<ReturnType<typeof key> | null>;
  const keys = () =>
    new NodeKeys((nodeId) => {
      asked.push(nodeId);
      return answer(nodeId);
    });
  beforeEach(() => {
    asked.length = 0;
    answer = async () => key(1);
  });

  it('are asked for once in some seconds, however many want them', async () => {
    const some = keys();
    const fresh = { key: key(1), isFresh: true };
    expect(await Promise.all([some.of(1), some.of(1), some.of(2)])).toEqual([fresh, fresh, fresh]);
    expect(await some.of(1)).toEqual(fresh);
    expect(asked).toEqual([1, 2]);
  });

  it('are those that are known while the chain is away, which is asked by one look-up in some seconds', async () => {
    const some = keys();
    some.learn([{ nodeId: 1, ...key(1) }], Date.now());
    answer = () => Promise.reject(new Error('away'));
    expect(await some.of(1)).toEqual({ key: key(1), isFresh: false });
    expect(await some.of(2)).toBeUndefined();
    expect(await some.of(1)).toEqual({ key: key(1), isFresh: false });
    expect(asked).toEqual([1]);
  });

  it('do not wait for an endpoint that is silent', async () => {
    const some = keys();
    some.learn([{ nodeId: 1, ...key(1) }], Date.now());
    answer = () => new Promise(() => undefined);
    const startMs = Date.now();
    expect(await some.of(1)).toEqual({ key: key(1), isFresh: false });
    expect(Date.now() - startMs).toBeLessThan(10_000);
    expect(await some.of(1)).toEqual({ key: key(1), isFresh: false });
    expect(asked).toEqual([1]);
  });

  it('give way to newer ones only, and end with the node', async () => {
    const some = keys();
    const nowMs = Date.now();
    some.learn([{ nodeId: 1, ...key(2) }], nowMs);
    some.learn([{ nodeId: 1, ...key(1) }], nowMs - 1_000);
    expect(some.has(1, key(2).workerKey)).toBe(true);
    answer = async () => null;
    expect(await some.of(1)).toEqual({ key: null, isFresh: true });
    some.learn([{ nodeId: 1, ...key(2) }], nowMs - 1_000);
    expect(some.has(1, key(2).workerKey)).toBe(false);
  });

  it('are not known for ever', async () => {
    const some = keys();
    some.learn([{ nodeId: 1, ...key(1) }], Date.now() - 3_601_000);
    answer = () => Promise.reject(new Error('away'));
    expect(await some.of(1)).toBeUndefined();
  });
});
