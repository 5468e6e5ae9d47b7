import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FatalError } from './errors';

/** It tells how this machine does: nobody else is to hear that. */
const HOST = '127.0.0.1';
/** A request is a line and a few headers. */
const REQUEST_MS = 5_000;
const MAX_HEADER_BYTES = 8_192;
const MAX_CONNECTIONS = 16;

/** One thing that must be well: whether it is, and what is known of it. */
export interface Check {
  ok: boolean;
  [fact: string]: unknown;
}

export interface HealthOptions {
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
 * Serves /live, /ready and /metrics on this machine only.
 * @throws FatalError when the port is taken
 */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const { port, setting } = options;
  if (port === 0) return { port, close: async () => undefined };
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: 1 },
    (request, response) => {
      answer(options, request, response).catch((error: Error) => {
        reply(response, 500, 'text/plain', `${error.message}\n`);
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const advice = `Set ${setting} to a free port of this machine, or to 0 for none.`;
      reject(
        new FatalError(`${setting}: cannot listen on ${HOST}:${port}: ${error.message}`, advice, {}, { cause: error }),
      );
    });
    server.listen(port, HOST, resolve);
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
