import { createLogger } from '@subsquid/logger';
import { databaseAddress } from '../../config/database';
import { readSettings } from '../../config/settings';
import { type Api, startApi } from '../../server-extension/server';
import type { Child } from './child';

/** Entry point of the process that serves: the product's API, and a look at its event loop. */
export type ToServer = 'start' | 'look';
export interface FromServer {
  port: number;
  /** Longest time since the last look in which the event loop did nothing else, ms. */
  blockedMs: number;
  /** Highest resident memory so far. */
  peakRssMb: number;
}
export type ServerChild = Child<ToServer, FromServer>;

const TICK_MS = 5;

let api: Api | undefined;
let blockedMs = 0;
let lastMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  blockedMs = Math.max(blockedMs, nowMs - lastMs - TICK_MS);
  lastMs = nowMs;
}, TICK_MS);

async function start(): Promise<Api> {
  const settings = readSettings('api', process.env);
  return startApi({
    database: { ...databaseAddress(settings), oracleSchema: settings.ORACLE_SCHEMA },
    host: '127.0.0.1',
    port: 0,
    corsOrigins: ['*'],
    log: createLogger('dpin:api'),
  });
}

process.on('message', async () => {
  api ??= await start();
  process.send?.({
    port: api.port,
    blockedMs,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  } satisfies FromServer);
  blockedMs = 0;
});
process.on('disconnect', () => process.exit(0));
