import { createHash } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import type { DatabaseSettings } from '../../../config/database';
import { RetryableError } from '../../../runtime/errors';
import type { NetworkMark } from '../../rules/same-network';
import type { BlockRef } from '../../source/types';
import { finalHeadOf, headOf } from '../heads';
import { readMark } from '../network-mark';
import { ormOptions } from '../orm';
import { checksumQuery, HISTORIES } from './checksums';
import { type Audited, FACTS, type Facts, factsQuery } from './facts';

/** Results of so many audits are kept. */
const AUDITS_KEPT = 20;
/** Differences of an audit that are kept by name; all are counted. */
const DIFFERENCES_KEPT = 10_000;

/** An audit that began: the index as it was at one block. */
export interface Audit {
  id: number;
  block: BlockRef;
  startedAt: Date;
  /** Rows taken from the index. */
  rows: number;
}

/** A row that is still to be compared. */
export interface AuditRow {
  seq: string;
  entity: Audited;
  id: string;
  facts: Facts;
}

/** A value on which index and chain do not agree. */
export interface Difference {
  entity: Audited;
  id: string;
  field: string;
  indexed: string | null;
  onChain: string | null;
}

/** How an audit ended. */
export interface AuditResult extends Audit {
  finishedAt: Date;
  /** Values compared. */
  compared: number;
  differenceCount: number;
  /** The first of them. */
  differences: Difference[];
}

/** What all rows of an epoch come to. */
export interface EpochChecksum {
  /** -1: before epoch 0. */
  epoch: number;
  rows: number;
  checksum: string;
}

/** Epochs by time; only whole ones before `wholeUntil` have a checksum. */
export interface EpochTimes {
  genesisSeconds: number;
  epochSeconds: number;
  /** First epoch that may not be over yet. */
  wholeUntil: number;
}

const TABLES = `
  CREATE SCHEMA IF NOT EXISTS squid_processor;
  CREATE TABLE IF NOT EXISTS squid_processor.audit (
    id serial PRIMARY KEY, height int NOT NULL, hash text NOT NULL, started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz, rows bigint NOT NULL DEFAULT 0, compared bigint NOT NULL DEFAULT 0,
    differences bigint NOT NULL DEFAULT 0);
  CREATE TABLE IF NOT EXISTS squid_processor.audit_row (
    seq bigserial PRIMARY KEY, entity text NOT NULL, row_id text NOT NULL, facts jsonb NOT NULL);
  CREATE TABLE IF NOT EXISTS squid_processor.audit_difference (
    id bigserial PRIMARY KEY, audit int NOT NULL REFERENCES squid_processor.audit ON DELETE CASCADE,
    entity text NOT NULL, row_id text NOT NULL, field text NOT NULL, indexed text, on_chain text);
  CREATE TABLE IF NOT EXISTS squid_processor.audit_epoch (
    epoch bigint PRIMARY KEY, rows bigint NOT NULL, checksum text NOT NULL)`;

/** Where an audit keeps what it works on, beside the state of the index: it goes on after a kill. */
export class AuditStore {
  private constructor(private readonly source: DataSource) {}

  static async open(settings: DatabaseSettings): Promise<AuditStore> {
    const options = ormOptions(settings, { statementTimeoutMs: 0 });
    const source = await new DataSource({ ...options, entities: [] }).initialize();
    return new AuditStore(source);
  }

  close(): Promise<void> {
    return this.source.destroy();
  }

  mark(): Promise<NetworkMark | undefined> {
    return readMark(this.source.manager);
  }

  finalHead(): Promise<BlockRef | undefined> {
    return finalHeadOf(this.source.manager);
  }

  /** The audit that was not finished, if there is one. */
  async unfinished(): Promise<Audit | undefined> {
    await this.source.query(TABLES);
    const rows = await this.source.query(
      `SELECT id, height, hash, started_at, rows::float8 AS rows FROM squid_processor.audit
        WHERE finished_at IS NULL ORDER BY id DESC LIMIT 1`,
    );
    return rows[0] && auditOf(rows[0]);
  }

  /** Forgets audits that were not finished. */
  async abandon(): Promise<void> {
    await this.source.query('DELETE FROM squid_processor.audit WHERE finished_at IS NULL');
  }

  /**
   * Takes everything that is to be compared out of the index, all of it as of one block, and the checksum of each epoch
   * that is over. The index may go on meanwhile.
   * @throws RetryableError when nothing is indexed yet
   */
  async begin(times: EpochTimes): Promise<Audit> {
    await this.source.query(TABLES);
    return this.source.transaction('REPEATABLE READ', async (manager) => {
      // What a row looks like as text must not depend on the server.
      await manager.query(`SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'`);
      const head = await headOf(manager);
      if (head === undefined) {
        throw new RetryableError('Nothing is indexed yet: start npx dpin process, and audit once it has caught up');
      }
      await manager.query('DELETE FROM squid_processor.audit WHERE finished_at IS NULL');
      await manager.query('DELETE FROM squid_processor.audit_row');
      for (const entity of Object.keys(FACTS) as Audited[]) {
        await manager.query(`INSERT INTO squid_processor.audit_row (entity, row_id, facts) ${factsQuery(entity)}`);
      }
      await this.keepChecksums(manager, times);
      const rows = await manager.query(
        `INSERT INTO squid_processor.audit (height, hash, rows)
         SELECT $1, $2, count(*) FROM squid_processor.audit_row
         RETURNING id, height, hash, started_at, rows::float8 AS rows`,
        [head.height, head.hash],
      );
      return auditOf(rows[0]);
    });
  }

  /** Rows that are still to be compared, in their order. */
  next(limit: number): Promise<AuditRow[]> {
    return this.source.query(
      'SELECT seq, entity, row_id AS id, facts FROM squid_processor.audit_row ORDER BY seq LIMIT $1',
      [limit],
    );
  }

  /** Notes what the comparison of some rows gave; they are not compared again. */
  async record(audit: Audit, rows: readonly AuditRow[], compared: number, found: readonly Difference[]): Promise<void> {
    await this.source.transaction('READ COMMITTED', async (manager) => {
      await manager.query('DELETE FROM squid_processor.audit_row WHERE seq = ANY($1::bigint[])', [
        rows.map(({ seq }) => seq),
      ]);
      const [updated] = await manager.query(
        `UPDATE squid_processor.audit SET compared = compared + $2, differences = differences + $3
          WHERE id = $1 RETURNING (differences - $3)::float8 AS before`,
        [audit.id, compared, found.length],
      );
      if (updated[0] === undefined) throw forgotten();
      const kept = found.slice(0, Math.max(0, DIFFERENCES_KEPT - updated[0].before));
      await manager.query(
        `INSERT INTO squid_processor.audit_difference (audit, entity, row_id, field, indexed, on_chain)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])`,
        [audit.id, ...columnsOf(kept, ['entity', 'id', 'field', 'indexed', 'onChain'])],
      );
    });
  }

  /** Ends the audit. */
  async finish(audit: Audit): Promise<AuditResult> {
    await this.source.query('UPDATE squid_processor.audit SET finished_at = clock_timestamp() WHERE id = $1', [
      audit.id,
    ]);
    await this.source.query('DELETE FROM squid_processor.audit WHERE id <= $1', [audit.id - AUDITS_KEPT]);
    const [ended] = await this.source.query(
      `SELECT finished_at AS "finishedAt", compared::float8 AS compared, differences::float8 AS "differenceCount"
         FROM squid_processor.audit WHERE id = $1`,
      [audit.id],
    );
    if (ended === undefined) throw forgotten();
    const differences: Difference[] = await this.source.query(
      `SELECT entity, row_id AS id, field, indexed, on_chain AS "onChain"
         FROM squid_processor.audit_difference WHERE audit = $1 ORDER BY audit_difference.id`,
      [audit.id],
    );
    return { ...audit, ...ended, differences };
  }

  /** Checksums of the last audit, the newest epochs first. */
  checksums(limit: number): Promise<EpochChecksum[]> {
    return this.source.query(
      `SELECT epoch::float8 AS epoch, rows::float8 AS rows, checksum
         FROM squid_processor.audit_epoch ORDER BY epoch DESC LIMIT $1`,
      [limit],
    );
  }

  private async keepChecksums(manager: EntityManager, times: EpochTimes): Promise<void> {
    const byEpoch = new Map<string, { rows: number; parts: string[] }>();
    for (const table of Object.keys(HISTORIES)) {
      const parameters = [times.genesisSeconds, times.epochSeconds, times.wholeUntil];
      const found: { epoch: string; rows: string; hash: string }[] = await manager.query(
        checksumQuery(table),
        parameters,
      );
      for (const { epoch, rows, hash } of found) {
        const sum = byEpoch.get(epoch) ?? { rows: 0, parts: [] };
        sum.rows += Number(rows);
        sum.parts.push(`${table} ${rows} ${hash}`);
        byEpoch.set(epoch, sum);
      }
    }
    const sums = [...byEpoch].map(([epoch, { rows, parts }]) => ({ epoch, rows, checksum: sha256(parts.join('\n')) }));
    await manager.query('DELETE FROM squid_processor.audit_epoch');
    await manager.query(
      `INSERT INTO squid_processor.audit_epoch (epoch, rows, checksum)
       SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[])`,
      columnsOf(sums, ['epoch', 'rows', 'checksum']),
    );
  }
}

/** A rewind or resync took the rows away that were being compared. */
function forgotten(): RetryableError {
  return new RetryableError('The index was forgotten during the audit; audit again once it has caught up');
}

function auditOf(row: { id: number; height: number; hash: string; started_at: Date; rows: number }): Audit {
  const { id, height, hash, started_at: startedAt, rows } = row;
  return { id, block: { height, hash }, startedAt, rows };
}

function columnsOf<T extends object>(rows: readonly T[], names: readonly (keyof T)[]): unknown[][] {
  return names.map((name) => rows.map((row) => row[name]));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
