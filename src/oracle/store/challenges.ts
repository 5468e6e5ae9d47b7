import type { Database, Queryable } from './database';
import { type Challenge, challengeKey, type Verdict } from './model';
import { bytesOf, type ChallengeRow, toChallenge } from './rows';

/** Columns of a challenge as it is first written, with their types for unnest. */
const COLUMNS = {
  round: 'bigint',
  node_id: 'bigint',
  device: 'smallint',
  epoch: 'bigint',
  hardware_class: 'smallint',
  worker_key: 'text',
  operator: 'text',
  reward_recipient: 'text',
  task: 'text',
  n: 'bigint',
  w: 'bigint',
  t: 'bigint',
  k: 'integer',
  m: 'smallint',
  task_seed: 'bytea',
  reference_per_ms: 'bigint',
  expected_ms: 'integer',
  deadline_ms: 'integer',
  challenge_signature: 'bytea',
} as const;

/** Inserts challenges without answers; one that exists stays as it is. */
export async function insertChallenges(tx: Queryable, challenges: readonly Challenge[]): Promise<void> {
  const names = Object.keys(COLUMNS);
  const arrays = Object.values(COLUMNS).map((type, i) => `$${i + 1}::${type}[]`);
  const rows = challenges.map((c) => [
    c.round,
    c.nodeId,
    c.device,
    c.epoch,
    c.hardwareClass,
    c.workerKey,
    c.operator,
    c.rewardRecipient,
    c.params.task,
    c.params.n,
    c.params.w,
    c.params.T,
    c.params.K,
    c.params.m,
    Buffer.from(c.taskSeed),
    c.referencePerMs.toString(),
    c.expectedMs,
    c.deadlineMs,
    c.signature && bytesOf(c.signature),
  ]);
  await tx.query(
    `INSERT INTO oracle.challenges (${names.join(', ')}) SELECT * FROM unnest(${arrays.join(', ')}) ON CONFLICT DO NOTHING`,
    names.map((_, column) => rows.map((row) => row[column])),
  );
}

/** Rows of oracle.challenges, transcripts and last_openings. Every write may run twice. */
export class ChallengeStore {
  constructor(private readonly db: Database) {}

  /** Challenges of a round by nodeId and device. */
  async ofRound(round: number): Promise<Challenge[]> {
    const rows = await this.db.query<ChallengeRow>(
      'SELECT * FROM oracle.challenges WHERE round = $1 ORDER BY node_id, device',
      [round],
    );
    return rows.map(toChallenge);
  }

  /** Writes the first commitment of a challenge, as received; its signature is checked when the phase ends. */
  async saveCommitment(c: Challenge): Promise<void> {
    await this.db.query(
      `UPDATE oracle.challenges SET commitment = $4, commit_signature = $5, elapsed_ms = $6, committed_at = now()
       WHERE round = $1 AND node_id = $2 AND device = $3 AND commitment IS NULL AND verdict IS NULL`,
      [c.round, c.nodeId, c.device, c.commitment, c.commitSignature && bytesOf(c.commitSignature), c.elapsedMs],
    );
  }

  async saveBusyClaim(c: Challenge): Promise<void> {
    await this.db.query(
      'UPDATE oracle.challenges SET busy_job = $4, busy_shard = $5 WHERE round = $1 AND node_id = $2 AND device = $3',
      [c.round, c.nodeId, c.device, c.busy?.jobId.toString(), c.busy?.shard],
    );
  }

  /** Those of the commitments (of this round) that were recorded in any earlier round. */
  async seenBefore(round: number, commitments: readonly Uint8Array[]): Promise<Set<string>> {
    const rows = await this.db.query<{ commitment: Buffer }>(
      'SELECT DISTINCT commitment FROM oracle.challenges WHERE commitment = ANY ($1) AND round < $2',
      [commitments.map((bytes) => Buffer.from(bytes)), round],
    );
    return new Set(rows.map((row) => row.commitment.toString('hex')));
  }

  /** Rate of each device's last accepted gemm task, by challengeKey; missing for devices that never had one. */
  async lastRates(devices: readonly { nodeId: number; device: number }[]): Promise<Map<string, bigint>> {
    const rows = await this.db.query<{ node_id: string; device: number; ops_per_ms: string }>(
      `SELECT d.node_id, d.device, last.ops_per_ms FROM unnest($1::bigint[], $2::smallint[]) AS d (node_id, device)
       CROSS JOIN LATERAL (
         SELECT c.ops_per_ms FROM oracle.challenges c
         WHERE c.node_id = d.node_id AND c.device = d.device AND c.task = 'gemm' AND c.verdict = 'OK'
         ORDER BY c.round DESC LIMIT 1
       ) last`,
      [devices.map(({ nodeId }) => nodeId), devices.map(({ device }) => device)],
    );
    return new Map(rows.map((row) => [challengeKey(Number(row.node_id), row.device), BigInt(row.ops_per_ms)]));
  }

  /** Devices that the newest round with challenges before `round` challenged, as templates for a round that could not be opened. */
  async ofNewestBefore(round: number): Promise<Challenge[]> {
    const rows = await this.db.query<ChallengeRow>(
      `SELECT * FROM oracle.challenges WHERE round = (SELECT max(round) FROM oracle.challenges WHERE round < $1)
       ORDER BY node_id, device`,
      [round],
    );
    return rows.map(toChallenge);
  }

  /** Writes challenges of a round that never opened; their verdicts follow. */
  async insertNeutral(challenges: readonly Challenge[]): Promise<void> {
    if (challenges.length > 0) await insertChallenges(this.db, challenges);
  }

  /** Writes a verdict with its transcript, or replaces both (backstop). */
  async saveVerdict(
    c: Challenge & { verdict: Verdict },
    transcript: { document: string; sha256: Uint8Array },
    replace: boolean,
  ): Promise<void> {
    const { verdict } = c;
    await this.db.transaction(async (tx) => {
      await tx.query(
        `UPDATE oracle.challenges SET verdict = $4, verdict_group = $5, reason = $6, numbers = $7, perf_bps = $8, ops_per_ms = $9,
           verdict_signature = $10, opening_digest = $11, opening_bytes = $12, verdict_at = now(),
           opened_at = CASE WHEN $11::bytea IS NULL THEN opened_at ELSE coalesce(opened_at, now()) END
         WHERE round = $1 AND node_id = $2 AND device = $3 AND (verdict IS NULL OR $13)`,
        [
          c.round,
          c.nodeId,
          c.device,
          verdict.code,
          verdict.group,
          verdict.reason,
          JSON.stringify(verdict.numbers),
          verdict.perfBps,
          verdict.opsPerMs?.toString() ?? null,
          verdict.signature && bytesOf(verdict.signature),
          c.openingDigest,
          c.openingBytes,
          replace,
        ],
      );
      await tx.query(
        `INSERT INTO oracle.transcripts (round, node_id, device, epoch, document, sha256) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (round, node_id, device) DO UPDATE SET document = excluded.document, sha256 = excluded.sha256 WHERE $7`,
        [c.round, c.nodeId, c.device, c.epoch, transcript.document, transcript.sha256, replace],
      );
    });
  }

  /** Keeps an accepted gemm opening until a newer one of the same device replaces it. */
  async keepOpening(c: Challenge, coins: Uint8Array, opening: Uint8Array): Promise<void> {
    await this.db.query(
      `INSERT INTO oracle.last_openings (node_id, device, round, epoch, coins, opening) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (node_id, device) DO UPDATE SET round = excluded.round, epoch = excluded.epoch, coins = excluded.coins,
         opening = excluded.opening, checked = false WHERE oracle.last_openings.round < excluded.round`,
      [c.nodeId, c.device, c.round, c.epoch, coins, opening],
    );
  }

  /** Kept openings of an epoch that the backstop has not looked at, with their challenges. */
  async openingsToCheck(epoch: number): Promise<{ challenge: Challenge; coins: Uint8Array; opening: Uint8Array }[]> {
    const rows = await this.db.query<ChallengeRow & { coins: Buffer; opening: Buffer }>(
      `SELECT c.*, o.coins, o.opening FROM oracle.last_openings o JOIN oracle.challenges c USING (round, node_id, device)
       WHERE o.epoch = $1 AND NOT o.checked ORDER BY node_id, device`,
      [epoch],
    );
    return rows.map((row) => ({ challenge: toChallenge(row), coins: row.coins, opening: row.opening }));
  }

  async openingChecked(c: Challenge): Promise<void> {
    await this.db.query(
      'UPDATE oracle.last_openings SET checked = true WHERE round = $1 AND node_id = $2 AND device = $3',
      [c.round, c.nodeId, c.device],
    );
  }
}
