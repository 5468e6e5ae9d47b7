import type { Client } from 'pg';

const hash = (byte: number) => Buffer.alloc(32, byte);
const account = `0x${'11'.repeat(20)}`;

/**
 * Two nodes in the index (0 scored, 1 never proven) and one reporter's two epochs: round 2 and 3 of epoch 1 closed with
 * a pass and a miss for node 0, round 4 of epoch 2 still open, round 5 only scheduled.
 */
export async function seed(db: Client): Promise<void> {
  await insert(db, 'public.account', { id: account, balance: 1, transfer_count: 0, delegation_count: 0, unbonding: 0 });
  for (const nodeId of [0, 1]) await insertNode(db, nodeId);
  await insert(db, 'public.methodology', {
    id: '0000000000',
    methodology_hash: '0x01',
    from_epoch: 0,
    lambda: 64000,
    eta: 16384,
    fail_weight: 3,
    prior_weight: 2 * 65536,
    quorum: 1,
    max_idle: 20,
    established_at: 5 * 65536,
  });
  await insert(db, 'public.round_anchor', {
    ...{ id: '000000000002', round: 2, open_block: 90, open_block_hash: '0x01', root: '0x02', count: 1 },
    ...{ coin_hash: '0x03', tx_hash: '0x04', block: 95, timestamp: new Date() },
  });
  await insertRound(db, 2, 1, 'closed', 'gemm');
  await insertRound(db, 3, 1, 'closed', 'tree');
  await insertRound(db, 4, 2, 'open', 'gemm');
  await db.query(
    `INSERT INTO oracle.rounds (round, epoch, reporter, state, slot_start, slot_end, start_at, nonce, coin_secret, timetable, software)
     VALUES (5, 2, $1, 'scheduled', now(), now() + interval '20 s', now() + interval '3 s', $2, $2, '{}', 'dpin 0.1.0')`,
    [account, hash(9)],
  );
  await insertChallenge(db, 2, 1, {
    verdict: 'OK',
    verdict_group: 'pass',
    reason: 'All samples are right.',
    perf_bps: 9000,
    opening_digest: hash(7),
  });
  await insertChallenge(db, 3, 1, {
    verdict: 'TIMEOUT',
    verdict_group: 'missed',
    reason: 'Nothing came.',
    perf_bps: 0,
  });
  await insertChallenge(db, 4, 2, { opening_digest: hash(8) });
  await db.query(
    `INSERT INTO oracle.measurements (epoch, node_id, batch, status, perf, rounds, neutral, missed, failed, passed)
     VALUES (1, 0, 0, 1, 4500, 2, 0, 1, 0, 1)`,
  );
  await db.query(
    `INSERT INTO oracle.transcripts (round, node_id, device, epoch, document, sha256) VALUES (2, 0, 0, 1, '{}', $1)`,
    [hash(3)],
  );
  await db.query(
    `UPDATE oracle.status SET head_block = 120, head_time = now(), last_round = 3, last_round_at = now(),
       last_proof_epoch = 1, last_proof_at = now(), last_proof_seconds = 4.5, last_gas_per_score = 5400,
       evidence_url = 'https://evidence.example', challenge_window_seconds = 7200`,
  );
  await db.query(
    `INSERT INTO oracle.batches (epoch, batch, state, prove_seconds, gas_used, tx_hash) VALUES (1, 0, 'posted', 4.5, 324000, $1)`,
    [hash(4)],
  );
}

async function insertNode(db: Client, nodeId: number): Promise<void> {
  const scored = nodeId === 0;
  await insert(db, 'public.gpu_node', {
    id: String(nodeId).padStart(10, '0'),
    node_id: nodeId,
    operator_id: account,
    certified: scored,
    score_bps: scored ? 2500 : 0,
    score_status: scored ? 'PROVISIONAL' : 'UNRATED',
    score_epoch: scored ? 1 : null,
    score_updated_at: scored ? new Date(1_700_000_000_000) : null,
    // One pass against the prior of two: reliability 33.33 %, times 75 % of the reference is 24.99 %.
    alpha: scored ? 65536 : 0,
    beta: 0,
    perf: scored ? 7500 * 65536 : 0,
  });
}

async function insertRound(db: Client, round: number, epoch: number, state: string, task: string): Promise<void> {
  const closed = state === 'closed';
  await db.query(
    `INSERT INTO oracle.rounds (round, epoch, reporter, state, task, slot_start, slot_end, open_block, open_block_hash,
       nonce, coin_secret, coin_hash, sent_at, coins_sent_at, timetable, software)
     VALUES ($1::bigint, $2, $3, $4, $5, to_timestamp($1::bigint * 20), to_timestamp($1::bigint * 20 + 20), 100, $6, $6, $7, $6, now(),
       CASE WHEN $8 THEN now() END, '{}', 'dpin 0.1.0')`,
    [round, epoch, account, state, task, hash(1), hash(2), closed],
  );
}

async function insertChallenge(
  db: Client,
  round: number,
  epoch: number,
  verdict: Record<string, unknown>,
): Promise<void> {
  await insert(db, 'oracle.challenges', {
    round,
    node_id: 0,
    device: 0,
    epoch,
    task: 'gemm',
    params: { n: 512, w: 256, T: 8, K: 64, m: 2 },
    task_seed: hash(5),
    commitment: hash(6),
    elapsed_ms: 700,
    ...verdict,
  });
}

/** Inserts a row; columns that must not be null and are not given get an empty value of their type. */
export async function insert(db: Client, table: string, values: Record<string, unknown>): Promise<void> {
  const [schema, name] = table.split('.');
  const { rows } = await db.query<{ column_name: string; data_type: string }>(
    `SELECT column_name, data_type FROM information_schema.columns
     WHERE table_schema = $1 AND table_name = $2 AND is_nullable = 'NO' AND column_default IS NULL`,
    [schema, name],
  );
  const row = { ...values };
  for (const { column_name, data_type } of rows) {
    if (column_name in row) continue;
    if (/int|numeric/.test(data_type)) row[column_name] = 0;
    else if (data_type === 'boolean') row[column_name] = false;
    else if (/timestamp/.test(data_type)) row[column_name] = new Date(0);
    else if (data_type === 'bytea') row[column_name] = Buffer.alloc(0);
    else row[column_name] = '';
  }
  const names = Object.keys(row);
  await db.query(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  );
}
