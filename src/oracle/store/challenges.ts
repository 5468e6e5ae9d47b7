import { fromHex, toHex } from '../../protocol/bytes';
import type { TaskName } from '../../protocol/tasks';
import type { ChallengeRecords, DeviceId, StoredTranscript } from '../rounds/ports';
import type { Database, Queryable } from './database';
import { insert } from './insert';
import { type AnchoredChallenge, type Challenge, challengeKey, isAnchored, type JudgedChallenge } from './model';
import { type ChallengeRow, toChallenge } from './rows';
import { saveTranscript } from './transcripts';
import { NOW, update } from './update';

const TABLE = 'challenges';
const key = (c: Challenge) => ({ round: c.round, node_id: c.nodeId, device: c.device });

/** Inserts challenges without answers; one that exists stays as it is. */
export async function insertChallenges(tx: Queryable, challenges: readonly Challenge[]): Promise<void> {
  const rows = challenges.map(({ params: { task, ...sizes }, ...c }) => ({
    round: c.round,
    node_id: c.nodeId,
    device: c.device,
    epoch: c.epoch,
    hardware_class: c.hardwareClass,
    worker_key: c.workerKey,
    operator: c.operator,
    reward_recipient: c.rewardRecipient,
    task,
    params: sizes,
    task_seed: c.taskSeed,
    reference_per_ms: c.referencePerMs,
    expected_ms: c.expectedMs,
    deadline_ms: c.deadlineMs,
    challenge_signature: c.signature && fromHex(c.signature),
  }));
  await insert(tx, TABLE, rows, 'DO NOTHING');
}

/** Takes every signed challenge of a round for sent, until `markSent` knows better. */
export async function markSending(tx: Queryable, round: number): Promise<void> {
  await update(tx, TABLE, { round }, { sent_ms: 0 }, 'challenge_signature IS NOT NULL AND verdict IS NULL');
}

/** Notes when each challenge was sent, and of whom it was not. */
export async function markSent(tx: Queryable, round: number, challenges: readonly Challenge[]): Promise<void> {
  await tx.query(
    `UPDATE challenges c SET sent_ms = s.sent_ms, turned_away = s.turned_away, software_adapter = s.software,
       sent_at = CASE WHEN s.sent_ms IS NOT NULL THEN now() END
     FROM unnest($2::bigint[], $3::smallint[], $4::integer[], $5::boolean[], $6::boolean[])
       AS s (node_id, device, sent_ms, turned_away, software)
     WHERE c.round = $1 AND c.node_id = s.node_id AND c.device = s.device`,
    [
      round,
      challenges.map(({ nodeId }) => nodeId),
      challenges.map(({ device }) => device),
      challenges.map(({ sentMs }) => sentMs),
      challenges.map(({ turnedAway }) => turnedAway),
      challenges.map(({ softwareAdapter }) => softwareAdapter),
    ],
  );
}

/** Notes which commitment is which leaf of the anchor tree. @param leaves in the order of the tree */
export async function markAnchored(tx: Queryable, round: number, leaves: readonly DeviceId[]): Promise<void> {
  await tx.query(
    `UPDATE challenges c SET in_anchor = true, leaf_index = l.index - 1
     FROM unnest($2::bigint[], $3::smallint[]) WITH ORDINALITY AS l (node_id, device, index)
     WHERE c.round = $1 AND c.node_id = l.node_id AND c.device = l.device`,
    [round, leaves.map((leaf) => leaf.nodeId), leaves.map((leaf) => leaf.device)],
  );
}

/** Table `challenges`; a verdict is written together with its transcript. Every write may run twice. */
export class ChallengeStore implements ChallengeRecords {
  constructor(private readonly db: Database) {}

  /** Challenges of a round by nodeId and device. */
  async ofRound(round: number): Promise<Challenge[]> {
    const rows = await this.db.query<ChallengeRow>(
      'SELECT * FROM challenges WHERE round = $1 ORDER BY node_id, device',
      [round],
    );
    return rows.map(toChallenge);
  }

  /** Writes what a node answered first: COMMIT, BUSY and what the market said of it, or a break of the protocol. */
  async saveAnswer(c: Challenge): Promise<void> {
    const { commit, busy, brokenMs } = c;
    const set = {
      commitment: commit?.commitment ?? null,
      commit_signature: commit && fromHex(commit.signature),
      elapsed_ms: commit?.elapsedMs ?? null,
      received_ms: commit?.receivedMs ?? busy?.receivedMs ?? null,
      committed_at: commit && NOW,
      busy_job: busy?.jobId ?? null,
      busy_shard: busy?.shard ?? null,
      busy_signature: busy && fromHex(busy.signature),
      busy_elapsed_ms: busy?.elapsedMs ?? null,
      busy_ruling: busy?.ruling ?? null,
      broken_ms: brokenMs,
    };
    await update(this.db, TABLE, key(c), set, 'commitment IS NULL AND verdict IS NULL');
  }

  /** Writes the first reveal's hash; its bytes are evidence already. */
  async saveReveal(c: Challenge): Promise<void> {
    const { reveal } = c;
    if (!reveal) throw new RangeError('the challenge has no reveal');
    const set = {
      opening_digest: reveal.digest,
      opening_bytes: reveal.bytes,
      revealed_ms: reveal.receivedMs,
      opened_at: NOW,
    };
    await update(this.db, TABLE, key(c), set, 'opening_digest IS NULL AND verdict IS NULL');
  }

  /** Those of the commitments (of this round) that were recorded in any earlier round. */
  async seenBefore(round: number, commitments: readonly Uint8Array[]): Promise<Set<string>> {
    const rows = await this.db.query<{ commitment: Buffer }>(
      'SELECT DISTINCT commitment FROM challenges WHERE commitment = ANY ($1) AND round < $2',
      [commitments.map((bytes) => Buffer.from(bytes)), round],
    );
    return new Set(rows.map((row) => toHex(row.commitment)));
  }

  /** Rate of each device's last accepted task of this kind, by challengeKey; missing for devices that never had one. */
  async lastRates(task: TaskName, devices: readonly DeviceId[]): Promise<Map<string, bigint>> {
    const rows = await this.db.query<{ node_id: string; device: number; ops_per_ms: string }>(
      `SELECT d.node_id, d.device, last.ops_per_ms FROM unnest($1::bigint[], $2::smallint[]) AS d (node_id, device)
       CROSS JOIN LATERAL (
         SELECT c.ops_per_ms FROM challenges c
         WHERE c.node_id = d.node_id AND c.device = d.device AND c.task = $3 AND c.verdict = 'OK'
         ORDER BY c.round DESC LIMIT 1
       ) last`,
      [devices.map(({ nodeId }) => nodeId), devices.map(({ device }) => device), task],
    );
    return new Map(
      rows.map((row) => [challengeKey({ nodeId: Number(row.node_id), device: row.device }), BigInt(row.ops_per_ms)]),
    );
  }

  /**
   * Devices that the newest round with challenges before `round` challenged, as templates for a round that could not be
   * opened.
   */
  async ofNewestBefore(round: number): Promise<Challenge[]> {
    const rows = await this.db.query<ChallengeRow>(
      `SELECT * FROM challenges WHERE round = (SELECT max(round) FROM challenges WHERE round < $1)
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
  async saveVerdict(c: JudgedChallenge, transcript: StoredTranscript, replace: boolean): Promise<void> {
    const { verdict } = c;
    const set = {
      verdict: verdict.code,
      verdict_group: verdict.group,
      reason: verdict.reason,
      numbers: verdict.numbers,
      perf_bps: verdict.perfBps,
      ops_per_ms: verdict.opsPerMs,
      verdict_signature: verdict.signature && fromHex(verdict.signature),
      verdict_at: NOW,
      facts: verdict.facts,
    };
    await this.db.transaction(async (tx) => {
      await update(tx, TABLE, key(c), set, replace ? 'true' : 'verdict IS NULL');
      await saveTranscript(tx, { ...key(c), epoch: c.epoch, ...transcript }, replace);
    });
  }

  /** The newest accepted challenge of each device in the epoch, among those of these tasks, unless it was checked again. */
  async toCheckAgain(epoch: number, tasks: readonly TaskName[]): Promise<AnchoredChallenge[]> {
    const rows = await this.db.query<ChallengeRow & { checked_again_at: Date | null }>(
      `SELECT DISTINCT ON (node_id, device) * FROM challenges
       WHERE epoch = $1 AND task = ANY ($2) AND verdict = 'OK' ORDER BY node_id, device, round DESC`,
      [epoch, tasks],
    );
    return rows
      .filter((row) => row.checked_again_at === null)
      .map(toChallenge)
      .filter(isAnchored);
  }

  async checkedAgain(c: Challenge): Promise<void> {
    await update(this.db, TABLE, key(c), { checked_again_at: NOW });
  }
}
