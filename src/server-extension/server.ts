import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mergeSchemas } from '@graphql-tools/schema';
import { ApolloServer } from '@subsquid/apollo-server-express';
import { loadCustomResolvers } from '@subsquid/graphql-server/lib/resolvers';
import { TypeormOpenreaderContext } from '@subsquid/graphql-server/lib/typeorm';
import type { Logger } from '@subsquid/logger';
import { Dialect, getSchemaBuilder } from '@subsquid/openreader/lib/dialect';
import { setupGraphiqlConsole } from '@subsquid/openreader/lib/server';
import { loadModel, resolveGraphqlSchema } from '@subsquid/openreader/lib/tools';
import { openreaderExecute } from '@subsquid/openreader/lib/util/execute';
import { ResponseSizeLimit } from '@subsquid/openreader/lib/util/limit';
import express from 'express';
import { type GraphQLSchema, isObjectType } from 'graphql';
import { DataSource } from 'typeorm';
import { PROJECT_ROOT } from '../runtime/project';
import { publicError } from './errors';
import { depthLimitRule } from './limits';

/** What one request may cost. */
export const API_LIMITS = {
  requestBytes: 64 * 1024,
  rootFields: 20,
  depth: 8,
  /** Values of an answer, counted before execution: each list counts its `limit`. */
  responseNodes: 20_000,
  statementTimeoutMs: 5_000,
  /** Time for a request to arrive. */
  requestTimeoutMs: 10_000,
  validationErrors: 10,
  databaseConnections: 5,
} as const;

/** Rows of a list whose asker names no limit. */
const DEFAULT_LIST_LIMIT = 50;
const closeGraceMs = 1_500;

/** How to reach Postgres. */
export interface DatabaseAddress {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
}

export interface ApiOptions {
  database: DatabaseAddress;
  /** 0 takes a free one. */
  port: number;
  log: Logger;
  limits?: Partial<Record<keyof typeof API_LIMITS, number>>;
}

export interface Api {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts the GraphQL server over the index (schema.graphql) and the oracle's own tables (resolvers of this folder).
 *
 * It is assembled here and not by squid-graphql-server's own command, because that one offers introspection only
 * together with stack traces and SQL in its errors, and has no depth limit.
 * @throws the driver's error when Postgres cannot be reached.
 */
export async function startApi({ database, port, log, limits: given }: ApiOptions): Promise<Api> {
  const limits = { ...API_LIMITS, ...given };
  const connection = await connect(database, limits);
  let http: Server | undefined;
  let apollo: ApolloServer | undefined;
  const close = async () => {
    await apollo?.stop();
    await stopListening(http);
    await connection.destroy();
  };
  try {
    const schema = await buildApiSchema();
    apollo = new ApolloServer({
      schema,
      context: () => {
        const openreader = new TypeormOpenreaderContext('postgres', connection);
        return {
          openreader: Object.assign(openreader, { responseSizeLimit: new ResponseSizeLimit(limits.responseNodes) }),
        };
      },
      executor: (request) =>
        openreaderExecute(
          {
            schema,
            document: request.document,
            rootValue: {},
            contextValue: request.context,
            variableValues: request.request.variables,
            operationName: request.operationName,
          },
          { maxRootFields: limits.rootFields },
        ),
      introspection: true,
      // Without it errors carry stack traces.
      nodeEnv: 'production',
      formatError: (error) => publicError(error, log),
      validationRules: [depthLimitRule(limits.depth)],
      validateOptions: { maxErrors: limits.validationErrors },
      allowBatchedHttpRequests: false,
      persistedQueries: false,
      cache: 'bounded',
      stopOnTerminationSignals: false,
      plugins: [
        {
          requestDidStart: async () => ({
            willSendResponse: ({ context }) => (context['openreader'] as TypeormOpenreaderContext).close(),
          }),
        },
      ],
    });
    await apollo.start();
    const app = express();
    app.disable('x-powered-by');
    setupGraphiqlConsole(app);
    apollo.applyMiddleware({ app, bodyParserConfig: { limit: limits.requestBytes } });
    // Without our own handler express answers a body it cannot parse with a stack trace.
    app.use(refuseBadBody);
    http = createServer({ requestTimeout: limits.requestTimeoutMs }, app);
    await listen(http, port);
  } catch (error) {
    await close();
    throw error;
  }
  return { port: (http.address() as AddressInfo).port, close };
}

/** Schema of the index merged with the oracle's. */
async function buildApiSchema(): Promise<GraphQLSchema> {
  const model = loadModel(resolveGraphqlSchema(PROJECT_ROOT));
  const builder = await getSchemaBuilder({ model, subscriptions: false, dialect: Dialect.OpenCrud });
  const resolvers = await loadCustomResolvers(require.resolve('./resolvers'));
  const index = builder.build();
  limitLists(index);
  return mergeSchemas({ schemas: [index, resolvers] });
}

/** Gives every list of the index a default `limit`: without one its answer could have any size and would be refused. */
function limitLists(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const limit = field.args.find(({ name }) => name === 'limit');
      if (!limit) continue;
      limit.defaultValue = DEFAULT_LIST_LIMIT;
      limit.description = 'Rows at most; page with offset';
    }
  }
}

async function connect(
  address: DatabaseAddress,
  limits: typeof API_LIMITS | Record<string, number>,
): Promise<DataSource> {
  const { user: username, ...rest } = address;
  return new DataSource({
    type: 'postgres',
    ...rest,
    username,
    entities: [],
    extra: {
      max: limits['databaseConnections'],
      statement_timeout: limits['statementTimeoutMs'],
      connectionTimeoutMillis: limits['statementTimeoutMs'],
      // One request sees one state of the database, and can never write.
      options: '-c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read',
    },
  }).initialize();
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

/** Lets answers under way finish for a moment, then cuts them: a stop must not wait for a slow reader. */
async function stopListening(server: Server | undefined): Promise<void> {
  if (!server?.listening) return;
  const cut = setTimeout(() => server.closeAllConnections(), closeGraceMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(cut);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
