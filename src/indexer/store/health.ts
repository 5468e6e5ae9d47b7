import type { DatabaseSettings } from '../../config/database';
import { hasStateTable } from './heads';
import { ormOptions, withSource } from './orm';

/** Who only looks waits no longer for an answer. */
const STATEMENT_MS = 5_000;

/** How far index and chain are, and what the newest audit found; null for what is not known. */
export interface IndexHealth {
  indexedHeight: number | null;
  indexedTime: Date | null;
  chainHeight: number | null;
  chainTime: Date | null;
  /** When an endpoint said so. */
  seenAt: Date | null;
  auditedAt: Date | null;
  auditDifferences: number | null;
}

const NOTHING: IndexHealth = {
  indexedHeight: null,
  indexedTime: null,
  chainHeight: null,
  chainTime: null,
  seenAt: null,
  auditedAt: null,
  auditDifferences: null,
};

/** How an index does, as its database says in one moment. @throws what the database says when it cannot be asked */
export function lookAtHealth(settings: DatabaseSettings): Promise<IndexHealth> {
  const options = ormOptions(settings, { statementTimeoutMs: STATEMENT_MS });
  return withSource({ ...options, entities: [] }, async ({ manager }) => {
    const health = { ...NOTHING };
    if (await hasStateTable(manager, 'freshness')) {
      const [row] = await manager.query(
        `SELECT indexed_height AS "indexedHeight", indexed_time AS "indexedTime", chain_height AS "chainHeight",
           chain_time AS "chainTime", seen_at AS "seenAt" FROM squid_processor.freshness`,
      );
      Object.assign(health, row);
    }
    if (await hasStateTable(manager, 'audit')) {
      const [row] = await manager.query(
        `SELECT finished_at AS "auditedAt", differences::float8 AS "auditDifferences" FROM squid_processor.audit
         WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1`,
      );
      Object.assign(health, row);
    }
    return health;
  });
}
