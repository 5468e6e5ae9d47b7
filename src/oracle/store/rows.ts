import { toHex } from '../../protocol/bytes';
import { parseTaskParams, type TaskName } from '../../protocol/tasks';
import { type VerdictCode, verdictGroup } from '../../protocol/verdicts';
import type { Anchor, Commitments, Draw, Round, State } from '../rounds/states';
import type { Challenge, Commit, Verdict } from './model';

/** Row of table `rounds` as `pg` gives it: bigint as text, bytea as Buffer, timestamptz as Date. */
export interface RoundRow {
  round: string;
  epoch: string;
  state: State;
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
  commitment: Buffer | null;
  commit_signature: Buffer | null;
  elapsed_ms: string | null;
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

const hexOrNull = (bytes: Buffer | null) => bytes && toHex(bytes);

/** @throws TypeError for a row without what its state promises */
export function toRound(row: RoundRow): Round {
  const { state } = row;
  const slot = {
    round: Number(row.round),
    epoch: Number(row.epoch),
    slotStartMs: row.slot_start.getTime(),
    slotEndMs: row.slot_end.getTime(),
    startAtMs: row.start_at.getTime(),
  };
  const draw = toDraw(row);
  const commitments = toCommitments(row);
  const anchor = toAnchor(row);
  const known = <T>(part: T | null): T => {
    if (part === null) throw new TypeError(`round ${row.round} is ${state}, but its row is not complete`);
    return part;
  };
  switch (state) {
    case 'scheduled':
      return { ...slot, state };
    case 'open':
      return { ...slot, state, draw: known(draw) };
    case 'committed':
    case 'anchoring':
      return { ...slot, state, draw: known(draw), commitments: known(commitments) };
    case 'closed':
      return { ...slot, state, draw: known(draw), commitments: known(commitments), anchor };
    case 'opening': {
      const openDeadlineMs = known(row.open_deadline_at).getTime();
      return {
        ...slot,
        state,
        draw: known(draw),
        commitments: known(commitments),
        anchor: known(anchor),
        openDeadlineMs,
      };
    }
    case 'void':
      return { ...slot, state, draw, commitments, anchor, fault: row.fault ?? '' };
  }
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
    commit: toCommit(row),
    leafIndex: row.leaf_index,
    busy:
      row.busy_job === null || row.busy_shard === null ? null : { jobId: BigInt(row.busy_job), shard: row.busy_shard },
    reveal:
      row.opening_digest && row.opening_bytes !== null
        ? { digest: row.opening_digest, bytes: row.opening_bytes, proof: null }
        : null,
    verdict: toVerdict(row),
  };
}

function toCommit({ commitment, commit_signature, elapsed_ms }: ChallengeRow): Commit | null {
  if (!commitment || !commit_signature || elapsed_ms === null) return null;
  return { commitment, signature: toHex(commit_signature), elapsedMs: Number(elapsed_ms) };
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
    sample: null,
  };
}
