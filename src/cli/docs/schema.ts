import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildApiSchema } from '../../server-extension/schema';

/** Where the schema that the API serves is written down, from the root of the project. */
export const SCHEMA_FILE = 'docs/reference/schema.graphql';

/** Text of that file: everything that can be asked, in the schema language, sorted by name. */
export async function schemaText(): Promise<string> {
  const schema = lexicographicSortSchema((await buildApiSchema()).schema);
  return `# Written from schema.graphql and src/server-extension/resolvers by \`npm run docs\`; do not edit.\n\n${printSchema(schema)}`;
}
