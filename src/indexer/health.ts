import { METRICS, type MetricsOf } from '../config/metrics';
import type { SettingsOf } from '../config/settings';
import { type Check, type HealthServer, startHealthServer } from '../runtime/health-server';
import { MetricsRegistry } from '../runtime/metrics';
import { shortReason } from './failures';
import { type IndexHealth, lookAtHealth } from './store/health';

/** How much older the newest indexed block may be than the newest of the chain. */
const MOST_LAG_SECONDS = 60;
/** How long ago an endpoint may have said what the newest block is: it is asked each second. */
const MOST_SEEN_SECONDS = 30;

/** What an indexer is watched by. */
export interface Watched {
  metrics: MetricsOf<'indexer'>;
  server: HealthServer;
}

/** Serves /live, /ready and /metrics of an indexer. @throws FatalError when it cannot listen */
export async function watchIndexer(settings: SettingsOf<'indexer'>): Promise<Watched> {
  const metrics = new MetricsRegistry(METRICS.indexer);
  metrics.onLook(async () => show(await lookAtHealth(settings), metrics));
  const server = await startHealthServer({
    host: settings.METRICS_HOST,
    port: settings.INDEX_METRICS_PORT,
    setting: 'INDEX_METRICS_PORT',
    checks: () =>
      lookAtHealth(settings).then(
        (health) => checksOf(health, Date.now()),
        (error) => ({ database: { ok: false, reason: shortReason(error) } }),
      ),
    metrics: () => metrics.text(),
  });
  return { metrics, server };
}

/** What must be well for the index to be right and fresh. */
export function checksOf(health: IndexHealth, nowMs: number): Record<string, Check> {
  const { indexedHeight, indexedTime, chainHeight, chainTime, seenAt, auditedAt, auditDifferences } = health;
  const seenSeconds = seenAt && Math.round((nowMs - seenAt.getTime()) / 1000);
  // An endpoint that is behind does not make the index fresher than fresh.
  const lagSeconds = indexedTime && chainTime && Math.max(0, (chainTime.getTime() - indexedTime.getTime()) / 1000);
  const lagBlocks = indexedHeight !== null && chainHeight !== null ? Math.max(0, chainHeight - indexedHeight) : null;
  return {
    database: { ok: true },
    chain: { ok: seenSeconds !== null && seenSeconds <= MOST_SEEN_SECONDS, block: chainHeight, seenSeconds },
    lag: {
      ok: lagSeconds !== null && lagSeconds <= MOST_LAG_SECONDS,
      block: indexedHeight,
      blocks: lagBlocks,
      seconds: lagSeconds,
    },
    audit: { ok: !auditDifferences, finishedAt: auditedAt?.toISOString() ?? null, differences: auditDifferences },
  };
}

/** What is not known keeps the value it had. */
function show(health: IndexHealth, metrics: MetricsOf<'indexer'>): void {
  const { indexedHeight, indexedTime, chainHeight, chainTime, seenAt, auditedAt, auditDifferences } = health;
  if (indexedHeight !== null) metrics.set('dpin_indexer_indexed_block', {}, indexedHeight);
  if (indexedTime) metrics.set('dpin_indexer_indexed_timestamp_seconds', {}, indexedTime.getTime() / 1000);
  if (chainHeight !== null) metrics.set('dpin_indexer_head_block', {}, chainHeight);
  if (chainTime) metrics.set('dpin_indexer_head_timestamp_seconds', {}, chainTime.getTime() / 1000);
  if (seenAt) metrics.set('dpin_indexer_head_seen_timestamp_seconds', {}, seenAt.getTime() / 1000);
  if (auditedAt) metrics.set('dpin_indexer_audit_timestamp_seconds', {}, auditedAt.getTime() / 1000);
  if (auditDifferences !== null) metrics.set('dpin_indexer_audit_differences', {}, auditDifferences);
}
