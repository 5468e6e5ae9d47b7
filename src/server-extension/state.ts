import { createLogger } from '@subsquid/logger';
import type { DataSource } from 'typeorm';
import { isDatabaseAway } from '../runtime/database-away';
import { wait } from '../runtime/patience';

const log = createLogger('dpin:api');

/** How far the index is, as it was a moment ago. */
export interface IndexState {
  /** Another text whenever anything in the index may be another. */
  token: string;
  /** Newest block in the index. */
  block: number;
}

/** The newest block that the indexer knows the chain to have is part of the state, and roughly when it saw that. */
const FRESHNESS = `(SELECT concat_ws('-', chain_height, floor(extract(epoch FROM seen_at) / 10))
  FROM squid_processor.freshness)`;

const stateSql = (freshness: string) => `
  SELECT coalesce(h.height, f.height) AS block,
    concat_ws('-', f.height, f.hash, f.nonce, h.height, h.hash, ${freshness}) AS token
  FROM squid_processor.status f
  LEFT JOIN (SELECT height, hash FROM squid_processor.hot_block ORDER BY height DESC LIMIT 1) h ON true
  WHERE f.id = 0`;

/**
 * Looks how far the index is, again and again, so that requests need not: an answer made at the same state is still
 * true. Knows nothing while the database is away or nothing is indexed yet.
 */
export class StateWatch {
  private state: IndexState | undefined;
  private readonly stop = new AbortController();
  private readonly looking: Promise<void>;

  constructor(
    private readonly source: DataSource,
    private readonly everyMs: number,
    private readonly onChange: () => void,
  ) {
    this.looking = this.look();
  }

  /** Undefined: unknown. */
  get now(): IndexState | undefined {
    return this.state;
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.looking;
  }

  private async look(): Promise<void> {
    const { signal } = this.stop;
    while (!signal.aborted) {
      const state = await this.read();
      if (state?.token !== this.state?.token) {
        this.state = state;
        this.onChange();
      }
      await wait(this.everyMs, signal).catch(() => undefined);
    }
  }

  private async read(): Promise<IndexState | undefined> {
    try {
      const [there] = await this.source.query(
        `SELECT to_regclass('squid_processor.hot_block') IS NOT NULL AS blocks,
           to_regclass('squid_processor.freshness') IS NOT NULL AS freshness`,
      );
      if (!there.blocks) return undefined;
      const [row] = await this.source.query(stateSql(there.freshness ? FRESHNESS : "''"));
      return row;
    } catch (error) {
      if (!isDatabaseAway(error)) log.warn({ err: error }, 'how far the index is cannot be read');
      return undefined;
    }
  }
}
