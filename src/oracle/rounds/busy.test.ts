import { ruleOnBusy } from './busy';

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
