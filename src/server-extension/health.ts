import type { DataSource } from 'typeorm';
import type { METRICS } from '../config/metrics';
import { isDatabaseAway } from '../runtime/database-away';
import type { Check } from '../runtime/health-server';
import type { MetricsRegistry } from '../runtime/metrics';

/** An index further behind is not what an asker wants. */
const LAG_BLOCKS = 50;
/** An indexer that has not seen the chain for so long has stopped. */
const SEEN_SECONDS = 60;

/** How far the index is, and what is known of it; null for what has not been yet. */
interface IndexHealth {
  block: number | null;
  lagBlocks: number | null;
  lagSeconds: number | null;
  /** Since the indexer saw the newest block of the chain. */
  seenSecondsAgo: number | null;
  newestScoreAt: Date | null;
  newestScoreAgeSeconds: number | null;
  auditedBlock: number | null;
  auditedAt: Date | null;
  auditDifferences: number | null;
}

const SOURCES = {
  freshness: `SELECT indexed_height AS block, greatest(0, chain_height - indexed_height) AS "lagBlocks",
      greatest(0, extract(epoch FROM chain_time - indexed_time))::float8 AS "lagSeconds",
      extract(epoch FROM clock_timestamp() - seen_at)::float8 AS "seenSecondsAgo"
    FROM squid_processor.freshness`,
  network: `SELECT last_proven_at AS "newestScoreAt",
      extract(epoch FROM clock_timestamp() - last_proven_at)::float8 AS "newestScoreAgeSeconds" FROM network`,
  audit: `SELECT height AS "auditedBlock", finished_at AS "auditedAt", differences::float8 AS "auditDifferences"
    FROM squid_processor.audit WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1`,
} as const;
const UNKNOWN: IndexHealth = {
  ...{ block: null, lagBlocks: null, lagSeconds: null, seenSecondsAgo: null },
  ...{ newestScoreAt: null, newestScoreAgeSeconds: null },
  ...{ auditedBlock: null, auditedAt: null, auditDifferences: null },
};

/**
 * What the API needs to answer, and whether what it answers is fresh and right. A score's age is told only: when no
 * reporter proves, no other API knows more.
 */
export async function apiChecks(source: DataSource): Promise<Record<string, Check>> {
  let health: IndexHealth;
  try {
    health = await indexHealth(source);
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    return { database: { ok: false } };
  }
  const { block, lagBlocks, lagSeconds, seenSecondsAgo } = health;
  const isNear = lagBlocks !== null && lagBlocks <= LAG_BLOCKS;
  const isSeen = seenSecondsAgo !== null && seenSecondsAgo <= SEEN_SECONDS;
  const { newestScoreAt, newestScoreAgeSeconds, auditedBlock, auditedAt, auditDifferences } = health;
  return {
    database: { ok: true },
    index: { ok: isNear && isSeen, block, lagBlocks, lagSeconds, seenSecondsAgo },
    scores: { ok: true, newestScoreAt, newestScoreAgeSeconds },
    audit: { ok: !auditDifferences, block: auditedBlock, finishedAt: auditedAt, differences: auditDifferences },
  };
}

/** Reads at each look what nobody counts. */
export function readApi(source: DataSource, metrics: MetricsRegistry<(typeof METRICS)['api']>): void {
  metrics.onLook(async () => {
    const { block, lagBlocks, lagSeconds, newestScoreAt, auditDifferences } = await indexHealth(source);
    if (block !== null) metrics.set('dpin_api_indexed_block', {}, block);
    if (lagBlocks !== null) metrics.set('dpin_api_index_lag_blocks', {}, lagBlocks);
    if (lagSeconds !== null) metrics.set('dpin_api_index_lag_seconds', {}, lagSeconds);
    if (newestScoreAt !== null) {
      metrics.set('dpin_api_newest_score_timestamp_seconds', {}, newestScoreAt.getTime() / 1000);
    }
    if (auditDifferences !== null) metrics.set('dpin_api_audit_differences', {}, auditDifferences);
  });
}

async function indexHealth(source: DataSource): Promise<IndexHealth> {
  const [there] = await source.query(
    `SELECT to_regclass('squid_processor.freshness') IS NOT NULL AS freshness,
       to_regclass('public.network') IS NOT NULL AS network, to_regclass('squid_processor.audit') IS NOT NULL AS audit`,
  );
  let health = UNKNOWN;
  for (const [name, sql] of Object.entries(SOURCES)) {
    const [row] = there[name] ? await source.query(sql) : [];
    health = { ...health, ...row };
  }
  return health;
}
