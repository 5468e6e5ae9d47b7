import { ApolloServer } from '@subsquid/apollo-server-express';
import type { Logger } from '@subsquid/logger';
import { openreaderExecute } from '@subsquid/openreader/lib/util/execute';
import type { GraphQLSchema } from 'graphql';
import { addressOf } from '../runtime/client-address';
import { publicError, statusOf } from './errors';
import type { ApiLimits } from './limits';
import type { Lanes } from './requests/lanes';

/**
 * What turns a query into its answer, within the limits.
 *
 * It is assembled here and not by squid-graphql-server's own command, because that one offers introspection only
 * together with stack traces and SQL in its errors, and has no depth limit.
 */
export function createApollo(schema: GraphQLSchema, lanes: Lanes, limits: ApiLimits, log: Logger): ApolloServer {
  return new ApolloServer({
    schema,
    context: ({ req }) => ({ client: addressOf(req.socket.remoteAddress ?? 'unknown') }),
    executor: ({ document, request, operationName, context }) =>
      lanes.run(String(context['client']), request.query ?? '', (openreader) =>
        openreaderExecute(
          {
            schema,
            document,
            rootValue: {},
            contextValue: { openreader },
            variableValues: request.variables,
            operationName,
          },
          { maxRootFields: limits.rootFields },
        ),
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
          willSendResponse: async ({ response: { http, ...answer } }) => {
            if (!http) return;
            http.status = statusOf(answer) ?? http.status;
            if (http.status === 503) http.headers.set('retry-after', String(limits.retryAfterSeconds));
          },
        }),
      },
    ],
  });
}
