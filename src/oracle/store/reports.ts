import { fromHex, toHex } from '../../protocol/bytes';
import type { ReportSignature } from '../../protocol/scoring/batch';
import type { Queryable } from './database';
import { insert } from './insert';

/** One reporter's signed word about one batch of one epoch. */
export interface StoredReport {
  epoch: number;
  batch: number;
  /** Account, lower-case. */
  reporter: string;
  slot: number;
  /** 32 bytes, 0x hex. */
  methodologyHash: string;
  evidenceRoot: string;
  /** 5 measurement words. */
  words: readonly bigint[];
  /** The field element that is signed. */
  message: bigint;
  signature: ReportSignature;
}

interface Row {
  epoch: string;
  batch: number;
  reporter: string;
  slot: number;
  methodology_hash: Buffer;
  evidence_root: Buffer;
  words: string[];
  message: string;
  signature_r8x: string;
  signature_r8y: string;
  signature_s: string;
}

/** Table `reports`. */
export class ReportStore {
  constructor(private readonly db: Queryable) {}

  /**
   * Keeps a report. Of two for the same reporter, epoch and batch the first stays: signing another would be
   * equivocation.
   */
  async save(report: StoredReport): Promise<void> {
    const { R8, S } = report.signature;
    const row = {
      epoch: report.epoch,
      batch: report.batch,
      reporter: report.reporter,
      slot: report.slot,
      methodology_hash: fromHex(report.methodologyHash),
      evidence_root: fromHex(report.evidenceRoot),
      words: report.words,
      message: report.message,
      signature_r8x: R8[0],
      signature_r8y: R8[1],
      signature_s: S,
    };
    await insert(this.db, 'reports', [row], 'DO NOTHING');
  }

  /** All reports of an epoch's batch by slot, whoever signed them. */
  async ofBatch(epoch: number, batch: number): Promise<StoredReport[]> {
    // numeric[] would arrive as floating point: text keeps every digit.
    const rows = await this.db.query<Row>(
      `SELECT epoch, batch, reporter, slot, methodology_hash, evidence_root, words::text[] AS words, message,
         signature_r8x, signature_r8y, signature_s FROM reports WHERE epoch = $1 AND batch = $2 ORDER BY slot`,
      [epoch, batch],
    );
    return rows.map((row) => ({
      epoch: Number(row.epoch),
      batch: row.batch,
      reporter: row.reporter,
      slot: row.slot,
      methodologyHash: toHex(row.methodology_hash),
      evidenceRoot: toHex(row.evidence_root),
      words: row.words.map(BigInt),
      message: BigInt(row.message),
      signature: { R8: [BigInt(row.signature_r8x), BigInt(row.signature_r8y)], S: BigInt(row.signature_s) },
    }));
  }

  /** Batches of an epoch that a reporter signed reports for, in order. */
  async batchesOf(epoch: number, reporter: string): Promise<number[]> {
    const rows = await this.db.query<{ batch: number }>(
      'SELECT batch FROM reports WHERE epoch = $1 AND reporter = $2 ORDER BY batch',
      [epoch, reporter],
    );
    return rows.map(({ batch }) => batch);
  }
}
