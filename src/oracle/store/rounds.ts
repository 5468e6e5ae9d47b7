import { fromHex } from '../../protocol/bytes';
import type { DeviceId, RoundRecords } from '../rounds/ports';
import {
  type Anchor,
  type Commitments,
  type Draw,
  isOver,
  OVER,
  type Round,
  type Slot,
  type State,
  statesBefore,
  type UnfinishedRound,
} from '../rounds/states';
import { insertChallenges, markAnchored, markSending, markSent } from './challenges';
import type { Database, Queryable } from './database';
import { insert } from './insert';
import type { Challenge } from './model';
import { type RoundRow, toRound } from './rows';
import { StatusStore } from './status';
import { NOW, update } from './update';

const TABLE = 'rounds';
const at = (ms: number) => new Date(ms);
const among = (states: readonly State[]) => states.map((state) => `'${state}'`).join(', ');
/** SQL: the round is over. */
export const IS_OVER = `state IN (${among(OVER)})`;
/** SQL: something moves the round on; as the index rounds_unfinished says it. */
export const IS_UNFINISHED = `state NOT IN (${among(OVER)})`;

/**
 * Moves a round on, from the states that MOVES allows and no other: two runners of one round (none is meant to be)
 * cannot undo a step, and a round that is over stays as it is.
 * @returns false when the round was in none of them: the move has been made already, or came too late
 */
async function move(tx: Queryable, to: State, round: number, set: Parameters<typeof update>[3] = {}): Promise<boolean> {
  const moved = await update(tx, TABLE, { round }, { state: to, ...set }, `state IN (${among(statesBefore(to))})`);
  return moved === 1;
}

/** Table `rounds`. Every write may run twice (the connection can break between commit and answer). */
export class RoundStore implements RoundRecords {
  constructor(private readonly db: Database) {}

  /** Writes a slot's round with its drawn start; an existing row stays as it is. */
  async schedule(slot: Slot & { readonly reporter: string; readonly software: string }): Promise<void> {
    const row = {
      round: slot.round,
      epoch: slot.epoch,
      reporter: slot.reporter,
      state: 'scheduled' satisfies State,
      slot_start: at(slot.slotStartMs),
      slot_end: at(slot.slotEndMs),
      start_offset_ms: slot.startAtMs - slot.slotStartMs,
      start_at: at(slot.startAtMs),
      timetable: slot.timetable,
      software: slot.software,
    };
    await insert(this.db, TABLE, [row], '(round) DO NOTHING');
  }

  async find(round: number): Promise<Round | undefined> {
    return (await this.rows('WHERE round = $1', [round]))[0];
  }

  /** Rounds that are neither closed nor void, oldest first. */
  async unfinished(): Promise<UnfinishedRound[]> {
    return (await this.rows(`WHERE ${IS_UNFINISHED} ORDER BY round`, [])).filter((round) => !isOver(round));
  }

  /** Number of the newest round written down; undefined before the first. */
  async newest(): Promise<number | undefined> {
    const [row] = await this.db.query<{ round: string }>('SELECT round FROM rounds ORDER BY round DESC LIMIT 1');
    return row && Number(row.round);
  }

  /** Fixes what was drawn and every challenge, before any node learns of them. */
  async open(round: number, draw: Draw, challenges: readonly Challenge[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      const moved = await move(tx, 'open', round, {
        task: draw.task,
        open_block: draw.openBlock,
        open_block_hash: fromHex(draw.openBlockHash),
        open_block_time: at(draw.openBlockTimeMs),
        nonce: draw.nonce,
        coin_secret: draw.coinSecret,
        coin_hash: draw.coinHash,
        round_seed: draw.roundSeed,
      });
      if (moved) await insertChallenges(tx, challenges);
    });
  }

  /**
   * Notes, before it is done, that the challenges go out: until `sent` is written, a restart must take all that are
   * signed for sent.
   */
  async sending(round: number, atMs: number): Promise<void> {
    await this.db.transaction(async (tx) => {
      const written = await update(tx, TABLE, { round }, { sending_at: at(atMs) }, 'sending_at IS NULL');
      if (written === 1) await markSending(tx, round);
    });
  }

  /** Notes that the challenges are out, and when each was sent. */
  async sent(round: number, challenges: readonly Challenge[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      await update(tx, TABLE, { round }, { sent_at: NOW }, 'sent_at IS NULL');
      await markSent(tx, round, challenges);
    });
  }

  /** Ends the commit phase: root, and which commitment is which leaf. */
  async commit(round: number, { root, count }: Commitments, leaves: readonly DeviceId[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      const moved = await move(tx, 'committed', round, { root, commit_count: count });
      if (moved) await markAnchored(tx, round, leaves);
    });
  }

  /** The anchor transaction is about to be sent. */
  async anchoring(round: number): Promise<void> {
    await move(this.db, 'anchoring', round);
  }

  /** The anchor is final. */
  async opening(round: number, anchor: Anchor): Promise<void> {
    await move(this.db, 'opening', round, {
      anchor_tx: anchor.txHash && fromHex(anchor.txHash),
      anchor_block: anchor.blockNumber,
      anchor_block_hash: fromHex(anchor.blockHash),
      anchor_block_time: at(anchor.blockTimeMs),
    });
  }

  /** The coins are out: from now on they are public. */
  async coinsSent(round: number, coinsMs: number): Promise<void> {
    await update(this.db, TABLE, { round }, { coins_sent_at: NOW, coins_ms: coinsMs }, 'coins_sent_at IS NULL');
  }

  /** Ends a round: every challenge has its verdict. `fault` says why a round is void. */
  async finish(round: number, fault: string | null): Promise<void> {
    await this.db.transaction(async (tx) => {
      const moved = await move(tx, fault === null ? 'closed' : 'void', round, { fault, closed_at: NOW });
      if (moved) await new StatusStore(tx).roundOver(round);
    });
  }

  private async rows(where: string, values: readonly unknown[]): Promise<Round[]> {
    return (await this.db.query<RoundRow>(`SELECT * FROM rounds ${where}`, values)).map(toRound);
  }
}
