import type { TaskName, TaskParams } from '../../protocol/tasks';
import type { VerdictCode, VerdictGroup } from '../../protocol/verdicts';

/** Progress of a round; the meaning of each stands with oracle.rounds.state in db/oracle. */
export type RoundState = 'scheduled' | 'open' | 'committed' | 'anchoring' | 'opening' | 'closed' | 'void';

/** What is fixed when a round opens. Hashes are 0x hex, secrets and seeds raw bytes. */
export interface RoundOpening {
  task: TaskName;
  openBlock: number;
  openBlockHash: string;
  openBlockTimeMs: number;
  nonce: Uint8Array;
  coinSecret: Uint8Array;
  coinHash: Uint8Array;
  roundSeed: Uint8Array;
}

/** What is fixed when the commit phase ends. */
export interface RoundCommitted {
  /** SHA-256 root of the anchor tree. */
  root: Uint8Array;
  commitCount: number;
}

export interface RoundAnchor {
  txHash: string | null;
  blockNumber: number;
  blockHash: string;
  blockTimeMs: number;
}

export interface Round {
  round: number;
  epoch: number;
  state: RoundState;
  slotStartMs: number;
  slotEndMs: number;
  startAtMs: number;
  opening: RoundOpening | null;
  committed: RoundCommitted | null;
  anchor: RoundAnchor | null;
  openDeadlineMs: number | null;
  fault: string | null;
}

export interface Verdict {
  code: VerdictCode;
  group: VerdictGroup;
  reason: string;
  numbers: Record<string, number>;
  /** null for neutral verdicts. */
  perfBps: number | null;
  /** Measured rate, work units per ms; null when nothing was measured. */
  opsPerMs: bigint | null;
  signature: string | null;
}

/** One device's challenge of one round. Addresses and hashes are lower-case 0x hex. */
export interface Challenge {
  round: number;
  epoch: number;
  nodeId: number;
  device: number;
  hardwareClass: number;
  workerKey: string;
  operator: string;
  rewardRecipient: string;
  params: TaskParams;
  taskSeed: Uint8Array;
  referencePerMs: bigint;
  expectedMs: number;
  deadlineMs: number;
  signature: string | null;
  commitment: Uint8Array | null;
  commitSignature: string | null;
  elapsedMs: number | null;
  inAnchor: boolean;
  leafIndex: number | null;
  busy: { jobId: bigint; shard: number } | null;
  openingDigest: Uint8Array | null;
  openingBytes: number | null;
  /** Proof of an accepted tree opening on its way into the transcript; not a column of its own. */
  attestation: string | null;
  verdict: Verdict | null;
}

/** A challenge nobody has been sent yet. */
export const UNANSWERED = {
  signature: null,
  commitment: null,
  commitSignature: null,
  elapsedMs: null,
  inAnchor: false,
  leafIndex: null,
  busy: null,
  openingDigest: null,
  openingBytes: null,
  attestation: null,
  verdict: null,
} satisfies Partial<Challenge>;

/** Key of a challenge within its round. */
export function challengeKey(nodeId: number, device: number): string {
  return `${nodeId}/${device}`;
}
