import 'reflect-metadata';
import { mergeSchemas } from '@graphql-tools/schema';
import { loadCustomResolvers } from '@subsquid/graphql-server/lib/resolvers';
import { Dialect, getSchemaBuilder } from '@subsquid/openreader/lib/dialect';
import { loadModel, resolveGraphqlSchema } from '@subsquid/openreader/lib/tools';
import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
  Kind,
} from 'graphql';
import { PROJECT_ROOT } from '../runtime/project';

/** Rows of a list whose asker names no limit. */
const DEFAULT_LIST_LIMIT = 50;

/** Root fields of earlier releases, beside what they are called now. */
const OLD_NAMES = { oracleEpoches: 'oracleEpochs', oracleEpochesConnection: 'oracleEpochsConnection' } as const;
/** The only row of the network's table. */
const NETWORK_ID = 'dpin';

export interface ApiSchema {
  /** Schema of the index (schema.graphql) merged with that of the resolvers of this room. */
  schema: GraphQLSchema;
  /** Fields of the root that read nothing but the index: their answers are as true as its state. */
  indexOnly: ReadonlySet<string>;
  /** Fields of the root that our own resolvers answer. */
  own: ReadonlySet<string>;
}

/** Builds what the API answers. */
export async function buildApiSchema(): Promise<ApiSchema> {
  const model = loadModel(resolveGraphqlSchema(PROJECT_ROOT));
  const builder = await getSchemaBuilder({ model, subscriptions: false, dialect: Dialect.OpenCrud });
  const resolvers = await loadCustomResolvers(require.resolve('./resolvers'));
  const index = builder.build();
  readPlainly(resolvers);
  limitLists(index);
  nameRootFields(index);
  const schema = mergeSchemas({ schemas: [index, resolvers] });
  const own = Object.values(resolvers.getQueryType()?.getFields() ?? {});
  const ownIndexOnly = own.filter(({ extensions }) => extensions?.['indexOnly'] === true);
  const ofIndex = Object.keys(index.getQueryType()?.getFields() ?? {});
  const names = new Set(own.map(({ name }) => name));
  return { schema, own: names, indexOnly: new Set([...ofIndex, ...ownIndexOnly.map(({ name }) => name)]) };
}

/**
 * Fields of our objects are properties, getters and methods without arguments, as GraphQL reads them by itself.
 * type-graphql makes a promise of each, which takes more time than all the rest of a long list.
 */
function readPlainly(schema: GraphQLSchema): void {
  const query = schema.getQueryType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type) || type === query) continue;
    for (const field of Object.values(type.getFields())) if (field.args.length === 0) delete field.resolve;
  }
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

/** Gives root fields the names that a reader expects; those of earlier releases stay, deprecated. */
function nameRootFields(schema: GraphQLSchema): void {
  const query = schema.getQueryType() as GraphQLObjectType<unknown, unknown>;
  const fields = query.getFields();
  const add = (field: GraphQLField<unknown, unknown>) => {
    fields[field.name] = field;
  };
  for (const [old, name] of Object.entries(OLD_NAMES)) {
    const field = (fields[name] ?? fields[old]) as GraphQLField<unknown, unknown>;
    add({ ...field, name });
    add({ ...field, name: old, deprecationReason: `Use ${name}` });
  }
  add(networkField(fields['networkById'] as GraphQLField<unknown, unknown>));
  for (const name of ['networks', 'networksConnection', 'networkById']) {
    (fields[name] as GraphQLField<unknown, unknown>).deprecationReason = 'There is one network; use network';
  }
}

/** The whole network as one object: the same as its row asked for by id. */
function networkField(byId: GraphQLField<unknown, unknown>): GraphQLField<unknown, unknown> {
  const id = {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'id' },
    value: { kind: Kind.STRING, value: NETWORK_ID },
  } as const;
  return {
    ...byId,
    name: 'network',
    description: 'The whole network; null before the first event',
    args: [],
    // The resolver reads arguments from the query's text, so it gets the text that asks by id.
    resolve: (source, _, context, info) =>
      byId.resolve?.(source, { id: NETWORK_ID }, context, {
        ...info,
        fieldNodes: info.fieldNodes.map((node) => ({
          ...node,
          alias: node.alias ?? node.name,
          name: { kind: Kind.NAME, value: byId.name },
          arguments: [id],
        })),
      }),
  };
}
