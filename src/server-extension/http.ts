import { createServer, type Server } from 'node:http';
import type { ApolloServer } from '@subsquid/apollo-server-express';
import { setupGraphiqlConsole } from '@subsquid/openreader/lib/server';
import express from 'express';
import type { ApiLimits } from './limits';
import { admission } from './requests/admission';
import { costGate } from './requests/gate';

const CLOSE_GRACE_MS = 1_500;

/** Where the server answers. */
export interface ListenAddress {
  host: string;
  /** 0 takes a free one. */
  port: number;
}

/** Serves a started Apollo under /graphql, and its console. @throws the system's error when the port cannot be had */
export async function listen(apollo: ApolloServer, { host, port }: ListenAddress, limits: ApiLimits): Promise<Server> {
  const app = express();
  app.disable('x-powered-by');
  setupGraphiqlConsole(app);
  app.use(
    '/graphql',
    readableAnywhere,
    admission(limits),
    express.json({ limit: limits.requestBytes }),
    costGate(limits),
  );
  apollo.applyMiddleware({ app, bodyParserConfig: false });
  // Without our own handler express answers a body it cannot parse with a stack trace.
  app.use(refuseBadBody);
  const server = createServer({ requestTimeout: limits.requestTimeoutMs }, app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

/** Lets answers under way finish for a moment, then cuts them: a stop must not wait for a slow reader. */
export async function stopListening(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(cut);
}

/** Pages of any origin may read refusals, too; Apollo says so of its own answers. Nothing here depends on who asks. */
const readableAnywhere: express.RequestHandler = (_request, response, next) => {
  response.setHeader('access-control-allow-origin', '*');
  next();
};

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
