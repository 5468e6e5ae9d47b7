import { type Challenge, challengeKey, UNANSWERED } from '../store/model';
import { type Facts, ruleOnBusy, settleWithoutOpening } from './settle';

const nothing: Facts = { malformed: new Set(), seenBefore: new Set(), busy: new Map() };

function challenge(nodeId: number, over: Partial<Challenge> = {}): Challenge {
  return {
    round: 5,
    epoch: 2,
    nodeId,
    device: 0,
    hardwareClass: 0,
    workerKey: '0x01',
    operator: '0xaa',
    rewardRecipient: '0xbb',
    params: { task: 'gemm', n: 256, w: 256, T: 4, K: 32, m: 2 },
    taskSeed: new Uint8Array(32),
    referencePerMs: 1000n,
    expectedMs: 1000,
    deadlineMs: 6000,
    ...UNANSWERED,
    signature: '0x01',
    ...over,
  };
}
const commitOf = (byte: number, elapsedMs: number) => ({
  commitment: new Uint8Array(32).fill(byte),
  signature: '0x02',
  elapsedMs,
});
const committed = (nodeId: number, byte: number, elapsedMs = 100) =>
  challenge(nodeId, { commit: commitOf(byte, elapsedMs), leafIndex: nodeId });
const codes = (challenges: Challenge[], facts: Facts = nothing) =>
  Object.fromEntries([...settleWithoutOpening(challenges, facts)].map(([key, { code }]) => [key, code]));

describe('verdicts without an opening', () => {
  it('leaves fresh anchored commitments to their opening', () => {
    expect(codes([committed(0, 1), committed(1, 2)])).toEqual({});
  });

  it('names every way of missing a round', () => {
    const late = challenge(2, { commit: commitOf(0, 6001) });
    const unsigned = challenge(3, { commit: commitOf(0, 10) });
    const facts = { ...nothing, malformed: new Set([challengeKey({ nodeId: 4, device: 0 })]) };
    expect(codes([challenge(0), challenge(1, { signature: null }), late, unsigned, challenge(4)], facts)).toEqual({
      '0/0': 'TIMEOUT',
      '1/0': 'UNREACHABLE',
      '2/0': 'LATE',
      '3/0': 'MALFORMED',
      '4/0': 'MALFORMED',
    });
  });

  it('finds commitments of earlier rounds', () => {
    const seenBefore = new Set([`0x${'07'.repeat(32)}`]);
    expect(codes([committed(0, 7), committed(1, 8)], { ...nothing, seenBefore })).toEqual({ '0/0': 'REPLAYED' });
  });

  it('lets the fastest of equal commitments in one round prove itself', () => {
    expect(codes([committed(0, 7, 200), committed(1, 7, 100), committed(2, 7, 300)])).toEqual({
      '0/0': 'REPLAYED',
      '2/0': 'REPLAYED',
    });
  });

  it('keeps a verdict that stands', () => {
    const verdict = {
      code: 'ORACLE_FAULT',
      group: 'neutral',
      reason: '',
      numbers: {},
      perfBps: null,
      opsPerMs: null,
      sample: null,
      signature: null,
    } as const;
    expect(codes([challenge(0, { verdict })])).toEqual({});
  });

  it('excuses by an accepted busy claim only', () => {
    const claim = { jobId: 1n, shard: 0 };
    const busy = new Map([
      ['0/0', { accepted: true, reason: 'yes' }],
      ['1/0', { accepted: false, reason: 'no' }],
    ]);
    const challenges = [challenge(0, { busy: claim }), challenge(1, { busy: claim })];
    expect(codes(challenges, { ...nothing, busy })).toEqual({ '0/0': 'BUSY', '1/0': 'TIMEOUT' });
  });
});

describe('busy claims', () => {
  const job = {
    client: '0xcc',
    hardwareClass: 0,
    shardCount: 1,
    deadline: 2000,
    pricePerShardWei: 10n,
    cancelled: false,
  };
  const shard = { state: 'claimed', nodeId: 3, claimedAt: 900, submittedAt: 0 } as const;
  const claim = {
    challenge: { nodeId: 3, operator: '0xaa', rewardRecipient: '0xbb' },
    job,
    shard,
    epochStartSeconds: 1000,
    openBlockSeconds: 1100,
    minPriceWei: 10n,
  };

  it('excuses a node at work on a paid shard of another', () => {
    expect(ruleOnBusy(claim).accepted).toBe(true);
  });

  it.each([
    ['no such shard', { shard: null }],
    ['no such job', { job: null }],
    ['another node holds it', { shard: { ...shard, nodeId: 4 } }],
    ['submitted already', { shard: { ...shard, state: 'submitted' as const } }],
    ['claimed in this epoch', { shard: { ...shard, claimedAt: 1000 } }],
    ['expired', { job: { ...job, deadline: 1100 } }],
    ['own job', { job: { ...job, client: '0xaa' } }],
    ["the recipient's job", { job: { ...job, client: '0xbb' } }],
    ['too cheap', { job: { ...job, pricePerShardWei: 9n } }],
  ])('does not excuse a busy claim: %s', (_, change) => {
    expect(ruleOnBusy({ ...claim, ...change }).accepted).toBe(false);
  });
});
