import type { Queryable } from './database';
import type { Row, Value } from './insert';

/** SQL in the place of a value. */
export class Sql {
  constructor(readonly text: string) {}
}

/** The database's clock. */
export const NOW = new Sql('now()');

/**
 * Sets columns of the rows whose key columns have these values.
 * @param condition more SQL that must hold, without parameters
 * @returns how many rows it was
 * @throws the database's error
 */
export async function update(
  tx: Queryable,
  table: string,
  key: Row,
  set: Readonly<Record<string, Value | Sql>>,
  condition = 'true',
): Promise<number> {
  const values: Value[] = [];
  const equals = ([column, value]: [string, Value | Sql]) =>
    `${column} = ${value instanceof Sql ? value.text : `$${values.push(value)}`}`;
  const assignments = Object.entries(set).map(equals).join(', ');
  const where = [...Object.entries(key).map(equals), `(${condition})`].join(' AND ');
  return (await tx.query(`UPDATE ${table} SET ${assignments} WHERE ${where} RETURNING 1`, values)).length;
}
