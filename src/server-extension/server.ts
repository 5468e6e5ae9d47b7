import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@subsquid/logger';
import type { DataSource } from 'typeorm';
import type { METRICS } from '../config/metrics';
import { type Metrics, NO_METRICS } from '../runtime/metrics';
import { type ApiDatabase, connect } from './database';
import { type HttpOptions, listen, stopListening } from './http';
import { API_LIMITS, type ApiLimits } from './limits';
import { Analyst } from './requests/analysis/analyst';
import { Lanes } from './requests/lanes';
import { Pipeline } from './requests/pipeline';
import { buildApiSchema } from './schema';
import { StateWatch } from './state';

export interface ApiOptions extends HttpOptions {
  database: ApiDatabase;
  log: Logger;
  limits?: Partial<ApiLimits>;
  metrics?: Metrics<(typeof METRICS)['api']>;
}

export interface Api {
  readonly port: number;
  /** A connection for looks at how things are; no request waits for it. */
  readonly watching: DataSource;
  close(): Promise<void>;
}

/**
 * Starts the GraphQL server over the index and the oracle's own tables.
 * @throws the driver's error when Postgres cannot be reached, the system's when the port cannot be had
 */
export async function startApi({
  database,
  log,
  limits: given,
  metrics = NO_METRICS,
  ...http
}: ApiOptions): Promise<Api> {
  const limits = { ...API_LIMITS, ...given };
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of closing.toReversed()) await step();
  };
  try {
    const lanes = await Lanes.open(database, limits);
    closing.push(() => lanes.close());
    const { waitMs, lightMs: statementMs, stateMs } = limits;
    const watching = await connect(database, { name: 'dpin api, state', connections: 1, statementMs, waitMs });
    closing.push(() => watching.destroy());
    const { schema, indexOnly, own } = await buildApiSchema();
    const analyst = new Analyst(schema, limits);
    closing.push(() => analyst.close());
    const pipeline = new Pipeline({
      schema,
      indexOnly,
      own,
      lanes,
      analyst,
      limits,
      log,
      metrics,
      state: () => state.now,
    });
    const state = new StateWatch(watching, stateMs, () => pipeline.forget());
    closing.push(() => state.close());
    const server: Server = await listen(pipeline.work, http, limits, metrics);
    closing.push(() => stopListening(server));
    return { port: (server.address() as AddressInfo).port, watching, close };
  } catch (error) {
    await close();
    throw error;
  }
}
