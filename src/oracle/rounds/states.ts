import type { Timetable } from '../../protocol/rounds/timetable';
import type { TaskName } from '../../protocol/tasks';

/** When a round takes place; fixed as soon as its slot begins. Times are ms since 1970. */
export interface Slot {
  readonly round: number;
  readonly epoch: number;
  readonly slotStartMs: number;
  readonly slotEndMs: number;
  /** Drawn and not announced: nobody can prepare for it. */
  readonly startAtMs: number;
  /** How long each part of the round takes; it stands with the round, so that new software keeps an old one's times. */
  readonly timetable: Timetable;
}

/** A round whose challenges are about to go out, or are out. */
export interface Sent {
  /** Wall-clock time of the sending; written down before it. Null: nothing was sent. */
  readonly sentAtMs: number | null;
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
 * - Moves on when the preparation's time has come and the chain could be read: to `open` (open.ts).
 * - Watchdog: the latest start. After a restart: the same.
 */
export interface Scheduled extends Slot {
  readonly state: 'scheduled';
}

/**
 * The draw and every challenge are written down; at the start challenges go out, then commitments come in.
 * - Moves on at the end of the commit window, with what has arrived: to `committed` (collect.ts).
 * - Watchdog: the end of the anchor. After a restart: the same; what was sent is not sent again, and whoever had not
 *   answered was not heard by the reporter.
 */
export interface Open extends Slot, Sent {
  readonly state: 'open';
  readonly draw: Draw;
}

/**
 * The root over the in-time commitments is fixed.
 * - Moves on at once: to `anchoring`, or to `closed` when nobody committed (anchor.ts).
 * - Watchdog: the end of the anchor. After a restart: the same.
 */
export interface Committed extends Slot, Sent {
  readonly state: 'committed';
  readonly draw: Draw;
  readonly commitments: Commitments;
}

/**
 * The anchor's transaction is on its way.
 * - Moves on when it is final: to `opening` (anchor.ts).
 * - Watchdog: the end of the anchor. After a restart: the same; the outbox knows the transaction and sends no second
 *   one.
 */
export interface Anchoring extends Slot, Sent {
  readonly state: 'anchoring';
  readonly draw: Draw;
  readonly commitments: Commitments;
}

/**
 * The anchor is final: the coins go out, and each node reveals what they pick (its opening).
 * - Moves on when every reveal is judged, at the latest when the verdicts are due: to `closed` (reveal.ts).
 * - Watchdog: the same times end what has not come or was not checked. After a restart: the coins go out again, and
 *   reveals that had come are checked.
 */
export interface Opening extends Slot, Sent, Anchored {
  readonly state: 'opening';
  /** When the coins first went out, ms after the challenges; null before. */
  readonly coinsMs: number | null;
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
 * The reporter could not hold the round to its end: what only it was to do ended as ORACLE_FAULT. Nothing moves it on,
 * and a restart does not touch it. It keeps what was fixed before the fault.
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

/** What a store knows of a round, whatever its state. */
export interface RoundParts {
  readonly slot: Slot;
  readonly state: State;
  readonly draw: Draw | null;
  readonly sentAtMs: number | null;
  readonly commitments: Commitments | null;
  readonly anchor: Anchor | null;
  readonly coinsMs: number | null;
  readonly fault: string | null;
}

/** The round that a store's parts make. @throws TypeError when the state promises what is not there */
export function roundOf({ slot, state, draw, sentAtMs, commitments, anchor, coinsMs, fault }: RoundParts): Round {
  const known = <T>(part: T | null): T => {
    if (part === null) throw new TypeError(`round ${slot.round} is ${state}, but its record is not complete`);
    return part;
  };
  switch (state) {
    case 'scheduled':
      return { ...slot, state };
    case 'open':
      return { ...slot, state, sentAtMs, draw: known(draw) };
    case 'committed':
    case 'anchoring':
      return { ...slot, state, sentAtMs, draw: known(draw), commitments: known(commitments) };
    case 'opening': {
      const anchored = { draw: known(draw), commitments: known(commitments), anchor: known(anchor) };
      return { ...slot, state, sentAtMs, ...anchored, coinsMs };
    }
    case 'closed':
      return { ...slot, state, draw: known(draw), commitments: known(commitments), anchor };
    case 'void':
      return { ...slot, state, draw, commitments, anchor, fault: fault ?? '' };
  }
}
