import type { BlockHeader } from '../../chain/blocks';
import type { RegisteredNode } from '../../chain/registry';
import type { SignedMessage, SignedValue } from '../../protocol/eip712';
import type { Absence, BusyRuling } from '../../protocol/rounds/facts';
import type { TaskName } from '../../protocol/tasks';
import type { AnchoredChallenge, Challenge, JudgedChallenge } from '../store/model';
import type { Check, CheckResult } from '../verification/check';
import type { Anchor, Commitments, Draw, Round, Slot, UnfinishedRound } from './states';

/**
 * What rounds need of the world, each part a seam: the oracle plugs in sockets, Postgres, the chain, files and child
 * processes; the simulation plugs in its own, with faults.
 */

/** Place of a device: node and number. */
export interface DeviceId {
  readonly nodeId: number;
  readonly device: number;
}

/** A node as a round drew it. */
export interface DrawnNode {
  readonly nodeId: number;
  readonly workerKey: string;
  readonly devices: number;
}

/** Sessions of nodes (gateway/gateway.ts). Times are of the monotonic clock, ms. */
export interface Sessions {
  adapter(nodeId: number, device: number): { readonly software: boolean } | undefined;
  /** Sends all at the same instant. @returns when each was sent; null without a session */
  ask(frames: readonly (DeviceId & { readonly text: string })[]): Promise<readonly (number | null)[]>;
  send(nodeId: number, text: string): void;
  /** A round drew these nodes at this time (ms since 1970): they can log in while the chain is away. */
  rememberDrawn(nodes: readonly DrawnNode[], atMs: number): void;
  /** The node wanted in with this key shortly before now, and the chain could not be asked whether it is its key. */
  wasTurnedAway(nodeId: number, workerKey: string): boolean;
  /** From now on these reveals may come. */
  expect(round: number, reveals: readonly (DeviceId & { readonly maxBytes: number })[]): void;
  expectNoMore(round: number): void;
  /** Resolves when everything received before `atMs` was handed over. @throws when that cannot be known */
  heardUpTo(atMs: number): Promise<void>;
}

/** Absences of the reporter (presence.ts). */
export interface Presence {
  /** Monotonic time from which nodes have had time to connect after this process began to listen. */
  readonly settledAtMs: number;
  /** Those that end after this monotonic time, in ms after `originMs`. */
  absences(sinceMs: number, originMs: number): readonly Absence[];
  /** What came since this monotonic time may be lost: that is an absence too. */
  lose(sinceMs: number): void;
}

/** The chain, as rounds read and write it. Calls reject with RetryableError while the endpoint is away. */
export interface RoundChain {
  readonly chainId: number;
  /** Lower-case address of the ReputationOracle. */
  readonly oracleAddress: string;
  /** Lower-case address of the NodeRegistry, which EIP-712 signatures name. */
  readonly registry: string;
  head(): Promise<BlockHeader>;
  header(block: number): Promise<BlockHeader | undefined>;
  /** Registered, not retired, certified, of an open class, at the block. */
  eligibleNodes(block: BlockHeader): Promise<readonly RegisteredNode[]>;
  reporterOfRound(round: number): Promise<string | undefined>;
  /** What the market said of a claim at the round's open block. */
  busyRuling(claim: { challenge: Challenge; draw: Draw; epochStartMs: number }): Promise<BusyRuling>;
  /** Sends the anchor once, however often it is called. @throws ContractRevert; RoundFault when its block is gone */
  anchor(round: number, draw: Draw, commitments: Commitments): Promise<Anchor>;
}

/** The reporter's signature, and the check of a node's. */
export interface RoundSigner {
  sign<M extends SignedMessage>(message: M, value: SignedValue<M>): Promise<string>;
  isSignedBy<M extends SignedMessage>(signer: string, message: M, value: SignedValue<M>, signature: string): boolean;
}

/** Checks reveals (verification/pool.ts). */
export interface Checker {
  check(check: Check): Promise<CheckResult>;
}

/** Content-addressed files (evidence/store.ts). */
export interface Evidence {
  /** @returns the SHA-256, 0x hex, once the bytes are safe */
  put(bytes: Uint8Array): Promise<string>;
  get(sha256: string): Promise<Uint8Array | null>;
}

/** The reporter's CSPRNG. */
export interface Randomness {
  bytes(count: number): Uint8Array;
  /** A whole number in 0..bound-1. */
  below(bound: number): number;
}

/** Table of rounds. Every write may run twice, and resolves when it is safe. */
export interface RoundRecords {
  schedule(slot: Slot & { readonly reporter: string; readonly software: string }): Promise<void>;
  find(round: number): Promise<Round | undefined>;
  /** Rounds that are not over, oldest first. */
  unfinished(): Promise<UnfinishedRound[]>;
  newest(): Promise<number | undefined>;
  open(round: number, draw: Draw, challenges: readonly Challenge[]): Promise<void>;
  /** The challenges are about to go out at this wall-clock time. */
  sending(round: number, atMs: number): Promise<void>;
  /** The challenges are out: from now on the draw is public. */
  sent(round: number, challenges: readonly Challenge[]): Promise<void>;
  commit(round: number, commitments: Commitments, leaves: readonly DeviceId[]): Promise<void>;
  anchoring(round: number): Promise<void>;
  opening(round: number, anchor: Anchor): Promise<void>;
  /** The coins are out. @param coinsMs after the round's challenges went out */
  coinsSent(round: number, coinsMs: number): Promise<void>;
  finish(round: number, fault: string | null): Promise<void>;
}

/** Table of challenges; a verdict is written together with its transcript. Every write may run twice. */
export interface ChallengeRecords {
  /** By nodeId and device. */
  ofRound(round: number): Promise<Challenge[]>;
  /** The first commitment, busy claim, ruling on it, or break of the protocol. */
  saveAnswer(challenge: Challenge): Promise<void>;
  /** The reveal's digest; its bytes are evidence already. */
  saveReveal(challenge: Challenge): Promise<void>;
  saveVerdict(challenge: JudgedChallenge, transcript: StoredTranscript, replace: boolean): Promise<void>;
  /** Those of the commitments (0x hex) that any earlier round has. */
  seenBefore(round: number, commitments: readonly Uint8Array[]): Promise<Set<string>>;
  /** Rate of each device's last accepted task of this kind, by challengeKey. */
  lastRates(task: TaskName, devices: readonly DeviceId[]): Promise<Map<string, bigint>>;
  /** Devices that the newest round before this one challenged. */
  ofNewestBefore(round: number): Promise<Challenge[]>;
  insertNeutral(challenges: readonly Challenge[]): Promise<void>;
  /** The newest accepted challenge of each device in the epoch, among those of these tasks, unless it was checked again. */
  toCheckAgain(epoch: number, tasks: readonly TaskName[]): Promise<AnchoredChallenge[]>;
  checkedAgain(challenge: Challenge): Promise<void>;
}

/** A transcript as it is written: the canonical document and its hash. */
export interface StoredTranscript {
  readonly document: string;
  readonly sha256: Uint8Array;
}
