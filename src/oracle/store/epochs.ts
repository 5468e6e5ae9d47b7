import { fromHex, toHex } from '../../protocol/bytes';
import type { VerdictCode } from '../../protocol/verdicts';
import type { DeviceVerdict, NodeMeasurement } from '../epochs/measure';
import type { Database } from './database';
import { MeasurementStore } from './measurements';
import { ReportStore, type StoredReport } from './reports';
import { IS_UNFINISHED } from './rounds';

/** Progress of an epoch; the meaning of each stands with the column in db/oracle. */
export type EpochState = 'measured' | 'anchored' | 'proving' | 'posted' | 'empty' | 'failed';

export interface EpochRow {
  epoch: number;
  state: EpochState;
  /** 32 bytes, 0x hex. */
  evidenceRoot: string;
  measurementsHash: string;
  methodologyHash: string;
  transcripts: number;
}

const OVER = "('posted', 'empty', 'failed')";
/** SQL: nothing moves the epoch on. */
export const IS_EPOCH_OVER = `state IN ${OVER}`;

/** Table `epochs`, and what closing an epoch reads of its rounds. Every write may run twice. */
export class EpochStore {
  constructor(private readonly db: Database) {}

  /** The epoch to close next: the first not over, else the one after the last, else the first with a round. */
  async nextEpoch(): Promise<number | undefined> {
    const [row] = await this.db.query<{ epoch: string | null }>(
      `SELECT coalesce((SELECT min(epoch) FROM epochs WHERE state NOT IN ${OVER}),
                       (SELECT max(epoch) + 1 FROM epochs),
                       (SELECT min(epoch) FROM rounds)) AS epoch`,
    );
    return numberOf(row?.epoch);
  }

  async find(epoch: number): Promise<EpochRow | undefined> {
    const [row] = await this.db.query<{
      state: EpochState;
      evidence_root: Buffer | null;
      measurements_hash: Buffer | null;
      methodology_hash: Buffer | null;
      transcript_count: number | null;
    }>(
      `SELECT state, evidence_root, measurements_hash, methodology_hash, transcript_count FROM epochs
       WHERE epoch = $1`,
      [epoch],
    );
    return (
      row && {
        epoch,
        state: row.state,
        evidenceRoot: toHex(row.evidence_root ?? Buffer.alloc(32)),
        measurementsHash: toHex(row.measurements_hash ?? Buffer.alloc(32)),
        methodologyHash: toHex(row.methodology_hash ?? Buffer.alloc(32)),
        transcripts: row.transcript_count ?? 0,
      }
    );
  }

  /** Rounds of the epoch that are not over yet, and whether the rounds written down reach to its last or beyond. */
  async roundsOf(epoch: number, lastRound: number): Promise<{ unfinished: number; reachedLast: boolean }> {
    const [row] = await this.db.query<{ unfinished: string; reached_last: boolean | null }>(
      `SELECT (SELECT count(*) FROM rounds WHERE epoch = $1 AND ${IS_UNFINISHED}) AS unfinished,
         (SELECT max(round) >= $2 FROM rounds) AS reached_last`,
      [epoch, lastRound],
    );
    return { unfinished: Number(row?.unfinished ?? 0), reachedLast: row?.reached_last ?? false };
  }

  /** Every verdict of the epoch's finished rounds. */
  async verdictsOf(epoch: number): Promise<DeviceVerdict[]> {
    const rows = await this.db.query<{
      round: string;
      node_id: string;
      device: number;
      verdict: VerdictCode;
      perf_bps: number | null;
    }>(
      `SELECT round, node_id, device, verdict, perf_bps FROM challenges
       WHERE epoch = $1 AND verdict IS NOT NULL ORDER BY round, node_id, device`,
      [epoch],
    );
    return rows.map((row) => ({
      round: Number(row.round),
      nodeId: Number(row.node_id),
      device: row.device,
      code: row.verdict,
      perfBps: row.perf_bps,
    }));
  }

  /**
   * Writes what the epoch came to, with this reporter's signed reports, once; an epoch that is written stays as it is.
   */
  async saveMeasured(
    row: Omit<EpochRow, 'state'>,
    measurements: readonly NodeMeasurement[],
    reports: readonly StoredReport[],
    oracleFaults: number,
  ): Promise<void> {
    await this.db.transaction(async (tx) => {
      const written = await tx.query(
        `INSERT INTO epochs (epoch, state, evidence_root, measurements_hash, methodology_hash, transcript_count,
           oracle_faults) VALUES ($1, 'measured', $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING epoch`,
        [
          row.epoch,
          fromHex(row.evidenceRoot),
          fromHex(row.measurementsHash),
          fromHex(row.methodologyHash),
          row.transcripts,
          oracleFaults,
        ],
      );
      if (written.length === 0) return;
      await new MeasurementStore(tx).save(row.epoch, measurements);
      const store = new ReportStore(tx);
      for (const report of reports) await store.save(report);
    });
  }

  /** The first epoch from `epoch` on that has a round; undefined when none has. */
  async firstWithRounds(epoch: number): Promise<number | undefined> {
    const [row] = await this.db.query<{ epoch: string | null }>(
      'SELECT min(epoch) AS epoch FROM rounds WHERE epoch >= $1',
      [epoch],
    );
    return numberOf(row?.epoch);
  }

  /** Ends epochs (`first` to `last`) that are not posted: nothing was measured, or this account did not report. */
  async saveEmpty(first: number, last: number, why: string): Promise<void> {
    await this.db.query(
      `INSERT INTO epochs (epoch, state, error) SELECT epoch, 'empty', $3
       FROM generate_series($1::bigint, $2::bigint) AS epoch ON CONFLICT DO NOTHING`,
      [first, last, why],
    );
  }

  async setState(epoch: number, state: EpochState, error: string | null = null): Promise<void> {
    await this.db.query('UPDATE epochs SET state = $2, error = $3, updated_at = now() WHERE epoch = $1', [
      epoch,
      state,
      error,
    ]);
  }
}

/** A bigint column's value: text from `pg`, null where there is no row. */
function numberOf(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : Number(text);
}
