import type { BusyRuling, Facts } from '../../protocol/rounds/facts';
import type { TaskParams } from '../../protocol/tasks';
import type { VerdictCode, VerdictGroup } from '../../protocol/verdicts';

export interface Verdict {
  readonly code: VerdictCode;
  readonly group: VerdictGroup;
  readonly reason: string;
  readonly numbers: Readonly<Record<string, number>>;
  /** null for neutral verdicts. */
  readonly perfBps: number | null;
  /** Measured rate, work units per ms; null when nothing was measured. */
  readonly opsPerMs: bigint | null;
  readonly signature: string | null;
  /** What was recorded and decided it; null for verdicts of before facts were recorded. */
  readonly facts: Facts | null;
}

/** A COMMIT as it was received, signed by the worker key. */
export interface Commit {
  readonly commitment: Uint8Array;
  readonly signature: string;
  /** Receipt minus send, rounded up. */
  readonly elapsedMs: number;
  /** After the round's challenges went out. */
  readonly receivedMs: number;
}

/** A BUSY claim as it was received, signed by the worker key. */
export interface BusyClaim {
  readonly jobId: bigint;
  readonly shard: number;
  readonly signature: string;
  /** Receipt minus send, rounded up. */
  readonly elapsedMs: number;
  /** After the round's challenges went out. */
  readonly receivedMs: number;
  /** Null until the market was asked. */
  readonly ruling: BusyRuling | null;
}

/** What a node revealed of its work when the coins were out (its opening). */
export interface Reveal {
  /** SHA-256 of the opening's bytes. */
  readonly digest: Uint8Array;
  readonly bytes: number;
  /** When all of it had arrived, ms after the round's challenges went out. */
  readonly receivedMs: number;
}

/**
 * One device's challenge of one round. Addresses and hashes are lower-case 0x hex. A challenge never changes: whoever
 * learns more about it makes a new value.
 */
export interface Challenge {
  readonly round: number;
  readonly epoch: number;
  readonly nodeId: number;
  readonly device: number;
  readonly hardwareClass: number;
  readonly workerKey: string;
  readonly operator: string;
  readonly rewardRecipient: string;
  readonly params: TaskParams;
  readonly taskSeed: Uint8Array;
  readonly referencePerMs: bigint;
  readonly expectedMs: number;
  readonly deadlineMs: number;
  /** The reporter's, under what is asked; null only in rounds of an earlier version. */
  readonly signature: string | null;
  /** When it was sent, ms after the round's challenges went out; null when it was not. */
  readonly sentMs: number | null;
  /** It was not sent, and the node had wanted in when the chain could not be asked who it is. */
  readonly turnedAway: boolean;
  /** The node's word at that moment: no GPU, in a class for GPUs. */
  readonly softwareAdapter: boolean;
  /** When the node broke the protocol, before it had answered. */
  readonly brokenMs: number | null;
  readonly commit: Commit | null;
  /** Place of the commitment among the anchored ones; null when it is not anchored. */
  readonly leafIndex: number | null;
  readonly busy: BusyClaim | null;
  readonly reveal: Reveal | null;
  readonly verdict: Verdict | null;
}

/** A challenge nobody has been sent yet. */
export const UNANSWERED = {
  signature: null,
  sentMs: null,
  turnedAway: false,
  softwareAdapter: false,
  brokenMs: null,
  commit: null,
  leafIndex: null,
  busy: null,
  reveal: null,
  verdict: null,
} satisfies Partial<Challenge>;

/** A challenge that can be sent. */
export type SignedChallenge = Challenge & { readonly signature: string };
export type CommittedChallenge = Challenge & { readonly commit: Commit };
/** A challenge whose commitment is under the round's anchor. */
export type AnchoredChallenge = CommittedChallenge & { readonly leafIndex: number };
export type JudgedChallenge = Challenge & { readonly verdict: Verdict };

export function isSigned(challenge: Challenge): challenge is SignedChallenge {
  return challenge.signature !== null;
}

export function isCommitted(challenge: Challenge): challenge is CommittedChallenge {
  return challenge.commit !== null;
}

export function isAnchored(challenge: Challenge): challenge is AnchoredChallenge {
  return challenge.commit !== null && challenge.leafIndex !== null;
}

/** Key of a challenge within its round. */
export function challengeKey({ nodeId, device }: Pick<Challenge, 'nodeId' | 'device'>): string {
  return `${nodeId}/${device}`;
}
