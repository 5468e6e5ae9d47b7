import type { Client } from 'pg';
import { CONTRACT_NAMES } from '../../chain/contracts';
import { ActivityKind, JobStatus, ScoreStatus, ShardState, StakeChangeKind } from '../../model';
import {
  addressOf,
  BLOCKS_AN_EPOCH,
  EPOCH_SECONDS,
  EVENTS_A_BLOCK,
  OLD_NODES,
  type Population,
  type PopulationSql,
  populationOf,
  RECENT_EPOCHS,
  SHARDS_A_JOB,
  sqlOf,
} from './population';

/** SQL expressions of `i` by column; what must not be null and is not named is empty. */
type Columns = Record<string, string | number>;

const CHALLENGES_A_ROUND = 50;
const NODES_A_BATCH = 60;
const TRANSCRIPT_BYTES = 400;
const EMPTY: readonly [type: RegExp, value: string][] = [
  [/int|numeric/, '0'],
  [/bool/, 'false'],
  [/timestamp/, 'now()'],
  [/json/, "'{}'"],
];

/**
 * Fills the tables of the index and of the oracle, which must be there and empty: so many rows in each large one, with
 * ids as the indexer makes them; some nodes and accounts have a large part of them. Indexes are built when the rows are
 * there.
 * @param db a connection that finds the tables of both
 */
export async function seed(db: Client, rows: number, say: (line: string) => void): Promise<void> {
  const seeding = new Seeding(db, populationOf(rows));
  const startMs = performance.now();
  const built = await seeding.withoutIndexes(async () => {
    for (const [name, work] of Object.entries(seeding.parts)) {
      await work();
      say(`seeded ${name}, ${Math.round((performance.now() - startMs) / 1000)} s`);
    }
  });
  say(`built ${built} indexes, ${Math.round((performance.now() - startMs) / 1000)} s`);
  await db.query('VACUUM ANALYZE');
}

class Seeding {
  private readonly sql: PopulationSql;

  constructor(
    private readonly db: Client,
    private readonly size: Population,
  ) {
    this.sql = sqlOf(size, Math.floor(Date.now() / 1000));
  }

  readonly parts: Record<string, () => Promise<void>> = {
    accounts: () => this.accounts(),
    nodes: () => this.nodes(),
    stake: () => this.stake(),
    jobs: () => this.jobs(),
    scores: () => this.scores(),
    rewards: () => this.rewards(),
    activities: () => this.activities(),
    'the network': () => this.network(),
    'the indexer’s state': () => this.indexerState(),
    'the oracle': () => this.oracle(),
  };

  /** @returns number of indexes dropped and built again */
  async withoutIndexes(work: () => Promise<void>): Promise<number> {
    const { rows: indexes } = await this.db.query<{ name: string; definition: string }>(
      `SELECT c.oid::regclass::text AS name, pg_get_indexdef(c.oid) AS definition
         FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relnamespace::regnamespace::text = ANY(current_schemas(false)) AND NOT i.indisunique`,
    );
    for (const { name } of indexes) await this.db.query(`DROP INDEX ${name}`);
    await work();
    for (const { definition } of indexes) await this.db.query(definition);
    return indexes.length;
  }

  /** @param from what `i` comes from: a number of rows, or a FROM clause */
  private async fill(table: string, from: number | string, columns: Columns): Promise<void> {
    const { rows: required } = await this.db.query<{ name: string; type: string }>(
      `SELECT column_name AS name, data_type AS type FROM information_schema.columns
        WHERE table_schema = ANY(current_schemas(false)) AND table_name = $1
          AND is_nullable = 'NO' AND column_default IS NULL`,
      [table],
    );
    const values: Columns = { ...columns };
    for (const { name, type } of required) values[name] ??= EMPTY.find(([ofType]) => ofType.test(type))?.[1] ?? "''";
    const source = typeof from === 'number' ? `generate_series(0::bigint, ${from - 1}) AS i` : from;
    await this.db.query(
      `INSERT INTO ${table} (${Object.keys(values).join(', ')})
       SELECT ${Object.values(values).join(', ')} FROM ${source} ON CONFLICT DO NOTHING`,
    );
  }

  /** Columns of a row that says when it was made and changed last. */
  private born(block: string): Columns {
    const timestamp = this.sql.timeOfBlock(block);
    return {
      ...{ created_block: block, created_at: timestamp },
      ...{ updated_block: block, updated_at: timestamp },
      ...{ block, timestamp },
    };
  }

  private async accounts(): Promise<void> {
    const { rows } = this.size;
    const { address, spread, wei } = this.sql;
    await this.fill('account', rows, {
      id: address('i'),
      balance: wei(1_000_000),
      transfer_count: spread('i', 100),
      votes: wei(1_000),
      ...this.born(`(i / ${EVENTS_A_BLOCK})`),
    });
    await this.fill('votes_delegation', rows / 20, {
      ...this.sql.event(rows / 20),
      account_id: this.sql.account,
      to_delegate: address(spread('i', rows / 10)),
    });
  }

  private async nodes(): Promise<void> {
    const { nodes, epochs, rows } = this.size;
    const { address, nodeKey, spread, wei, oneOf, startOfEpoch } = this.sql;
    const block = `(i * ${this.sql.lastBlock} / ${nodes})`;
    // In 20 nodes one has no score, two a provisional one, and one fails.
    const standing = oneOf([
      ...[ScoreStatus.UNRATED, ScoreStatus.PROVISIONAL, ScoreStatus.PROVISIONAL, ScoreStatus.FAILING],
      ...Array<ScoreStatus>(16).fill(ScoreStatus.ESTABLISHED),
    ]);
    await this.fill('gpu_node', nodes, {
      id: nodeKey('i'),
      node_id: 'i',
      operator_id: address(`i / 4`),
      worker_key: address(`${rows} + i`),
      reward_recipient: address('i / 4'),
      hardware_class: 'i % 4',
      devices: '1 + i % 8',
      region: oneOf(['eu-central', 'eu-west', 'us-east', 'us-west', 'ap-south']),
      metadata_uri: "'https://nodes.example/' || i",
      retired: 'i % 50 = 49',
      certified: 'i % 5 > 0',
      self_stake: wei(50_000),
      delegated_stake: wei(100_000),
      total_stake: `${wei(50_000)} + ${wei(100_000)}`,
      total_shares: wei(100_000),
      delegator_count: 25,
      commission_bps: spread('i', 3_000),
      score_bps: spread('i', 10_001),
      score_status: standing,
      score_updated_at: startOfEpoch(String(epochs)),
      score_epoch: epochs - 1,
      alpha: spread('i', 65_536 * 60),
      beta: spread('i', 65_536),
      perf: `${spread('i', 10_001)} * 65536`,
      pass_count: RECENT_EPOCHS,
      weight: wei(1_000),
      reward_per_weight_paid: '100000000000000000000',
      reward_per_share: '100000000000000000',
      operator_reward_per_stake: '100000000000000000',
      settled_at: this.sql.timeOfBlock(block),
      accrued_rewards: wei(10_000),
      operator_rewards: wei(1_000),
      ...this.born(block),
    });
    await this.fill('hardware_class', 4, { id: this.sql.padded('i', 2), number: 'i', weight_bps: '2500 * (i + 1)' });
    await this.fill('weight_change', rows / 10, {
      ...this.sql.event(rows / 10),
      node_id: this.sql.node,
      weight: wei(1_000),
    });
  }

  private async stake(): Promise<void> {
    const { rows, nodes } = this.size;
    const { address, nodeKey, spread, wei, padded, oneOf, timeOfBlock } = this.sql;
    // Account 0 delegates to every node. Of each four that follow one account is the delegator, to four nodes a quarter
    // of them all apart; every third account delegates to node 0.
    const delegator = `(CASE WHEN i < ${nodes} THEN 0 ELSE 1 + (i - ${nodes}) / 4 END)`;
    const quarter = nodes / 4;
    const node = `(CASE WHEN i < ${nodes} THEN i WHEN i % 12 = 0 THEN 0
      ELSE 1 + ${spread(delegator, quarter - 1)} + i % 4 * ${quarter} END)`;
    await this.fill('delegation', rows, {
      id: `(${nodeKey(node)} || '-' || ${address(delegator)})`,
      node_id: nodeKey(node),
      delegator_id: address(delegator),
      shares: wei(10_000),
      deposited: wei(10_000),
      reward_per_share_paid: '50000000000000000',
      ...this.born(`(i / ${EVENTS_A_BLOCK})`),
    });
    await this.fill('stake_change', rows, {
      ...this.sql.event(rows),
      kind: oneOf(Object.values(StakeChangeKind)),
      node_id: this.sql.node,
      account_id: this.sql.account,
      amount: wei(1_000),
      shares: wei(1_000),
      account_shares: wei(10_000),
      self_stake: wei(50_000),
      delegated_stake: wei(100_000),
      total_shares: wei(100_000),
    });
    const block = `(i * 10 / ${EVENTS_A_BLOCK})`;
    await this.fill('unbonding_lock', rows / 10, {
      id: padded('i', 12),
      node_id: this.sql.node,
      owner_id: this.sql.account,
      shares: wei(1_000),
      amount: wei(1_000),
      withdrawable_at: `${timeOfBlock(block)} + interval '14 days'`,
      withdrawn_at: `CASE WHEN i % 2 = 0 THEN ${timeOfBlock(block)} + interval '15 days' END`,
      block,
      timestamp: timeOfBlock(block),
    });
  }

  private async jobs(): Promise<void> {
    const { rows, jobs } = this.size;
    const { jobKey, wei, hash, padded, timeOfBlock } = this.sql;
    const isOpen = (job: string) => `${job} % 50 = 0`;
    const ofJob = `(i * 10 / ${EVENTS_A_BLOCK})`;
    await this.fill('job', jobs, {
      id: jobKey('i'),
      client_id: this.sql.account,
      hardware_class: 'i % 4',
      shard_count: SHARDS_A_JOB * 2,
      price_per_shard: wei(10),
      min_score_bps: 'i % 5 * 1000',
      max_score_age: 86_400,
      deadline: `${timeOfBlock(ofJob)} + interval '7 days'`,
      spec_hash: hash("'job' || i"),
      status: `CASE WHEN ${isOpen('i')} THEN '${JobStatus.OPEN}' ELSE '${JobStatus.COMPLETED}' END`,
      open_shard_count: `CASE WHEN ${isOpen('i')} THEN ${SHARDS_A_JOB} ELSE 0 END`,
      accepted_shard_count: `CASE WHEN ${isOpen('i')} THEN 0 ELSE ${SHARDS_A_JOB} END`,
      ...this.born(ofJob),
    });
    const job = `(i / ${SHARDS_A_JOB})`;
    const ofShard = `(i / ${EVENTS_A_BLOCK})`;
    await this.fill('job_shard', rows, {
      id: `(${jobKey(job)} || '-' || ${padded(`i % ${SHARDS_A_JOB}`, 5)})`,
      job_id: jobKey(job),
      shard: `i % ${SHARDS_A_JOB}`,
      node_id: this.sql.node,
      state: `CASE WHEN NOT ${isOpen(job)} THEN '${ShardState.ACCEPTED}' WHEN i % 2 = 0 THEN '${ShardState.CLAIMED}'
        ELSE '${ShardState.SUBMITTED}' END`,
      claimed_at: timeOfBlock(ofShard),
      payment: wei(10),
      recipient: this.sql.address(`${this.sql.nodeNumber} / 4`),
      ...this.born(ofShard),
    });
  }

  /** Of a few nodes every epoch is known, of the others the newest ones. */
  private async scores(): Promise<void> {
    const { rows, nodes, epochs } = this.size;
    const { nodeKey, epochKey, spread, startOfEpoch, timeOfBlock, hash } = this.sql;
    const first = epochs - RECENT_EPOCHS;
    const scored = `(
      SELECT node, epoch, node * 31 + epoch AS i FROM generate_series(0::bigint, ${OLD_NODES - 1}) node,
        generate_series(0, ${epochs - 1}) epoch
      UNION ALL SELECT node, epoch, node * 31 + epoch FROM generate_series(${OLD_NODES}::bigint, ${nodes - 1}) node,
        generate_series(${first}, ${epochs - 1}) epoch
      LIMIT ${rows}) scored`;
    const batch = `(node / ${NODES_A_BATCH})`;
    const block = `(epoch * ${BLOCKS_AN_EPOCH})`;
    await this.fill('score_change', scored, {
      id: `(${nodeKey('node')} || '-' || ${epochKey('epoch')})`,
      node_id: nodeKey('node'),
      batch_id: `(${epochKey('epoch')} || '-' || ${nodeKey(batch)})`,
      epoch: 'epoch',
      outcome: "CASE WHEN i % 20 = 0 THEN 'FAIL' ELSE 'PASS' END",
      previous_score_bps: spread('i - 1', 10_001),
      score_bps: spread('i', 10_001),
      previous_status: `'${ScoreStatus.ESTABLISHED}'`,
      status: `'${ScoreStatus.ESTABLISHED}'`,
      alpha: spread('i', 65_536 * 60),
      beta: spread('i', 65_536),
      perf: `${spread('i', 10_001)} * 65536`,
      pass_count: 'epoch',
      observed_at: startOfEpoch('epoch + 1'),
      block,
      timestamp: timeOfBlock(block),
    });
    await this.fill('measurements', scored, {
      epoch: 'epoch',
      node_id: 'node',
      batch,
      status: 'CASE WHEN i % 20 = 0 THEN 1 ELSE 2 END',
      perf: spread('i', 10_001),
      rounds: 1,
      missed: 'CASE WHEN i % 20 = 0 THEN 1 ELSE 0 END',
      passed: 'CASE WHEN i % 20 = 0 THEN 0 ELSE 1 END',
    });
    const proven = `(SELECT epoch, batch, epoch * 7 + batch AS i FROM generate_series(0::bigint, ${epochs - 1}) epoch,
      generate_series(0, CASE WHEN epoch < ${first} THEN 0 ELSE ${Math.ceil(nodes / NODES_A_BATCH) - 1} END) batch) proven`;
    await this.fill('oracle_batch', proven, {
      id: `(${epochKey('epoch')} || '-' || ${nodeKey('batch')})`,
      epoch_id: epochKey('epoch'),
      batch: 'batch',
      prover: this.sql.address('0'),
      presence: 1,
      observed_at: startOfEpoch('epoch + 1'),
      score_words: `decode(repeat('00', 128), 'hex')`,
      states: `decode(repeat('00', 960), 'hex')`,
      node_count: NODES_A_BATCH,
      tx_hash: hash("'batch' || i"),
      block,
      timestamp: timeOfBlock(block),
    });
    await this.fill('batches', proven, {
      epoch: 'epoch',
      batch: 'batch',
      state: "'posted'",
      prove_seconds: '4.5',
      gas_used: 320_000,
      tx_hash: this.sql.bytes("'batch' || i"),
    });
    await this.fill('oracle_epoch', epochs, {
      id: epochKey('i'),
      number: 'i',
      observed_at: startOfEpoch('i + 1'),
      batch_count: 1,
      evidence_count: 1,
      ...this.born(`(i * ${BLOCKS_AN_EPOCH})`),
    });
  }

  private async rewards(): Promise<void> {
    const { rows } = this.size;
    const { wei, address } = this.sql;
    await this.fill('reward_accrual', rows, {
      ...this.sql.event(rows),
      node_id: this.sql.node,
      amount: wei(10),
      operator_amount: wei(4),
      commission: wei(1),
      delegators_amount: wei(6),
      reward_per_share: 'i * 1000000000',
      operator_reward_per_stake: 'i * 1000000000',
    });
    await this.fill('reward_claim', rows / 10, {
      ...this.sql.event(rows / 10),
      node_id: this.sql.node,
      account_id: this.sql.account,
      recipient: address(this.sql.accountNumber),
      amount: wei(100),
      claimed_total: wei(1_000),
    });
  }

  private async activities(): Promise<void> {
    const { rows, jobs } = this.size;
    const { wei, oneOf, address, jobKey, spread } = this.sql;
    await this.fill('activity', rows, {
      ...this.sql.event(rows),
      tx_hash: this.sql.transactionHash,
      kind: oneOf(Object.values(ActivityKind)),
      node_id: `CASE WHEN i % 7 > 0 THEN ${this.sql.node} END`,
      account_id: this.sql.account,
      counterparty: `CASE WHEN i % 3 = 0 THEN ${address(spread('i / 11', rows / 10))} END`,
      job_id: `CASE WHEN i % 4 = 0 THEN ${jobKey(spread('i', jobs))} END`,
      amount: wei(1_000),
    });
  }

  private async network(): Promise<void> {
    const { rows, nodes, jobs, epochs } = this.size;
    const { epochKey, startOfEpoch, padded, address, hash, timeOfBlock, lastBlock, wei } = this.sql;
    const countOf = (status: ScoreStatus) =>
      `(SELECT count(*) FROM gpu_node WHERE score_status = '${status}' AND NOT retired)`;
    const amounts: Columns = {
      total_supply: '1000000000000000000000000000',
      transfer_volume: wei(1_000_000),
      total_staked: wei(1_000_000),
      total_unbonding: wei(10_000),
      score_sum_bps: nodes * 5_000,
      escrowed: wei(10_000),
      job_payments: wei(1_000_000),
      job_fees: wei(10_000),
      total_weight: wei(1_000_000),
      rewards_accrued: wei(1_000_000),
      rewards_claimed: wei(100_000),
    };
    const counts = { holders: rows, transfer_count: rows, delegation_count: rows, job_count: jobs, node_count: nodes };
    await this.fill('network', 1, {
      id: "'dpin'",
      ...amounts,
      ...counts,
      certified_node_count: '(SELECT count(*) FROM gpu_node WHERE certified)',
      retired_node_count: '(SELECT count(*) FROM gpu_node WHERE retired)',
      unrated_node_count: countOf(ScoreStatus.UNRATED),
      provisional_node_count: countOf(ScoreStatus.PROVISIONAL),
      established_node_count: countOf(ScoreStatus.ESTABLISHED),
      failing_node_count: countOf(ScoreStatus.FAILING),
      unbonding_lock_count: rows / 10,
      open_shard_count: (jobs / 50) * SHARDS_A_JOB,
      completed_job_count: jobs - jobs / 50,
      accepted_shard_count: rows - (jobs / 50) * SHARDS_A_JOB,
      emission_rate: '1000000000000000000',
      emission_ends_at: "now() + interval '365 days'",
      reward_per_weight: '200000000000000000000',
      reward_per_weight_at: 'now()',
      treasury: address('0'),
      round_count: epochs,
      reporter_count: 1,
      last_proven_epoch: epochs - 1,
      last_proven_at: startOfEpoch(String(epochs)),
      block: lastBlock,
      timestamp: timeOfBlock(String(lastBlock)),
    });
    const growing = (steps: number): Columns =>
      Object.fromEntries(
        Object.entries({ ...amounts, ...counts, established_node_count: nodes, round_count: epochs }).map(
          ([name, value]) => [name, name in amounts ? value : `${value}::bigint * (i + 1) / ${steps}`],
        ),
      );
    const days = Math.ceil((epochs * EPOCH_SECONDS) / 86_400);
    const day = `(extract(epoch FROM now())::bigint / 86400 - ${days - 1} + i)`;
    await this.fill('network_day', days, {
      ...growing(days),
      id: epochKey(day),
      number: day,
      starts_at: `to_timestamp(${day} * 86400)`,
      timestamp: `to_timestamp(${day} * 86400 + 86399)`,
    });
    await this.fill('network_epoch', epochs, {
      ...growing(epochs),
      id: epochKey('i'),
      number: 'i',
      starts_at: startOfEpoch('i'),
      timestamp: startOfEpoch('i + 1'),
    });
    await this.fill('methodology', 1, {
      ...{ id: epochKey('0'), methodology_hash: hash("'methodology'"), lambda: 64_000, eta: 16_384, fail_weight: 3 },
      ...{ prior_weight: 2 * 65_536, quorum: 1, max_idle: 20, established_at: 5 * 65_536 },
    });
    await this.fill('reporter', 1, { id: address('0'), round_count: epochs, ...this.born('0') });
    await this.fill('round_anchor', epochs, {
      id: padded('i', 12),
      round: 'i',
      reporter_id: address('0'),
      open_block_hash: hash("'open' || i"),
      root: hash("'root' || i"),
      count: CHALLENGES_A_ROUND,
      coin_hash: hash("'coin' || i"),
      tx_hash: hash("'anchor' || i"),
      block: `(i * ${BLOCKS_AN_EPOCH})`,
      timestamp: timeOfBlock(`(i * ${BLOCKS_AN_EPOCH})`),
    });
    await this.fill('evidence_anchor', epochs, {
      id: `(${epochKey('i')} || '-' || ${address('0')})`,
      epoch_id: epochKey('i'),
      reporter_id: address('0'),
      evidence_root: hash("'evidence' || i"),
      measurements_hash: hash("'measurements' || i"),
      tx_hash: hash("'evidence' || i"),
      block: `(i * ${BLOCKS_AN_EPOCH})`,
      timestamp: startOfEpoch('i + 1'),
    });
  }

  /** What the indexer keeps of itself, beside its rows; tables that its code has not made are made as it does. */
  private async indexerState(): Promise<void> {
    const { lastBlock, hash, genesisSeconds } = this.sql;
    const contracts = Object.fromEntries(
      CONTRACT_NAMES.map((name, i) => [name, { address: addressOf(i), fromBlock: 0 }]),
    );
    const constants = [
      { contract: 'ReputationOracle', name: 'genesisTime', value: String(genesisSeconds), unit: 'seconds since 1970' },
      { contract: 'ReputationOracle', name: 'epochSeconds', value: String(EPOCH_SECONDS), unit: 'seconds' },
    ];
    await this.db.query(`
      CREATE SCHEMA IF NOT EXISTS squid_processor;
      CREATE TABLE IF NOT EXISTS squid_processor.status
        (id int PRIMARY KEY, height int NOT NULL, hash text DEFAULT '0x', nonce int DEFAULT 0);
      CREATE TABLE IF NOT EXISTS squid_processor.hot_block (height int PRIMARY KEY, hash text NOT NULL);
      CREATE TABLE IF NOT EXISTS squid_processor.network_mark
        (id int PRIMARY KEY CHECK (id = 0), chain_id bigint NOT NULL, genesis_hash text, contracts jsonb NOT NULL);
      CREATE TABLE IF NOT EXISTS squid_processor.freshness (id int PRIMARY KEY CHECK (id = 0), indexed_height int,
        indexed_time timestamptz, chain_height int, chain_time timestamptz, seen_at timestamptz);
      CREATE TABLE IF NOT EXISTS squid_processor.network_constants
        (id int PRIMARY KEY CHECK (id = 0), constants jsonb NOT NULL);
      INSERT INTO squid_processor.status (id, height, hash) VALUES (0, ${lastBlock - 15}, ${hash("'final'")});
      INSERT INTO squid_processor.hot_block VALUES (${lastBlock}, ${hash("'hot'")});
      INSERT INTO squid_processor.network_mark VALUES (0, 31337, ${hash("'genesis'")}, '${JSON.stringify(contracts)}');
      INSERT INTO squid_processor.freshness VALUES (0, ${lastBlock}, now(), ${lastBlock}, now(), now());
      INSERT INTO squid_processor.network_constants VALUES (0, '${JSON.stringify(constants)}')`);
  }

  private async oracle(): Promise<void> {
    const { nodes, epochs } = this.size;
    const { address, bytes, spread, startOfEpoch } = this.sql;
    const slot = startOfEpoch('i');
    await this.fill('rounds', epochs, {
      round: 'i',
      epoch: 'i',
      reporter: address('0'),
      state: "'closed'",
      task: "CASE WHEN i % 2 = 0 THEN 'gemm' ELSE 'tree' END",
      ...{ slot_start: slot, slot_end: startOfEpoch('i + 1'), start_at: slot },
      ...{ sending_at: slot, sent_at: slot, coins_sent_at: slot, closed_at: `${slot} + interval '1 min'` },
      ...{ nonce: bytes("'nonce' || i"), coin_secret: bytes("'secret' || i"), coin_hash: bytes("'hash' || i") },
      commit_count: CHALLENGES_A_ROUND,
      software: "'bench'",
    });
    // Old nodes are asked in every round, the others in turn; one in twenty misses.
    const others = CHALLENGES_A_ROUND - OLD_NODES;
    const round = `(i / ${CHALLENGES_A_ROUND})`;
    const place = `(i % ${CHALLENGES_A_ROUND})`;
    const verdict = (ok: string, missed: string) => `CASE WHEN i % 20 = 13 THEN ${missed} ELSE ${ok} END`;
    await this.fill('challenges', epochs * CHALLENGES_A_ROUND, {
      round,
      node_id: `CASE WHEN ${place} < ${OLD_NODES} THEN ${place}
        ELSE ${OLD_NODES} + ${spread(`${round} * ${others} + ${place}`, nodes - OLD_NODES)} END`,
      device: 0,
      epoch: round,
      task: `CASE WHEN ${round} % 2 = 0 THEN 'gemm' ELSE 'tree' END`,
      params: `'{"K": 64, "T": 8, "m": 2, "n": 512, "w": 512}'`,
      task_seed: bytes('i::text'),
      sent_at: startOfEpoch(round),
      ...{ elapsed_ms: spread('i', 2_000), perf_bps: verdict(spread('i', 10_001), '0') },
      ops_per_ms: verdict(spread('i', 1_000_000), 'NULL'),
      verdict: verdict("'OK'", "'TIMEOUT'"),
      verdict_group: verdict("'pass'", "'missed'"),
      reason: verdict("'All samples are right.'", "'Nothing came.'"),
      verdict_at: `${startOfEpoch(round)} + interval '1 min'`,
    });
    await this.fill(
      'transcripts',
      `(SELECT *, round * 60 + node_id AS i FROM challenges WHERE round >= ${epochs} * 9 / 10) newest`,
      {
        ...{ round: 'round', node_id: 'node_id', device: 'device', epoch: 'epoch' },
        document: `'{"words":"' || repeat('x', ${TRANSCRIPT_BYTES}) || '"}'`,
        sha256: bytes('i::text'),
      },
    );
    await this.fill('epochs', epochs, {
      epoch: 'i',
      state: "'posted'",
      evidence_root: bytes("'root' || i"),
      transcript_count: CHALLENGES_A_ROUND,
    });
    await this.fill('identity', 1, { chain_id: 31_337, oracle_address: address('0'), reporter: address('0') });
    await this.db.query(
      `UPDATE status SET head_block = $1, head_time = now(), last_round = $2, last_round_at = now(), last_proof_epoch = $2,
         last_proof_at = now(), last_proof_seconds = 4.5, last_gas_per_score = 5400,
         evidence_url = 'https://evidence.example', challenge_window_seconds = 7200`,
      [this.sql.lastBlock, epochs - 1],
    );
  }
}
