import type { Client } from 'pg';
import { insert } from './seed';

/** The clock of the seeded network's oracle contract. */
export const GENESIS_TIME = 1_700_000_000;
export const EPOCH_SECONDS = 3_600;
const DAY = 86_400;
/** Time of the newest indexed block: ten minutes into epoch 240. */
export const NOW = GENESIS_TIME + 10 * DAY + 600;

export const ALICE = `0x${'a1'.repeat(20)}`;
export const BOB = `0x${'b0'.repeat(20)}`;
export const OPERATOR = `0x${'0e'.repeat(20)}`;
export const REPORTER = `0x${'4e'.repeat(20)}`;
export const TX = (byte: string) => `0x${byte.repeat(32)}`;

const DPN = 10n ** 18n;
const at = (seconds: number) => new Date(seconds * 1000);
const epochEnd = (epoch: number) => at(GENESIS_TIME + (epoch + 1) * EPOCH_SECONDS);
const nodeKey = (nodeId: number) => String(nodeId).padStart(10, '0');
const eventId = (block: number, log = 0) => `${String(block).padStart(10, '0')}-${String(log).padStart(6, '0')}`;

/**
 * A network of three nodes at NOW, epochs 0 to 239 proven for the first batch. All emission goes to node 0: 10^15 DPN
 * wei a second, settled 100 s ago. Nodes 0 and 1 are of the first batch; node 60 is of one never proven. Alice delegates
 * to 0 and 1, Bob to 1.
 */
export async function seedExplorer(db: Client): Promise<void> {
  await seedProcessor(db);
  await seedNetwork(db);
  for (const id of [ALICE, BOB, OPERATOR]) {
    const balance = { [ALICE]: 300n, [BOB]: 300n, [OPERATOR]: 5n }[id] as bigint;
    await insert(db, 'public.account', { id, balance: String(balance * DPN), timestamp: at(GENESIS_TIME) });
  }
  await seedNodes(db);
  await seedScores(db);
  await seedRewards(db);
  await seedActivities(db);
  await seedJobs(db);
  await seedReporter(db);
}

async function seedProcessor(db: Client): Promise<void> {
  await db.query(`
    CREATE SCHEMA squid_processor;
    CREATE TABLE squid_processor.freshness (id int PRIMARY KEY CHECK (id = 0), indexed_height int,
      indexed_time timestamptz, chain_height int, chain_time timestamptz, seen_at timestamptz);
    CREATE TABLE squid_processor.network_constants (id int PRIMARY KEY CHECK (id = 0), constants jsonb NOT NULL);
    CREATE TABLE squid_processor.network_mark (id int PRIMARY KEY CHECK (id = 0), chain_id bigint NOT NULL,
      genesis_hash text, contracts jsonb NOT NULL)`);
  await insert(db, 'squid_processor.freshness', {
    ...{ id: 0, indexed_height: 1_000, indexed_time: at(NOW), chain_height: 1_004, chain_time: at(NOW + 12) },
    seen_at: at(NOW + 100),
  });
  const constant = (name: string, value: number, unit: string) => ({
    ...{ contract: 'ReputationOracle', name, value: String(value), unit },
  });
  await insert(db, 'squid_processor.network_constants', {
    id: 0,
    constants: JSON.stringify([
      constant('genesisTime', GENESIS_TIME, 'seconds since 1970'),
      constant('epochSeconds', EPOCH_SECONDS, 'seconds'),
    ]),
  });
  await insert(db, 'squid_processor.network_mark', {
    ...{ id: 0, chain_id: 31337, genesis_hash: TX('99') },
    contracts: JSON.stringify({ DPNToken: { address: ALICE, fromBlock: 3 }, TreeAttestation: null }),
  });
}

async function seedNetwork(db: Client): Promise<void> {
  const figures = { node_count: 3, provisional_node_count: 1, established_node_count: 1, unrated_node_count: 1 };
  const scores = { score_sum_bps: 13_001, holders: 3, total_supply: String(605n * DPN) };
  await insert(db, 'public.network', {
    ...{ id: 'dpin', ...figures, ...scores, transfer_count: 50, job_count: 4, job_fees: 70, round_count: 900 },
    ...{ last_proven_epoch: 239, last_proven_at: epochEnd(239), histories_after_block: 0 },
    ...{ emission_rate: String(10n ** 15n), emission_ends_at: at(NOW + DAY), total_weight: String(1_000n * DPN) },
    ...{ reward_per_weight: String(7n * 10n ** 17n), reward_per_weight_at: at(NOW - 100) },
    stake_cap: String(2_000n * DPN),
  });
  const period = (table: string, number: number, transfers: number, jobs: number) =>
    insert(db, `public.${table}`, {
      ...{ id: number < 0 ? '0' : nodeKey(number), number, ...figures, ...scores },
      ...{ transfer_count: transfers, job_count: jobs, job_fees: jobs * 10 },
    });
  await period('network_epoch', -1, 10, 0);
  await period('network_epoch', 3, 14, 1);
  await period('network_epoch', 215, 30, 2);
  await period('network_epoch', 238, 41, 3);
  await period('network_epoch', 240, 50, 4);
  const today = Math.floor(NOW / DAY);
  await period('network_day', today - 3, 20, 1);
  await period('network_day', today - 1, 45, 3);
}

async function seedNodes(db: Client): Promise<void> {
  const common = { region: 'eu', devices: 2, certified: true, hardware_class: 2, commission_bps: 1_000 };
  await insert(db, 'public.gpu_node', {
    ...{ ...common, id: nodeKey(0), node_id: 0, operator_id: OPERATOR, timestamp: at(GENESIS_TIME) },
    ...{ score_bps: 9_001, score_status: 'ESTABLISHED', score_epoch: 239, pass_count: 190, fail_count: 8 },
    ...{ self_stake: String(500n * DPN), delegated_stake: String(1_000n * DPN), total_stake: String(1_500n * DPN) },
    ...{ total_shares: String(1_000n * DPN), weight: String(1_000n * DPN), active_shard_count: 1 },
    ...{ reward_per_weight_paid: String(7n * 10n ** 17n), reward_per_share: String(5n * 10n ** 15n) },
    ...{ operator_reward_per_stake: String(9n * 10n ** 15n), operator_rewards: String(5n * DPN) },
    ...{ operator_claimed_rewards: String(2n * DPN), pending_commission_bps: 1_500, pending_commission_at: at(NOW) },
  });
  await insert(db, 'public.gpu_node', {
    ...{ ...common, id: nodeKey(1), node_id: 1, operator_id: OPERATOR, region: 'us' },
    ...{
      score_bps: 4_000,
      score_status: 'PROVISIONAL',
      score_epoch: 239,
      timestamp: at(GENESIS_TIME + 230 * EPOCH_SECONDS + 100),
    },
    ...{ total_stake: String(40n * DPN), delegated_stake: 3, total_shares: 1, reward_per_weight_paid: 0 },
  });
  await insert(db, 'public.gpu_node', {
    ...{ ...common, id: nodeKey(60), node_id: 60, operator_id: BOB, certified: false, timestamp: at(NOW) },
    ...{ score_status: 'UNRATED', total_stake: 0, hardware_class: 3 },
  });
  const delegation = (nodeId: number, delegator: string, shares: bigint, rest: Record<string, unknown>) =>
    insert(db, 'public.delegation', {
      ...{ id: `${nodeKey(nodeId)}-${delegator}`, node_id: nodeKey(nodeId), delegator_id: delegator },
      ...{ shares: String(shares), ...rest },
    });
  await delegation(0, ALICE, 250n * DPN, {
    ...{ pending_rewards: String(10n ** 17n), reward_per_share_paid: String(4n * 10n ** 15n), deposited: 9 },
  });
  await delegation(0, OPERATOR, 750n * DPN, { reward_per_share_paid: 0 });
  await delegation(1, ALICE, 0n, { pending_rewards: 5, reward_per_share_paid: 0 });
  await delegation(1, BOB, 1n, { reward_per_share_paid: null });
  for (const lock of [7, 8]) {
    await insert(db, 'public.unbonding_lock', {
      ...{ id: String(lock).padStart(12, '0'), node_id: nodeKey(0), owner_id: ALICE, amount: lock },
      withdrawn_at: lock === 7 ? at(NOW) : null,
    });
  }
}

async function seedScores(db: Client): Promise<void> {
  const change = (epoch: number, passed: number, failed: number, from: number, to: number, outcome: string) =>
    insert(db, 'public.score_change', {
      ...{ id: `${nodeKey(0)}-${nodeKey(epoch)}`, node_id: nodeKey(0), batch_id: 'b', epoch, outcome },
      ...{ pass_count: passed, fail_count: failed, previous_score_bps: from, score_bps: to },
      ...{ previous_status: 'ESTABLISHED', status: 'ESTABLISHED', observed_at: epochEnd(epoch) },
    });
  await change(71, 60, 2, 8_000, 8_100, 'PASS');
  await change(215, 170, 6, 8_100, 8_050, 'NONE');
  await change(239, 190, 8, 9_500, 9_001, 'FAIL');
}

async function seedRewards(db: Client): Promise<void> {
  const accrual = (block: number, seconds: number, perShare: bigint, perStake: bigint) =>
    insert(db, 'public.reward_accrual', {
      ...{ id: eventId(block), node_id: nodeKey(0), reward_per_share: String(perShare), block },
      ...{ operator_reward_per_stake: String(perStake), timestamp: at(GENESIS_TIME + seconds) },
    });
  const thousandth = 10n ** 15n;
  await accrual(100, DAY, thousandth, 2n * thousandth);
  await accrual(250, 2.5 * DAY, 2n * thousandth, 4n * thousandth);
  await accrual(900, 9 * DAY, 5n * thousandth, 9n * thousandth);
}

async function seedActivities(db: Client): Promise<void> {
  const activity = (block: number, kind: string, rest: Record<string, unknown>, seconds = block * 864) =>
    insert(db, 'public.activity', {
      ...{ id: eventId(block), kind, block, timestamp: at(GENESIS_TIME + seconds), tx_hash: TX('11'), ...rest },
    });
  await activity(1, 'TRANSFER', { account_id: ALICE, amount: 600 });
  await activity(2, 'TRANSFER', { account_id: ALICE, counterparty: BOB, amount: 300 });
  await activity(3, 'TRANSFER', { account_id: BOB, counterparty: ALICE, amount: 20 });
  await activity(4, 'TRANSFER', { account_id: ALICE, counterparty: ALICE, amount: 1 });
  await activity(100, 'REWARD_ACCRUED', { node_id: nodeKey(0) }, DAY);
  await activity(250, 'REWARD_ACCRUED', { node_id: nodeKey(0) }, 2.5 * DAY);
  await activity(900, 'REWARD_ACCRUED', { node_id: nodeKey(0) }, 9 * DAY);
  await activity(950, 'JOB_POSTED', { account_id: BOB, job_id: '000000000003', tx_hash: TX('22') });
  await activity(960, 'REWARD_SETTLEMENT_SKIPPED', { account_id: ALICE, tx_hash: TX('33') });
  await insert(db, 'public.reward_settlement_skip', {
    ...{ id: eventId(960), named_node_id: '4294967295', account_id: ALICE, tx_hash: TX('33') },
  });
  await insert(db, 'public.governance_event', {
    ...{ id: eventId(970), kind: 'ROLE_GRANTED', contract: 'AccessManager', account: BOB, tx_hash: TX('44') },
    ...{ block: 970, timestamp: at(NOW) },
  });
}

async function seedJobs(db: Client): Promise<void> {
  const job = (number: number, rest: Record<string, unknown>) =>
    insert(db, 'public.job', {
      ...{ id: String(number).padStart(12, '0'), client_id: BOB, shard_count: 4, status: 'OPEN' },
      ...{ open_shard_count: 2, price_per_shard: number * 100, deadline: at(NOW + 60), hardware_class: 2, ...rest },
    });
  await job(0, { deadline: at(NOW) });
  await job(1, { open_shard_count: 0 });
  await job(2, { status: 'CANCELLED' });
  await job(3, { min_score_bps: 5_000 });
  await job(4, { hardware_class: 3 });
  await insert(db, 'public.job_shard', {
    ...{ id: '000000000003-00001', job_id: '000000000003', shard: 1, node_id: nodeKey(0), state: 'CLAIMED' },
  });
  await insert(db, 'public.job_shard', {
    ...{ id: '000000000003-00000', job_id: '000000000003', shard: 0, node_id: nodeKey(0), state: 'ACCEPTED' },
  });
}

async function seedReporter(db: Client): Promise<void> {
  await insert(db, 'public.reporter', { id: REPORTER, slot: 1, round_count: 2, evidence_count: 2 });
  for (const round of [41, 42]) {
    await insert(db, 'public.round_anchor', {
      ...{ id: String(round).padStart(12, '0'), round, reporter_id: REPORTER, root: TX('05'), count: 2 },
      ...{ tx_hash: TX('22'), timestamp: at(GENESIS_TIME + round) },
    });
  }
  for (const epoch of [238, 239]) {
    await insert(db, 'public.oracle_epoch', { id: nodeKey(epoch), number: epoch });
    await insert(db, 'public.evidence_anchor', {
      ...{ id: `${nodeKey(epoch)}-${REPORTER}`, epoch_id: nodeKey(epoch), reporter_id: REPORTER },
      ...{ evidence_root: TX('06'), tx_hash: TX('22'), timestamp: epochEnd(epoch) },
    });
  }
  await insert(db, 'public.oracle_batch', {
    ...{ id: `${nodeKey(239)}-${nodeKey(0)}`, epoch_id: nodeKey(239), batch: 0, node_count: 2, tx_hash: TX('22') },
    prover: REPORTER,
  });
  for (const from_epoch of [0, 200]) {
    await insert(db, 'public.methodology', { id: nodeKey(from_epoch), from_epoch, quorum: from_epoch === 0 ? 1 : 2 });
  }
  await seedMeasurements(db);
}

/** Epoch 239 of node 0: four rounds, one each passed, neutral, missed and failed. */
async function seedMeasurements(db: Client): Promise<void> {
  for (const [epoch, rounds, neutral] of [
    [239, 4, 1],
    [215, 6, 0],
    [100, 10, 4],
  ] as const) {
    const rest = { missed: 1, failed: 1, passed: rounds - neutral - 2 };
    await insert(db, 'oracle.measurements', { epoch, node_id: 0, batch: 0, rounds, neutral, status: 1, ...rest });
  }
  const verdicts = [
    ['OK', 'pass', { busy: null, revealMs: 5 }],
    ['ORACLE_FAULT', 'neutral', { busy: null, revealMs: null }],
    ['TIMEOUT', 'missed', { busy: null, revealMs: null }],
    ['TIMEOUT', 'missed', { busy: { receivedMs: 3, ruling: null }, revealMs: null }],
    ['WRONG_RESULT', 'fail', { busy: null, revealMs: 5 }],
  ] as const;
  for (const [index, [verdict, verdict_group, facts]] of verdicts.entries()) {
    const round = 4_000 + index;
    await insert(db, 'oracle.rounds', { round, epoch: 239, state: 'closed', timetable: '{}' });
    await insert(db, 'oracle.challenges', {
      ...{ round, node_id: 0, device: 0, epoch: 239, task: 'gemm', params: {}, verdict, verdict_group },
      ...{ facts: JSON.stringify(facts), perf_bps: verdict === 'OK' ? 9_100 : null, ops_per_ms: 77 },
    });
  }
}
