import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FatalError } from './errors';

/** A request is a line and a few headers. */
const REQUEST_MS = 5_000;
const CHECK_MS = 1_000;
const MAX_HEADER_BYTES = 8_192;
const MAX_CONNECTIONS = 16;

/** One thing that must be well: whether it is, and what is known of it. */
export interface Check {
  ok: boolean;
  [fact: string]: unknown;
}

export interface HealthOptions {
  /** Address to listen on, METRICS_HOST: it tells how this machine does, which not everybody is to hear. */
  host: string;
  /** 0: no server. */
  port: number;
  /** Setting that chose the port. */
  setting: string;
  /** What must be well for the process to do its work. */
  checks(): Promise<Readonly<Record<string, Check>>>;
  /** Text of Prometheus. */
  metrics(): Promise<string>;
}

export interface HealthServer {
  /** 0 without a server. */
  port: number;
  close(): Promise<void>;
}

/**
 * Serves /live, /ready and /metrics.
 * @throws FatalError when the port is taken, or the address is none of this machine
 */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const { host, port, setting } = options;
  if (port === 0) return { port, close: async () => undefined };
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: CHECK_MS,
      keepAliveTimeout: 1,
    },
    (request, response) => {
      answer(options, request, response).catch((error: Error) => {
        reply(response, 500, 'text/plain', `${error.message}\n`);
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const advice = `Set ${setting} to a free port, or to 0 for none, and METRICS_HOST to an address of this machine.`;
      reject(
        new FatalError(`${setting}: cannot listen on ${host}:${port}: ${error.message}`, advice, {}, { cause: error }),
      );
    });
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  { checks, metrics }: HealthOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split('?')[0];
  if (path !== '/live' && path !== '/ready' && path !== '/metrics') {
    return reply(response, 404, 'text/plain', 'there are /live, /ready and /metrics\n');
  }
  if (request.method !== 'GET') {
    response.setHeader('allow', 'GET');
    return reply(response, 405, 'text/plain', 'only GET\n');
  }
  if (path === '/live') return reply(response, 200, 'text/plain', 'alive\n');
  if (path === '/metrics') return reply(response, 200, 'text/plain; version=0.0.4', await metrics());
  const found = await checks();
  const ready = Object.values(found).every(({ ok }) => ok);
  reply(response, ready ? 200 : 503, 'application/json', `${JSON.stringify({ ready, checks: found })}\n`);
}

function reply(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
  response.end(body);
}
