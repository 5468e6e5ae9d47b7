import { toHex } from '../../protocol/bytes';
import type { ReportSignature } from '../../protocol/scoring/batch';
import type { Queryable } from './database';
import { bytesOf } from './rows';

/** One reporter's signed word about one batch of one epoch. */
export interface StoredReport {
  epoch: bigint;
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

interface Row extends Record<string, unknown> {
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

/**
 * Keeps a report. Of two for the same reporter, epoch and batch the first stays: signing another would be equivocation.
 */
export async function saveReport(db: Queryable, report: StoredReport): Promise<void> {
  await db.query(
    `INSERT INTO reports (epoch, batch, reporter, slot, methodology_hash, evidence_root, words, message,
       signature_r8x, signature_r8y, signature_s)
     VALUES ($1, $2, $3, $4, $5, $6, $7::numeric[], $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
    [
      String(report.epoch),
      report.batch,
      report.reporter,
      report.slot,
      bytesOf(report.methodologyHash),
      bytesOf(report.evidenceRoot),
      report.words.map(String),
      String(report.message),
      String(report.signature.R8[0]),
      String(report.signature.R8[1]),
      String(report.signature.S),
    ],
  );
}

/** All reports of an epoch's batch, whoever signed them. */
export async function reportsOf(db: Queryable, epoch: bigint, batch: number): Promise<StoredReport[]> {
  // numeric[] would arrive as floating point: text keeps every digit.
  const rows = await db.query<Row>(
    `SELECT epoch, batch, reporter, slot, methodology_hash, evidence_root, words::text[] AS words, message,
       signature_r8x, signature_r8y, signature_s FROM reports WHERE epoch = $1 AND batch = $2 ORDER BY slot`,
    [String(epoch), batch],
  );
  return rows.map((row) => ({
    epoch: BigInt(row.epoch),
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
export async function batchesReportedBy(db: Queryable, epoch: bigint, reporter: string): Promise<number[]> {
  const rows = await db.query<{ batch: number }>(
    'SELECT batch FROM reports WHERE epoch = $1 AND reporter = $2 ORDER BY batch',
    [String(epoch), reporter],
  );
  return rows.map(({ batch }) => batch);
}
