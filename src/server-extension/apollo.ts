import { ApolloServer } from '@subsquid/apollo-server-express';
import type { Logger } from '@subsquid/logger';
import { openreaderExecute } from '@subsquid/openreader/lib/util/execute';
import type { GraphQLSchema } from 'graphql';
import type { DataSource } from 'typeorm';
import { publicError, statusOf } from './errors';
import type { ApiLimits } from './limits';
import { RequestContext } from './requests/context';

/**
 * What turns a query into its answer, within the limits.
 *
 * It is assembled here and not by squid-graphql-server's own command, because that one offers introspection only
 * together with stack traces and SQL in its errors, and has no depth limit.
 */
export function createApollo(
  schema: GraphQLSchema,
  connection: DataSource,
  limits: ApiLimits,
  log: Logger,
): ApolloServer {
  return new ApolloServer({
    schema,
    context: () => ({ openreader: new RequestContext(connection, limits) }),
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
    validateOptions: { maxErrors: limits.validationErrors },
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    cache: 'bounded',
    stopOnTerminationSignals: false,
    plugins: [
      {
        requestDidStart: async () => ({
          willSendResponse: async ({ context, response }) => {
            if (response.http) Object.assign(response.http, { status: statusOf(response) ?? response.http.status });
            if (response.http?.status === 503) response.http.headers.set('retry-after', '1');
            await (context['openreader'] as RequestContext).close();
          },
        }),
      },
    ],
  });
}
