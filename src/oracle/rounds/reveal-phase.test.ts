import { type AnchoredChallenge, UNANSWERED } from '../store/model';
import { RevealPhase } from './reveal-phase';
import type { Opening } from './states';

const bytes = (byte: number) => new Uint8Array(32).fill(byte);
const hash = `0x${'0d'.repeat(32)}`;

function opening(openDeadlineMs: number): Opening {
  return {
    ...{ state: 'opening', round: 5, epoch: 2, slotStartMs: 0, slotEndMs: 1, startAtMs: 0, openDeadlineMs },
    draw: {
      ...{ task: 'tree', openBlock: 1, openBlockHash: hash, openBlockTimeMs: 0, nonce: bytes(1) },
      ...{ coinSecret: bytes(2), coinHash: bytes(3), roundSeed: bytes(4) },
    },
    commitments: { root: bytes(5), count: 1 },
    anchor: { txHash: hash, blockNumber: 2, blockHash: hash, blockTimeMs: 0 },
  };
}

const challenge: AnchoredChallenge = {
  ...{ round: 5, epoch: 2, nodeId: 7, device: 0, hardwareClass: 0, workerKey: '0x', operator: '0x' },
  rewardRecipient: '0x',
  params: { task: 'tree', n: 6, w: 4, T: 0, K: 8, m: 0 },
  ...{ taskSeed: bytes(6), referencePerMs: 1n, expectedMs: 1, deadlineMs: 6000 },
  ...UNANSWERED,
  ...{ signature: '0x', commit: { commitment: bytes(7), signature: '0x', elapsedMs: 10 }, leafIndex: 0 },
};

describe('waiting for what nodes reveal', () => {
  const sent: string[] = [];
  const judged: Uint8Array[] = [];
  const phase = (deadlineMs: number) =>
    new RevealPhase(opening(deadlineMs), [challenge], {
      send: (_, text) => sent.push(text),
      judge: async (_, revealed) => {
        judged.push(revealed);
      },
    });
  const { signal } = new AbortController();
  afterEach(() => jest.restoreAllMocks());

  it('ends at the deadline though every timer fires a few milliseconds early', async () => {
    const realTimer = globalThis.setTimeout;
    jest
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation(((work: () => void, ms: number) =>
        realTimer(work, ms > 4 ? ms - 4 : ms)) as typeof setTimeout);
    const deadlineMs = Date.now() + 40;
    expect(await phase(deadlineMs).finished(signal)).toEqual([challenge]);
    expect(Date.now()).toBeGreaterThanOrEqual(deadlineMs);
  }, 5_000);

  it('ends as soon as the last opening is judged', async () => {
    const revealing = phase(Date.now() + 60_000);
    const finished = revealing.finished(signal);
    revealing.reveal(7, 0, new Uint8Array([9]));
    expect(await finished).toEqual([]);
    expect(judged).toHaveLength(1);
  });

  it('ends with the reason of the stop', async () => {
    const stop = new AbortController();
    const finished = phase(Date.now() + 60_000).finished(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(finished).rejects.toThrow('stopped');
  });

  it('notices the stop also after the deadline, while an opening is still being judged', async () => {
    const stop = new AbortController();
    const hooks = { send: () => undefined, judge: () => new Promise<void>(() => undefined) };
    const revealing = new RevealPhase(opening(Date.now() + 30), [challenge], hooks);
    const finished = revealing.finished(stop.signal);
    revealing.reveal(7, 0, new Uint8Array([9]));
    setTimeout(() => stop.abort(new Error('stopped')), 80);
    await expect(finished).rejects.toThrow('stopped');
  });
});
