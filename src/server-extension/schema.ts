import 'reflect-metadata';
import { mergeSchemas } from '@graphql-tools/schema';
import { loadCustomResolvers } from '@subsquid/graphql-server/lib/resolvers';
import { Dialect, getSchemaBuilder } from '@subsquid/openreader/lib/dialect';
import { loadModel, resolveGraphqlSchema } from '@subsquid/openreader/lib/tools';
import { type GraphQLSchema, isObjectType } from 'graphql';
import { PROJECT_ROOT } from '../runtime/project';

/** Rows of a list whose asker names no limit. */
const DEFAULT_LIST_LIMIT = 50;

/** Schema of the index (schema.graphql) merged with that of the resolvers of this room. */
export async function buildApiSchema(): Promise<GraphQLSchema> {
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
