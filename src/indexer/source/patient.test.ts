import { RetryableError } from '../../runtime/errors';
import { advance, makePatient } from './patient';
import type { HotState } from './types';

const ref = (height: number, branch = 'a') => ({ height, hash: `${branch}${height}` });
const state: HotState = { ...ref(10), top: [ref(11), ref(12), ref(13)] };
const update = (base: number, blocks: [number, string][], final: number) => ({
  baseHead: ref(base),
  finalizedHead: ref(final),
  blocks: blocks.map(([height, branch]) => ({ header: ref(height, branch) })),
});

describe('advance', () => {
  it('puts new blocks on top and moves the ground to the final head', () =>
    expect(advance(state, update(13, [[14, 'a']], 12))).toEqual({ ...ref(12), top: [ref(13), ref(14)] }));
  it('drops what a reorg replaced', () =>
    expect(advance(state, update(11, [[12, 'b']], 10))).toEqual({ ...ref(10), top: [ref(11), ref(12, 'b')] }));
  it('takes a rollback without new blocks', () =>
    expect(advance(state, update(11, [], 11))).toEqual({ ...ref(11), top: [] }));
});

describe('a patient source', () => {
  class RpcError extends Error {
    override readonly name = 'RpcError';
  }
  type Update = ReturnType<typeof update>;
  const sourceThat = (
    work: (state: HotState, send: (next: Update) => Promise<void>, call: number) => Promise<void>,
  ) => {
    let call = 0;
    const source = {
      processHotBlocks: (_: null, from: HotState, send: (next: Update) => Promise<void>) => work(from, send, call++),
    };
    makePatient(source);
    return source;
  };

  it('goes on after an error answer from what was taken in', async () => {
    const states: HotState[] = [];
    const source = sourceThat(async (from, send, call) => {
      states.push(from);
      if (call > 0) return;
      await send(update(13, [[14, 'a']], 12));
      throw new RpcError('block height is 13 but requested was 15');
    });
    const taken: Update[] = [];
    await source.processHotBlocks(null, state, async (next) => {
      taken.push(next);
    });
    expect(taken).toHaveLength(1);
    expect(states).toEqual([state, { ...ref(12), top: [ref(13), ref(14)] }]);
  });

  it('repeats an update that was not taken in, and leaves other errors alone', async () => {
    const broken = new Error('not for the endpoint');
    const source = sourceThat(async (from, send, call) => {
      expect(from).toEqual(state);
      if (call === 0) throw new RpcError('header not found');
      await send(update(13, [[14, 'a']], 10));
    });
    const work = source.processHotBlocks(null, state, () => Promise.reject(broken));
    await expect(work).rejects.toBe(broken);
  });

  it('gives up on an endpoint that only answers with errors', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    try {
      const source = sourceThat(() => Promise.reject(new RpcError('method not found')));
      const work = expect(source.processHotBlocks(null, state, async () => {})).rejects.toBeInstanceOf(RetryableError);
      await jest.advanceTimersByTimeAsync(200_000);
      await work;
    } finally {
      jest.useRealTimers();
    }
  });
});
