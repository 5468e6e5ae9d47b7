import type { TaskName } from '../../protocol/tasks';

/** When a round takes place; fixed as soon as its slot begins. Times are ms since 1970. */
export interface Slot {
  readonly round: number;
  readonly epoch: number;
  readonly slotStartMs: number;
  readonly slotEndMs: number;
  /** Drawn and not announced: nobody can prepare for it. */
  readonly startAtMs: number;
}

/** What is drawn when a round opens. Hashes are 0x hex, secrets and seeds raw bytes. */
export interface Draw {
  readonly task: TaskName;
  readonly openBlock: number;
  readonly openBlockHash: string;
  readonly openBlockTimeMs: number;
  readonly nonce: Uint8Array;
  readonly coinSecret: Uint8Array;
  readonly coinHash: Uint8Array;
  readonly roundSeed: Uint8Array;
}

/** The in-time commitments, fixed when the commit phase ends. */
export interface Commitments {
  /** SHA-256 root of the anchor tree. */
  readonly root: Uint8Array;
  readonly count: number;
}

/** The transaction that fixed the commitments on the chain. */
export interface Anchor {
  readonly txHash: string | null;
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly blockTimeMs: number;
}

/** What the coins are made of. */
export interface Anchored {
  readonly draw: Draw;
  readonly commitments: Commitments;
  readonly anchor: Anchor;
}

/**
 * The slot's round is written down; nobody has been asked anything.
 * - Moves on when its start has come and the chain could be read: to `open` (open.ts); to `void` when it is too late.
 * - After a restart: the same.
 */
export interface Scheduled extends Slot {
  readonly state: 'scheduled';
}

/**
 * The draw and every challenge are written down; challenges go out, commitments come in.
 * - Moves on when all have answered or the longest deadline has passed: to `committed` (collect.ts); to `void` when the
 *   oracle itself stood still, or the database answered too late to send anything.
 * - After a restart: whoever was asked and has not answered gets ORACLE_FAULT; what had come in counts.
 */
export interface Open extends Slot {
  readonly state: 'open';
  readonly draw: Draw;
}

/**
 * The root over the in-time commitments is fixed.
 * - Moves on at once: to `anchoring`, or to `closed` when nobody committed (anchor.ts).
 * - After a restart: the same.
 */
export interface Committed extends Slot {
  readonly state: 'committed';
  readonly draw: Draw;
  readonly commitments: Commitments;
}

/**
 * The anchor's transaction is on its way.
 * - Moves on when it is final: to `opening` (anchor.ts); to `void` when the contract refuses it or its block leaves the
 * chain.
 * - After a restart: the same; the outbox knows the transaction and sends no second one.
 */
export interface Anchoring extends Slot {
  readonly state: 'anchoring';
  readonly draw: Draw;
  readonly commitments: Commitments;
}

/**
 * The anchor is final and the coins are out: each node reveals what they pick (its opening).
 * - Moves on when every opening is judged or its deadline has passed: to `closed` (reveal.ts).
 * - After a restart: to `void` when the anchor's block has left the chain; else the coins go out again, with a later
 * deadline.
 */
export interface Opening extends Slot, Anchored {
  readonly state: 'opening';
  /** Openings after this are NO_OPENING. */
  readonly openDeadlineMs: number;
}

/** Every challenge has its verdict. Nothing moves it on, and a restart does not touch it. */
export interface Closed extends Slot {
  readonly state: 'closed';
  readonly draw: Draw;
  readonly commitments: Commitments;
  /** Null when nobody committed. */
  readonly anchor: Anchor | null;
}

/**
 * The oracle could not do its part: every challenge without a verdict got ORACLE_FAULT. Nothing moves it on, and a
 * restart does not touch it. It keeps what was fixed before the fault.
 */
export interface Void extends Slot {
  readonly state: 'void';
  readonly draw: Draw | null;
  readonly commitments: Commitments | null;
  readonly anchor: Anchor | null;
  /** Why, in words. */
  readonly fault: string;
}

/** A round by the name of its state, as it stands in the database. */
export interface RoundIn {
  scheduled: Scheduled;
  open: Open;
  committed: Committed;
  anchoring: Anchoring;
  opening: Opening;
  closed: Closed;
  void: Void;
}
export type State = keyof RoundIn;
export type Round = RoundIn[State];

/** The legal moves. The steps are typed by this table, and the store lets no other move happen. */
export const MOVES = {
  scheduled: ['open', 'void'],
  open: ['committed', 'void'],
  committed: ['anchoring', 'closed', 'void'],
  anchoring: ['opening', 'void'],
  opening: ['closed', 'void'],
  closed: [],
  void: [],
} as const satisfies Record<State, readonly State[]>;

/** States that a state can move to. */
export type After<S extends State> = (typeof MOVES)[S][number];
/** States that something moves on. */
export type UnfinishedState = { [S in State]: [After<S>] extends [never] ? never : S }[State];
export type UnfinishedRound = RoundIn[UnfinishedState];

export const STATES = Object.keys(MOVES) as readonly State[];
/** States that nothing moves on. */
export const OVER: readonly State[] = STATES.filter((state) => MOVES[state].length === 0);

/** True when nothing moves the round on. */
export function isOver(round: Round): round is Closed | Void {
  return OVER.includes(round.state);
}

/** States from which the move to `state` is legal. */
export function statesBefore(state: State): State[] {
  return STATES.filter((before) => (MOVES[before] as readonly State[]).includes(state));
}

/** What was drawn when the round opened; null when it never did. */
export function drawOf(round: Round): Draw | null {
  return round.state === 'scheduled' ? null : round.draw;
}

/** What was fixed by the time of the anchor; null before. */
export function commitmentsOf(round: Round): Commitments | null {
  return 'commitments' in round ? round.commitments : null;
}

/** What the coins are made of; null without a final anchor. */
export function anchoredOf(round: Round): Anchored | null {
  if (!('anchor' in round)) return null;
  const { draw, commitments, anchor } = round;
  return draw && commitments && anchor && { draw, commitments, anchor };
}
