import { ApolloServer } from '@subsquid/apollo-server-express';
import { TypeormOpenreaderContext } from '@subsquid/graphql-server/lib/typeorm';
import type { Logger } from '@subsquid/logger';
import { openreaderExecute } from '@subsquid/openreader/lib/util/execute';
import { ResponseSizeLimit } from '@subsquid/openreader/lib/util/limit';
import type { GraphQLSchema } from 'graphql';
import type { DataSource } from 'typeorm';
import { publicError } from './errors';
import type { ApiLimits } from './limits';

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
}
