import { buildSchema, findBreakingChanges, findDangerousChanges } from 'graphql';

/** What a schema does to those who ask by an earlier one, a sentence for each change. */
export interface SchemaChanges {
  /** Queries that were valid are not, or lack what they had. */
  breaking: string[];
  /** Queries stay valid, but may answer what their asker does not expect: a new value of an enum, another default. */
  dangerous: string[];
}

/** Compares two schemas by the rules of graphql-js. @throws GraphQLError for a text that is no schema */
export function schemaChanges(before: string, after: string): SchemaChanges {
  const schemas = [buildSchema(before), buildSchema(after)] as const;
  return {
    breaking: findBreakingChanges(...schemas).map(({ description }) => description),
    dangerous: findDangerousChanges(...schemas).map(({ description }) => description),
  };
}
