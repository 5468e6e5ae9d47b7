import { ActivityKind } from '../../src/model';
import { SCORE_STATUSES } from '../../src/protocol/scoring/words';
import { Fixture } from './fixture';
import { Scenario } from './scenario';

type Row = Record<string, string | number | boolean | null>;
const STATUS_NAMES = SCORE_STATUSES.map((name) => name.toUpperCase());

describe('the index of a chain on which everything happened', () => {
  let fixture: Fixture;
  let scenario: Scenario;
  let tables: Map<string, string[]>;
  const rows = (table: string): Row[] => (tables.get(table) ?? []).map((row) => JSON.parse(row));
  const read = (...call: Parameters<Scenario['read']>) => scenario.read(...call);

  beforeAll(async () => {
    fixture = await Fixture.start();
    scenario = new Scenario(fixture);
    // It follows the head from the start, so most blocks are indexed before they are final.
    const database = await fixture.database();
    const indexer = fixture.index(database);
    await scenario.all();
    await fixture.mine(20);
    await fixture.untilIndexed(database, indexer);
    expect(await indexer.stop()).toBe(0);
    tables = await fixture.dump(database);
  }, 120_000);
  afterAll(() => fixture.stop());

  it('tells of every kind of event', () => {
    const kinds = new Set(rows('activity').map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(Object.values(ActivityKind).sort());
  });

  it('has a row in every table', () => {
    expect([...tables].filter(([, all]) => all.length === 0).map(([table]) => table)).toEqual([]);
  });

  it('has the balances, votes and supply of the token', async () => {
    const [network] = rows('network');
    const accounts = rows('account');
    const { client, operators, stakers } = fixture.network.accounts;
    const known = [client, ...operators, ...stakers].map(({ address }) => address.toLowerCase());
    expect(accounts.map(({ id }) => id)).toEqual(expect.arrayContaining(known));
    for (const { id, balance, votes } of accounts) {
      expect([id, BigInt(balance as string)]).toEqual([id, await read('DPNToken', 'balanceOf', [id])]);
      expect([id, BigInt(votes as string)]).toEqual([id, await read('DPNToken', 'getVotes', [id])]);
    }
    expect(BigInt(network?.['total_supply'] as string)).toBe(await read('DPNToken', 'totalSupply', []));
    expect(network?.['holders']).toBe(accounts.filter(({ balance }) => BigInt(balance as string) > 0n).length);
  });

  it('has the nodes, their stake, scores, weights and rewards', async () => {
    const nodes = rows('gpu_node');
    expect(nodes.length).toBeGreaterThan(0);
    expect(nodes).toHaveLength(Number(await read('NodeRegistry', 'nodeCount', [])));
    for (const node of nodes) {
      const id = node['node_id'];
      const registered = await read('NodeRegistry', 'getNode', [id]);
      const pool = await read('NodeStaking', 'getPool', [id]);
      const [scoreBps, status, updatedAt] = await read('ReputationOracle', 'scoreOf', [id]);
      expect({
        operator: node['operator_id'],
        workerKey: node['worker_key'],
        rewardRecipient: node['reward_recipient'],
        devices: BigInt(node['devices'] as number),
        retired: node['retired'],
        selfStake: BigInt(node['self_stake'] as string),
        delegatedStake: BigInt(node['delegated_stake'] as string),
        totalShares: BigInt(node['total_shares'] as string),
        commissionBps: BigInt(node['commission_bps'] as number),
        certified: node['certified'],
        scoreBps: BigInt(node['score_bps'] as number),
        status: BigInt(STATUS_NAMES.indexOf(node['score_status'] as string)),
        updatedAt: BigInt(Date.parse(node['score_updated_at'] as string) / 1000),
        weight: BigInt(node['weight'] as string),
        accrued: BigInt(node['accrued_rewards'] as string),
      }).toEqual({
        operator: registered.operator.toLowerCase(),
        workerKey: registered.workerKey.toLowerCase(),
        rewardRecipient: registered.rewardRecipient.toLowerCase(),
        devices: registered.devices,
        retired: registered.retired,
        selfStake: pool.selfStake,
        delegatedStake: pool.delegatedStake,
        totalShares: pool.totalShares,
        commissionBps: pool.commissionBps,
        certified: pool.certified,
        scoreBps,
        status,
        updatedAt,
        weight: await read('RewardDistributor', 'weightOf', [id]),
        accrued: await read('RewardDistributor', 'accruedOf', [id]),
      });
    }
    const [network] = rows('network');
    const count = (field: string) => nodes.filter((node) => node[field]).length;
    expect(network?.['certified_node_count']).toBe(count('certified'));
    expect(network?.['retired_node_count']).toBe(count('retired'));
    expect(BigInt(network?.['total_weight'] as string)).toBe(await read('RewardDistributor', 'totalWeight', []));
    expect(BigInt(network?.['total_staked'] as string)).toBe(await read('NodeStaking', 'totalStaked', []));
    expect(BigInt(network?.['total_unbonding'] as string)).toBe(await read('NodeStaking', 'totalUnbonding', []));
  });

  it('keeps text that Postgres could not', () => {
    expect(rows('gpu_node')[0]).toMatchObject({ region: 'nul\uFFFD here', metadata_uri: 'ipfs://x' });
  });

  it('has delegations and their counts', async () => {
    const delegations = rows('delegation');
    for (const { node_id, delegator_id, shares } of delegations) {
      expect(BigInt(shares as string)).toBe(
        await read('NodeStaking', 'sharesOf', [Number(node_id), delegator_id as string]),
      );
    }
    const live = delegations.filter(({ shares }) => BigInt(shares as string) > 0n);
    expect(live.length).toBeGreaterThan(0);
    expect(live.length).toBeLessThan(delegations.length);
    expect(rows('network')[0]?.['delegation_count']).toBe(live.length);
    for (const { id, delegator_count } of rows('gpu_node')) {
      expect(delegator_count).toBe(live.filter(({ node_id }) => node_id === id).length);
    }
  });

  it('has unbonding locks', async () => {
    const locks = rows('unbonding_lock');
    expect(locks).toHaveLength(2);
    for (const lock of locks) {
      const { owner, amount, withdrawableAt, withdrawn } = await read('NodeStaking', 'getLock', [Number(lock['id'])]);
      expect([
        lock['owner_id'],
        BigInt(lock['amount'] as string),
        BigInt(Date.parse(lock['withdrawable_at'] as string) / 1000),
        lock['withdrawn_at'] !== null,
      ]).toEqual([owner.toLowerCase(), amount, withdrawableAt, withdrawn]);
    }
    expect(locks.map(({ withdrawn_at }) => withdrawn_at !== null)).toEqual([true, false]);
  });

  it('has jobs and shards', async () => {
    const jobs = rows('job');
    expect(jobs.map(({ status }) => status)).toEqual(['COMPLETED', 'CANCELLED']);
    expect(jobs[0]).toMatchObject({ active_shard_count: 0, accepted_shard_count: 2, expired_shard_count: 2 });
    const states = ['OPEN', 'CLAIMED', 'SUBMITTED', 'ACCEPTED', 'EXPIRED'];
    const shards = rows('job_shard');
    expect(shards).toHaveLength(4);
    for (const shard of shards) {
      const { state } = await read('JobMarket', 'getShard', [Number(shard['job_id']), shard['shard']]);
      expect(shard['state']).toBe(states[Number(state)]);
    }
    const [network] = rows('network');
    expect(BigInt(network?.['escrowed'] as string)).toBe(await read('JobMarket', 'escrowed', []));
    expect(network).toMatchObject({ job_fee_bps: 100, completed_job_count: 1, cancelled_job_count: 1 });
  });

  it('has the history of scores, with what the quorum said', () => {
    const changes = rows('score_change').filter(({ node_id }) => node_id === '0000000000');
    expect(changes).toMatchObject([
      { epoch: 1, outcome: 'PASS', previous_score_bps: 0, score_bps: 5_000, previous_status: 'UNRATED' },
      { epoch: 8, outcome: 'FAIL', previous_score_bps: 5_000, score_bps: 6_000, status: 'ESTABLISHED' },
    ]);
    expect(rows('score_change').find(({ node_id }) => node_id === '0000000001')).toMatchObject({ outcome: 'NONE' });
    expect(rows('oracle_epoch').map(({ number, batch_count }) => [number, batch_count])).toEqual([
      [1, 1],
      [8, 1],
    ]);
  });

  it('has a reporter whose term ended, its rounds and evidence', async () => {
    expect(rows('reporter')).toMatchObject([{ round_count: 2, evidence_count: 2, slot: 0 }]);
    const anchors = rows('round_anchor');
    expect(anchors).toHaveLength(2);
    for (const anchor of anchors) {
      const round = await read('ReputationOracle', 'getRound', [anchor['round']]);
      expect([anchor['block'], anchor['root'], anchor['anchor_block_hash']]).toEqual([
        Number(round.anchorBlock),
        round.root,
        round.anchorBlockHash,
      ]);
    }
  });

  it.each(['filtered', 'rpc'])('has the same rows when final blocks come from the %s source', async (source) => {
    expect(await fixture.cleanDump({ INDEX_SOURCE: source })).toEqual(tables);
  });

  it('ends with 0 when it is told to, and resumes where it stood', async () => {
    const database = await fixture.database();
    const first = fixture.index(database);
    await fixture.untilIndexed(database, first);
    expect(await first.stop()).toBe(0);
    await scenario.step(0);
    const second = fixture.index(database);
    await fixture.untilIndexed(database, second);
    expect(await second.stop()).toBe(0);
    expect(second.output).toContain('last processed final block was');
  });
});
