import 'reflect-metadata';
import { Field, Float, Int } from 'type-graphql';
import type { FieldOptions } from 'type-graphql/dist/decorators/Field';
import type { ReturnTypeFunc } from 'type-graphql/dist/decorators/types';

interface Column {
  name: string;
  type: ReturnTypeFunc;
  sql: string;
}

/** Columns of each class, by its prototype, in the order of their declaration. */
const COLUMNS = new Map<object, Column[]>();

/**
 * A field of the API that Postgres gives: its GraphQL type and, beside it, the SQL expression of its value. It is a
 * `@Field` of type-graphql; `columnsOf` writes the SELECT list from the same declaration.
 */
export function Column(type: ReturnTypeFunc, sql: string, options: FieldOptions): PropertyDecorator {
  return (prototype, name) => {
    if (typeof name !== 'string') throw new TypeError('a column is named by a string');
    const columns = COLUMNS.get(prototype) ?? [];
    columns.push({ name, type, sql });
    COLUMNS.set(prototype, columns);
    Field(type, options)(prototype, name);
  };
}

/** SELECT list of a class's columns, each under the name of its field. */
export function columnsOf(row: new () => object): string {
  const columns = COLUMNS.get(row.prototype);
  if (!columns) throw new TypeError(`${row.name} has no @Column`);
  return columns.map((column) => `${sqlValue(column)} AS "${column.name}"`).join(',\n    ');
}

/** The driver gives 64-bit and numeric values as text; as float8 they are numbers, whole ones exact up to 2^53. */
function sqlValue({ type, sql }: Column): string {
  const value = type();
  return value === Int || value === Float ? `(${sql})::float8` : sql;
}

/** SQL of a bytea as lower-case 0x text. */
export const hex = (sql: string): string => `'0x' || encode(${sql}, 'hex')`;
