import type { METRICS } from '../config/metrics';
import { monotonicMs } from '../runtime/clock';
import type { Check } from '../runtime/health-server';
import type { MetricsRegistry } from '../runtime/metrics';
import { inTime } from '../runtime/patience';
import type { Oracle } from './create';
import { OVER, STATES } from './rounds/states';

/** A beat is written down every second; the database is away when none was for so long. */
const BEAT_MS = 10_000;
/** A chain without a new block for so long is of no use to a round. */
const HEAD_MS = 60_000;
/** An endpoint is not waited for longer when somebody looks. */
const LOOK_MS = 2_000;

/** What an oracle needs in order to hold rounds: its lock, its nodes' way in, the database, the chain, its checkers. */
export async function oracleChecks(oracle: Oracle): Promise<Record<string, Check>> {
  const { lock, gateway, presence, chain, checker } = oracle;
  const headMs = await inTime(chain.blocks.head(), LOOK_MS).then(
    ({ timestampSeconds }) => Date.now() - timestampSeconds * 1000,
    () => null,
  );
  const beatMs = presence.beatenAtMs === null ? null : monotonicMs() - presence.beatenAtMs;
  return {
    lock: { ok: lock.isHeld() },
    gateway: { ok: Number.isFinite(gateway.listeningSinceMs), sessions: gateway.size },
    database: { ok: beatMs !== null && beatMs < BEAT_MS, lastBeatSeconds: seconds(beatMs) },
    chain: { ok: headMs !== null && headMs < HEAD_MS, headAgeSeconds: seconds(headMs) },
    checkers: { ok: checker.pids.length > 0, alive: checker.pids.length },
  };
}

/** Reads at each look what nobody counts. */
export function readOracle(oracle: Oracle, metrics: MetricsRegistry<(typeof METRICS)['oracle']>): void {
  const { lock, gateway, presence, chain, checker, evidence, inbox, reporter } = oracle;
  let stoodUpToMs = 0;
  metrics.onLook(() => {
    metrics.set('dpin_oracle_sessions', {}, gateway.size);
    metrics.set('dpin_oracle_checks_waiting', {}, checker.waiting);
    metrics.set('dpin_oracle_checks_running', {}, checker.running);
    metrics.set('dpin_oracle_checkers', {}, checker.pids.length);
    metrics.set('dpin_oracle_evidence_bytes', {}, evidence.totalBytes);
    metrics.set('dpin_oracle_lock_held', {}, lock.isHeld() ? 1 : 0);
    const states = inbox.states();
    for (const state of STATES.filter((state) => !OVER.includes(state))) {
      const count = states.filter((other) => other === state).length;
      metrics.set('dpin_oracle_rounds_under_way', { state }, count);
    }
    if (presence.beatenAtMs !== null) {
      const beatMs = Date.now() - (monotonicMs() - presence.beatenAtMs);
      metrics.set('dpin_oracle_beat_timestamp_seconds', {}, beatMs / 1000);
    }
    for (const { toMs, lostMs } of gateway.standstills(stoodUpToMs)) {
      metrics.add('dpin_oracle_standstill_seconds_total', {}, lostMs / 1000);
      stoodUpToMs = Math.max(stoodUpToMs, toMs);
    }
  });
  metrics.onLook(async () => {
    const head = await inTime(chain.blocks.head(), LOOK_MS);
    metrics.set('dpin_oracle_head_block', {}, head.number);
    metrics.set('dpin_oracle_head_timestamp_seconds', {}, head.timestampSeconds);
  });
  metrics.onLook(async () => {
    metrics.set('dpin_oracle_balance_wei', {}, Number(await inTime(chain.provider.getBalance(reporter), LOOK_MS)));
  });
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 100) / 10;
}
