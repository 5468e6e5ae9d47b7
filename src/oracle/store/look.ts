import { createLogger } from '@subsquid/logger';
import { type OracleDatabaseSettings, openPool } from './database';
import type { Identity } from './identity';
import { migrationFiles } from './migrate';

const log = createLogger('dpin:oracle:db');

/** Who only looks waits no longer for an answer. */
const ANSWER_MS = 5_000;

/** What a reporter's schema has. */
export interface OracleLook {
  /** Files of db/oracle, by name. */
  applied: string[];
  pending: string[];
  /** Applied, and not of this release. */
  foreign: string[];
  /** Whose rounds it keeps; undefined before the first start. */
  identity: Identity | undefined;
}

/** Looks at the schema of a reporter without changing anything; undefined when no oracle has used it yet. */
export async function lookAtOracle(settings: OracleDatabaseSettings): Promise<OracleLook | undefined> {
  const pool = openPool(settings, log, ANSWER_MS);
  try {
    const { rows: there } = await pool.query<{ versions: boolean; identity: boolean }>(
      `SELECT to_regclass('schema_version') IS NOT NULL AS versions, to_regclass('identity') IS NOT NULL AS identity`,
    );
    if (!there[0]?.versions) return undefined;
    const { rows } = await pool.query<{ name: string }>('SELECT name FROM schema_version ORDER BY name');
    const applied = rows.map(({ name }) => name);
    const ours = await migrationFiles();
    return {
      applied,
      pending: ours.filter((name) => !applied.includes(name)),
      foreign: applied.filter((name) => !ours.includes(name)),
      identity: there[0].identity ? await identityOf(pool) : undefined,
    };
  } finally {
    // A dead line would not answer the farewell.
    pool.end().catch(() => undefined);
  }
}

async function identityOf(pool: ReturnType<typeof openPool>): Promise<Identity | undefined> {
  const { rows } = await pool.query<{ chain: string; oracle: string; reporter: string }>(
    'SELECT chain_id AS chain, oracle_address AS oracle, reporter FROM identity',
  );
  const [row] = rows;
  return row && { chainId: Number(row.chain), oracle: row.oracle, reporter: row.reporter };
}
