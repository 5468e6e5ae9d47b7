import { toHex } from '../../protocol/bytes';
import { parseTaskParams, type TaskName } from '../../protocol/tasks';
import { type VerdictCode, verdictGroup } from '../../protocol/verdicts';
import type { Challenge, Round, RoundState, Verdict } from './model';

/** Row of oracle.rounds as `pg` gives it: bigint as text, bytea as Buffer, timestamptz as Date. */
export interface RoundRow {
  round: string;
  epoch: string;
  state: RoundState;
  task: TaskName | null;
  slot_start: Date;
  slot_end: Date;
  start_at: Date;
  open_block: string | null;
  open_block_hash: Buffer | null;
  open_block_time: Date | null;
  nonce: Buffer | null;
  coin_secret: Buffer | null;
  coin_hash: Buffer | null;
  round_seed: Buffer | null;
  root: Buffer | null;
  commit_count: number | null;
  anchor_tx: Buffer | null;
  anchor_block: string | null;
  anchor_block_hash: Buffer | null;
  anchor_block_time: Date | null;
  open_deadline_at: Date | null;
  fault: string | null;
}

/** Row of oracle.challenges as `pg` gives it. */
export interface ChallengeRow {
  round: string;
  epoch: string;
  node_id: string;
  device: number;
  hardware_class: number;
  worker_key: string;
  operator: string;
  reward_recipient: string;
  task: TaskName;
  params: unknown;
  task_seed: Buffer;
  reference_per_ms: string;
  expected_ms: number;
  deadline_ms: number;
  challenge_signature: Buffer | null;
  commitment: Buffer | null;
  commit_signature: Buffer | null;
  elapsed_ms: string | null;
  in_anchor: boolean;
  leaf_index: number | null;
  busy_job: string | null;
  busy_shard: number | null;
  opening_digest: Buffer | null;
  opening_bytes: number | null;
  verdict: VerdictCode | null;
  reason: string | null;
  numbers: Record<string, number>;
  perf_bps: number | null;
  ops_per_ms: string | null;
  verdict_signature: Buffer | null;
}

export const bytesOf = (hex: string) => Buffer.from(hex.slice(2), 'hex');
const hexOrNull = (bytes: Buffer | null) => bytes && toHex(bytes);

export function toRound(row: RoundRow): Round {
  const opened = row.task && row.open_block !== null && row.nonce && row.coin_secret && row.coin_hash && row.round_seed;
  return {
    round: Number(row.round),
    epoch: Number(row.epoch),
    state: row.state,
    slotStartMs: row.slot_start.getTime(),
    slotEndMs: row.slot_end.getTime(),
    startAtMs: row.start_at.getTime(),
    opening: opened
      ? {
          task: row.task!,
          openBlock: Number(row.open_block),
          openBlockHash: toHex(row.open_block_hash!),
          openBlockTimeMs: row.open_block_time!.getTime(),
          nonce: row.nonce!,
          coinSecret: row.coin_secret!,
          coinHash: row.coin_hash!,
          roundSeed: row.round_seed!,
        }
      : null,
    committed: row.root && { root: row.root, commitCount: row.commit_count! },
    anchor: row.anchor_block_hash && {
      txHash: hexOrNull(row.anchor_tx),
      blockNumber: Number(row.anchor_block),
      blockHash: toHex(row.anchor_block_hash),
      blockTimeMs: row.anchor_block_time!.getTime(),
    },
    openDeadlineMs: row.open_deadline_at?.getTime() ?? null,
    fault: row.fault,
  };
}

export function toChallenge(row: ChallengeRow): Challenge {
  return {
    round: Number(row.round),
    epoch: Number(row.epoch),
    nodeId: Number(row.node_id),
    device: row.device,
    hardwareClass: row.hardware_class,
    workerKey: row.worker_key,
    operator: row.operator,
    rewardRecipient: row.reward_recipient,
    params: parseTaskParams(row.task, row.params),
    taskSeed: row.task_seed,
    referencePerMs: BigInt(row.reference_per_ms),
    expectedMs: row.expected_ms,
    deadlineMs: row.deadline_ms,
    signature: hexOrNull(row.challenge_signature),
    commitment: row.commitment,
    commitSignature: hexOrNull(row.commit_signature),
    elapsedMs: row.elapsed_ms === null ? null : Number(row.elapsed_ms),
    inAnchor: row.in_anchor,
    leafIndex: row.leaf_index,
    busy: row.busy_job === null ? null : { jobId: BigInt(row.busy_job), shard: row.busy_shard! },
    openingDigest: row.opening_digest,
    openingBytes: row.opening_bytes,
    attestation: null,
    verdict: toVerdict(row),
  };
}

function toVerdict(row: ChallengeRow): Verdict | null {
  if (!row.verdict) return null;
  return {
    code: row.verdict,
    group: verdictGroup(row.verdict),
    reason: row.reason ?? '',
    numbers: row.numbers,
    perfBps: row.perf_bps,
    opsPerMs: row.ops_per_ms === null ? null : BigInt(row.ops_per_ms),
    signature: hexOrNull(row.verdict_signature),
  };
}
