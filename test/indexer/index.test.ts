import { ActivityKind } from '../../src/model';
import {
  delegatorClaimable,
  operatorClaimable,
  rewardPerWeightAt,
  settlementOf,
} from '../../src/protocol/rewards/stream';
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

  it('tells what operators and delegators can claim, to the wei', async () => {
    const now = BigInt(await scenario.now());
    const amount = (row: Row | undefined, column: string) => BigInt(row?.[column] as string);
    const time = (row: Row | undefined, column: string) => BigInt(Date.parse(row?.[column] as string) / 1000);
    const [network] = rows('network');
    const rewardPerWeight = rewardPerWeightAt(
      {
        rewardPerWeight: amount(network, 'reward_per_weight'),
        rewardPerWeightAt: time(network, 'reward_per_weight_at'),
        ratePerSecond: amount(network, 'emission_rate'),
        endsAt: time(network, 'emission_ends_at'),
        totalWeight: amount(network, 'total_weight'),
      },
      now,
    );
    const claimable: bigint[] = [];
    for (const node of rows('gpu_node')) {
      const rewardPerShare = amount(node, 'reward_per_share');
      const settlement = settlementOf(
        {
          weight: amount(node, 'weight'),
          rewardPerWeightPaid: amount(node, 'reward_per_weight_paid'),
          rewardPerShare,
          selfStake: amount(node, 'self_stake'),
          delegatedStake: amount(node, 'delegated_stake'),
          totalShares: amount(node, 'total_shares'),
          commissionBps: amount(node, 'commission_bps'),
        },
        rewardPerWeight,
      );
      const operator = operatorClaimable(
        {
          operatorRewards: amount(node, 'operator_rewards'),
          operatorClaimedRewards: amount(node, 'operator_claimed_rewards'),
        },
        settlement,
      );
      expect(operator).toBe(await read('RewardDistributor', 'pendingOperator', [node['node_id']]));
      claimable.push(operator);
      for (const delegation of rows('delegation').filter(({ node_id }) => node_id === node['id'])) {
        const delegator = delegatorClaimable(
          {
            pendingRewards: amount(delegation, 'pending_rewards'),
            rewardPerSharePaid: amount(delegation, 'reward_per_share_paid'),
            shares: amount(delegation, 'shares'),
          },
          rewardPerShare + settlement.rewardPerShareGain,
        );
        const id = delegation['delegator_id'];
        expect(delegator).toBe(await read('RewardDistributor', 'pendingOf', [node['node_id'], id]));
        claimable.push(delegator);
      }
      expect(amount(node, 'total_stake')).toBe(amount(node, 'self_stake') + amount(node, 'delegated_stake'));
    }
    expect(claimable.filter((wei) => wei > 0n).length).toBeGreaterThan(2);
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
      {
        epoch: 1,
        outcome: 'PASS',
        pass_count: 1,
        fail_count: 0,
        previous_score_bps: 0,
        score_bps: 5_000,
        previous_status: 'UNRATED',
      },
      {
        epoch: 8,
        outcome: 'FAIL',
        pass_count: 1,
        fail_count: 1,
        previous_score_bps: 5_000,
        score_bps: 6_000,
        status: 'ESTABLISHED',
      },
    ]);
    expect(rows('score_change').find(({ node_id }) => node_id === '0000000001')).toMatchObject({ outcome: 'NONE' });
    expect(rows('oracle_epoch').map(({ number, batch_count }) => [number, batch_count])).toEqual([
      [1, 1],
      [8, 1],
    ]);
  });

  it('gives a node that registers after its batch was proven the score that the contract has for it', async () => {
    const late = rows('gpu_node').at(-1);
    const [scoreBps] = await read('ReputationOracle', 'scoreOf', [late?.['node_id']]);
    expect(scoreBps).toBeGreaterThan(0n);
    expect(late).toMatchObject({
      region: 'late',
      score_bps: Number(scoreBps),
      score_epoch: 8,
      idle: expect.anything(),
    });
    const [state] = rows('batch_state');
    const [, epoch, , commitment] = await read('ReputationOracle', 'getBatch', [0]);
    expect([state?.['epoch'], state?.['commitment'], state?.['proof_count']]).toEqual([
      Number(epoch),
      String(commitment),
      2,
    ]);
    const never = await read('ReputationOracle', 'EMPTY_STATE_COMMITMENT', []);
    expect(rows('oracle_batch')[0]?.['old_commitment']).toBe(String(never));
  });

  it('keeps every stake change with what it left', () => {
    const changes = rows('stake_change').filter(({ node_id }) => node_id === '0000000001');
    expect(changes.map(({ kind }) => kind)).toEqual([
      'SELF_STAKED',
      'DELEGATED',
      'DELEGATED',
      'UNDELEGATED',
      'SELF_UNBONDED',
    ]);
    const last = changes.at(-1);
    expect(rows('gpu_node')[1]).toMatchObject({
      self_stake: last?.['self_stake'],
      delegated_stake: last?.['delegated_stake'],
      total_shares: last?.['total_shares'],
    });
    expect(changes.map(({ lock_id }) => lock_id)).toEqual([null, null, null, '000000000000', '000000000001']);
    expect(changes.map(({ shares }) => shares !== '0')).toEqual([false, true, true, true, false]);
  });

  it('keeps what weights, emission, fees and class weights were', () => {
    const weights = rows('weight_change').filter(({ node_id }) => node_id === '0000000000');
    expect(weights.at(-1)).toMatchObject({ weight: rows('gpu_node')[0]?.['weight'], class_weight_bps: 9_000 });
    const [network] = rows('network');
    expect(rows('emission_change').at(-1)).toMatchObject({
      emission_rate: network?.['emission_rate'],
      ends_at: network?.['emission_ends_at'],
      funded: network?.['emission_funded'],
      undistributed: network?.['emission_undistributed'],
    });
    expect(
      rows('fee_change')
        .map(({ fee_bps }) => fee_bps)
        .at(-1),
    ).toBe(100);
    expect(rows('fee_change').length).toBeGreaterThan(1);
    const ofClass = rows('class_weight_change').filter(({ hardware_class_id }) => hardware_class_id === '00');
    expect(ofClass.length).toBeGreaterThan(1);
    expect(rows('hardware_class')[0]).toMatchObject({ weight_bps: ofClass.at(-1)?.['weight_bps'] });
  });

  it('keeps terms, methodologies, delegations of votes and rights', () => {
    const [reporter] = rows('reporter');
    expect(rows('reporter_term')).toMatchObject([
      {
        reporter_id: reporter?.['id'],
        key_x: reporter?.['key_x'],
        retired_from_epoch: reporter?.['retired_from_epoch'],
      },
    ]);
    expect(rows('methodology_change')).toHaveLength(2);
    expect(rows('votes_delegation')).toMatchObject([{ from_delegate: null }]);
    expect(rows('governance_event').filter(({ contract }) => contract !== 'AccessManager')).toHaveLength(4);
    expect(rows('governance_event').map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['ROLE_GRANTED', 'ROLE_REVOKED', 'TARGET_CLOSED', 'AUTHORITY_UPDATED']),
    );
    expect(rows('network')[0]?.['reward_distributor']).toBe(fixture.network.deployment.contracts.RewardDistributor);
  });

  it('keeps a settlement that was skipped, of a node that does not exist too', () => {
    const client = fixture.network.accounts.client.address.toLowerCase();
    expect(rows('reward_settlement_skip')).toMatchObject([
      { node_id: null, named_node_id: '4294967295', account_id: client },
    ]);
  });

  it('counts what operators claimed apart, with the total of each claim', () => {
    const claims = rows('reward_claim');
    const [claim] = claims.filter(({ as_operator }) => as_operator);
    expect(claim).toMatchObject({ claimed_total: claim?.['amount'] });
    expect(rows('gpu_node')[0]).toMatchObject({ operator_claimed_rewards: claim?.['claimed_total'] });
  });

  it('names in every activity whose node or job it was', () => {
    const nameless = rows('activity').filter(({ account_id }) => account_id === null);
    expect([...new Set(nameless.map(({ kind }) => kind))].sort()).toEqual([
      'ANCHOR_PINNED',
      'CERTIFICATION_THRESHOLD_SET',
      'CERTIFIED',
      'CLASS_WEIGHT_SET',
      'DECERTIFIED',
      'EMISSION_SET',
      'FEE_SET',
      'METHODOLOGY_SET',
      'REWARD_ACCRUED',
      'REWARD_DISTRIBUTOR_SET',
      'SHARD_EXPIRED',
      'STAKE_CAP_SET',
      'WEIGHT_UPDATED',
    ]);
  });

  it('says of rows that change when they were made and last changed, and of the network which event was the last', () => {
    const newest = rows('activity').at(-1)?.['block'];
    expect(rows('network')[0]?.['block']).toBe(newest);
    for (const table of ['gpu_node', 'account', 'job']) {
      for (const row of rows(table)) expect(row['created_block']).toBe(row['block']);
    }
    for (const table of ['gpu_node', 'account', 'job', 'delegation', 'job_shard', 'reporter', 'oracle_epoch']) {
      const spans = rows(table).map((row) => [row['created_block'] as number, row['updated_block'] as number] as const);
      for (const [created, updated] of spans) expect(updated).toBeGreaterThanOrEqual(created);
      expect(spans.some(([created, updated]) => updated > created)).toBe(true);
    }
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
