import type { Queryable } from './database';

/** What `pg` writes into a column: bytes into bytea, an object into jsonb, a bigint into any type of whole numbers. */
export type Value = null | boolean | number | bigint | string | Date | Uint8Array | readonly Value[] | object;
/** Columns with their values. */
export type Row = Readonly<Record<string, Value>>;

/** Postgres takes this many parameters in one statement. */
const MAX_PARAMETERS = 65_535;

/**
 * Inserts rows that all have the columns of the first; each value stands beside the name of its column.
 * @param onConflict what follows ON CONFLICT, for instance `DO NOTHING`; without it a conflict is an error
 * @throws the database's error
 */
export async function insert(tx: Queryable, table: string, rows: readonly Row[], onConflict?: string): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const rowsAtOnce = Math.floor(MAX_PARAMETERS / Math.max(1, columns.length));
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const values: Value[] = [];
    const places = rows.slice(start, start + rowsAtOnce).map((row) => {
      return `(${columns.map((column) => `$${values.push(row[column] ?? null)}`).join(', ')})`;
    });
    await tx.query(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${places.join(', ')}${onConflict ? ` ON CONFLICT ${onConflict}` : ''}`,
      values,
    );
  }
}
