import { fromHex } from '../../protocol/bytes';
import {
  type Anchor,
  type Commitments,
  type Draw,
  isOver,
  OVER,
  type Round,
  type State,
  statesBefore,
  type UnfinishedRound,
} from '../rounds/states';
import { insertChallenges, markAnchored, markSent } from './challenges';
import type { Database, Queryable } from './database';
import { insert } from './insert';
import type { Challenge } from './model';
import { type RoundRow, toRound } from './rows';
import { StatusStore } from './status';
import { NOW, Sql, update } from './update';

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
export class RoundStore {
  constructor(private readonly db: Database) {}

  /** Writes a slot's round with its drawn start; an existing row stays as it is. */
  async schedule(round: {
    round: number;
    epoch: number;
    reporter: string;
    slotStartMs: number;
    slotEndMs: number;
    startOffsetMs: number;
    software: string;
  }): Promise<void> {
    const row = {
      round: round.round,
      epoch: round.epoch,
      reporter: round.reporter,
      state: 'scheduled' satisfies State,
      slot_start: at(round.slotStartMs),
      slot_end: at(round.slotEndMs),
      start_offset_ms: round.startOffsetMs,
      start_at: at(round.slotStartMs + round.startOffsetMs),
      software: round.software,
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

  /** True when no other round of the epoch is unfinished. */
  async othersFinished(epoch: number, round: number): Promise<boolean> {
    const rows = await this.db.query(
      `SELECT 1 FROM rounds WHERE epoch = $1 AND round < $2 AND ${IS_UNFINISHED} LIMIT 1`,
      [epoch, round],
    );
    return rows.length === 0;
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

  /** Notes when the challenges were sent and when the last commitment can count. */
  async sent(round: number, sentAtMs: number, commitEndMs: number): Promise<void> {
    const sentAt = at(sentAtMs);
    await this.db.transaction(async (tx) => {
      await update(tx, TABLE, { round }, { sent_at: sentAt, commit_end_at: at(commitEndMs) });
      await markSent(tx, round, sentAt);
    });
  }

  /** Ends the commit phase: root, and which commitment is which leaf. */
  async commit(
    round: number,
    { root, count }: Commitments,
    leaves: readonly { nodeId: number; device: number }[],
  ): Promise<void> {
    await this.db.transaction(async (tx) => {
      const moved = await move(tx, 'committed', round, { root, commit_count: count });
      if (moved) await markAnchored(tx, round, leaves);
    });
  }

  /** The anchor transaction is about to be sent. */
  async anchoring(round: number): Promise<void> {
    await move(this.db, 'anchoring', round);
  }

  /** The anchor is final: the coins go out. */
  async opening(round: number, anchor: Anchor, openDeadlineMs: number): Promise<void> {
    await move(this.db, 'opening', round, {
      anchor_tx: anchor.txHash && fromHex(anchor.txHash),
      anchor_block: anchor.blockNumber,
      anchor_block_hash: fromHex(anchor.blockHash),
      anchor_block_time: at(anchor.blockTimeMs),
      coins_sent_at: new Sql('coalesce(coins_sent_at, now())'),
      open_deadline_at: at(openDeadlineMs),
    });
  }

  /** The coins go out once more, with another deadline. */
  async openingAgain(round: number, openDeadlineMs: number): Promise<void> {
    await update(this.db, TABLE, { round }, { open_deadline_at: at(openDeadlineMs) }, "state = 'opening'");
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
