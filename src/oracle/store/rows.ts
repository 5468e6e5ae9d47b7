import { toHex } from '../../protocol/bytes';
import { BUSY_RULING, FACTS } from '../../protocol/rounds/facts';
import { TIMETABLE } from '../../protocol/rounds/timetable';
import { parseTaskParams, type TaskName } from '../../protocol/tasks';
import { type VerdictCode, verdictGroup } from '../../protocol/verdicts';
import { type Anchor, type Commitments, type Draw, type Round, roundOf, type State } from '../rounds/states';
import type { BusyClaim, Challenge, Commit, Reveal, Verdict } from './model';

/** Row of table `rounds` as `pg` gives it: bigint as text, bytea as Buffer, timestamptz as Date. */
export interface RoundRow {
  round: string;
  epoch: string;
  state: State;
  task: TaskName | null;
  slot_start: Date;
  slot_end: Date;
  start_at: Date;
  timetable: unknown;
  sending_at: Date | null;
  coins_ms: number | null;
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
  fault: string | null;
}

/** Row of table `challenges` as `pg` gives it. */
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
  sent_ms: number | null;
  turned_away: boolean;
  software_adapter: boolean;
  broken_ms: number | null;
  received_ms: number | null;
  commitment: Buffer | null;
  commit_signature: Buffer | null;
  elapsed_ms: string | null;
  leaf_index: number | null;
  busy_job: string | null;
  busy_shard: number | null;
  busy_signature: Buffer | null;
  busy_elapsed_ms: number | null;
  busy_ruling: unknown;
  opening_digest: Buffer | null;
  opening_bytes: number | null;
  revealed_ms: number | null;
  verdict: VerdictCode | null;
  reason: string | null;
  numbers: Record<string, number>;
  perf_bps: number | null;
  ops_per_ms: string | null;
  verdict_signature: Buffer | null;
  facts: unknown;
}

const hexOrNull = (bytes: Buffer | null) => bytes && toHex(bytes);

/** @throws TypeError for a row without what its state promises */
export function toRound(row: RoundRow): Round {
  const slot = {
    round: Number(row.round),
    epoch: Number(row.epoch),
    slotStartMs: row.slot_start.getTime(),
    slotEndMs: row.slot_end.getTime(),
    startAtMs: row.start_at.getTime(),
    timetable: TIMETABLE.parse(row.timetable),
  };
  return roundOf({
    slot,
    state: row.state,
    draw: toDraw(row),
    sentAtMs: row.sending_at?.getTime() ?? null,
    commitments: toCommitments(row),
    anchor: toAnchor(row),
    coinsMs: row.coins_ms,
    fault: row.fault,
  });
}

function toDraw(row: RoundRow): Draw | null {
  const { task, open_block, open_block_hash, open_block_time, nonce, coin_secret, coin_hash, round_seed } = row;
  if (!task || open_block === null || !open_block_hash || !open_block_time) return null;
  if (!nonce || !coin_secret || !coin_hash || !round_seed) return null;
  return {
    task,
    openBlock: Number(open_block),
    openBlockHash: toHex(open_block_hash),
    openBlockTimeMs: open_block_time.getTime(),
    nonce,
    coinSecret: coin_secret,
    coinHash: coin_hash,
    roundSeed: round_seed,
  };
}

function toCommitments({ root, commit_count }: RoundRow): Commitments | null {
  return root && commit_count !== null ? { root, count: commit_count } : null;
}

function toAnchor({ anchor_tx, anchor_block, anchor_block_hash, anchor_block_time }: RoundRow): Anchor | null {
  if (anchor_block === null || !anchor_block_hash || !anchor_block_time) return null;
  return {
    txHash: hexOrNull(anchor_tx),
    blockNumber: Number(anchor_block),
    blockHash: toHex(anchor_block_hash),
    blockTimeMs: anchor_block_time.getTime(),
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
    sentMs: row.sent_ms,
    turnedAway: row.turned_away,
    softwareAdapter: row.software_adapter,
    brokenMs: row.broken_ms,
    commit: toCommit(row),
    leafIndex: row.leaf_index,
    busy: toBusyClaim(row),
    reveal: toReveal(row),
    verdict: toVerdict(row),
  };
}

function toCommit({ commitment, commit_signature, elapsed_ms, received_ms }: ChallengeRow): Commit | null {
  if (!commitment || !commit_signature || elapsed_ms === null || received_ms === null) return null;
  const elapsedMs = Number(elapsed_ms);
  return { commitment, signature: toHex(commit_signature), elapsedMs, receivedMs: received_ms };
}

function toBusyClaim(row: ChallengeRow): BusyClaim | null {
  const { busy_job, busy_shard, busy_signature, busy_elapsed_ms, received_ms, busy_ruling } = row;
  if (busy_job === null || busy_shard === null || !busy_signature) return null;
  if (busy_elapsed_ms === null || received_ms === null) return null;
  return {
    jobId: BigInt(busy_job),
    shard: busy_shard,
    signature: toHex(busy_signature),
    elapsedMs: busy_elapsed_ms,
    receivedMs: received_ms,
    ruling: BUSY_RULING.nullable().parse(busy_ruling),
  };
}

function toReveal({ opening_digest, opening_bytes, revealed_ms }: ChallengeRow): Reveal | null {
  if (!opening_digest || opening_bytes === null || revealed_ms === null) return null;
  return { digest: opening_digest, bytes: opening_bytes, receivedMs: revealed_ms };
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
    facts: FACTS.nullable().parse(row.facts),
  };
}
