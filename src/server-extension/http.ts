import { createServer, type Server } from 'node:http';
import { setupGraphiqlConsole } from '@subsquid/openreader/lib/server';
import cors from 'cors';
import express from 'express';
import type { METRICS } from '../config/metrics';
import type { Metrics } from '../runtime/metrics';
import type { ApiLimits } from './limits';
import { admission, type Work } from './requests/admission';
import { boundSockets } from './requests/sockets';

type ApiMetrics = Metrics<(typeof METRICS)['api']>;

const CLOSE_GRACE_MS = 1_500;
/** Between two looks for requests that take too long to arrive. */
const CHECK_MS = 1_000;
/** A browser asks again after so long whether it may ask. */
const PREFLIGHT_SECONDS = 600;

/** Where the server answers. */
export interface ListenAddress {
  host: string;
  /** 0 takes a free one. */
  port: number;
}

/** Where GraphQL is answered, and from where pages may ask. */
export interface HttpOptions extends ListenAddress {
  /** Origins of pages; `*`: any. */
  corsOrigins: readonly string[];
}

/** Serves GraphQL under /graphql, and its console. @throws the system's error when the port cannot be had */
export async function listen(
  answer: Work,
  { host, port, corsOrigins }: HttpOptions,
  limits: ApiLimits,
  metrics: ApiMetrics,
): Promise<Server> {
  const app = express();
  app.disable('x-powered-by');
  // Answers have their own tags.
  app.disable('etag');
  app.use(console());
  app.use(
    '/graphql',
    counted(metrics),
    cors({
      origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
      methods: ['GET', 'POST'],
      exposedHeaders: ['etag', 'retry-after', 'x-indexed-block'],
      maxAge: PREFLIGHT_SECONDS,
    }),
    arriving(limits),
    express.json({ limit: limits.requestBytes }),
    admission(limits, answer),
  );
  // Without our own handler express answers a body it cannot parse with a stack trace.
  app.use(refuseBadBody);
  const { requestTimeoutMs, bodyMs } = limits;
  const server = createServer(
    {
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs + bodyMs,
      connectionsCheckingInterval: CHECK_MS,
    },
    app,
  );
  boundSockets(server, limits);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

/** Cuts a request whose body does not come: it has no place yet, and keeps a connection only. */
function arriving({ bodyMs }: ApiLimits): express.RequestHandler {
  return (request, response, next) => {
    const cut = setTimeout(() => request.socket.destroy(), bodyMs);
    const stop = () => clearTimeout(cut);
    request.once('end', stop);
    response.once('close', stop);
    next();
  };
}

function counted(metrics: ApiMetrics): express.RequestHandler {
  return (_request, response, next) => {
    response.once('finish', () => metrics.add('dpin_api_requests_total', { status: String(response.statusCode) }));
    next();
  };
}

/** The page on which a person can ask. It takes what asks for nothing; a query may be named by its hash, too. */
function console(): express.RequestHandler {
  const page = express();
  page.disable('x-powered-by');
  setupGraphiqlConsole(page);
  return (request, response, next) => {
    const { query, extensions } = request.query;
    if (request.method === 'POST' || query !== undefined || extensions !== undefined) next();
    else page(request, response, next);
  };
}

/** Lets answers under way finish for a moment, then cuts them: a stop must not wait for a slow reader. */
export async function stopListening(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(cut);
}

const refuseBadBody: express.ErrorRequestHandler = (
  error: { status?: number; type?: string },
  _request,
  response,
  _next,
) => {
  const tooLarge = error.type === 'entity.too.large';
  const status = error.status !== undefined && error.status < 500 ? error.status : 500;
  const message = tooLarge
    ? 'the request is too large'
    : status < 500
      ? 'the request is not valid JSON'
      : 'internal error';
  response.status(status).json({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
};
