import {
  DataSource,
  EntityManager,
  type EntityMetadata,
  type EntityTarget,
  InsertResult,
  type ObjectLiteral,
  type QueryRunner,
} from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity';
import type { UpsertOptions } from 'typeorm/repository/UpsertOptions';

type Column = EntityMetadata['columns'][number];

/** A statement that writes many rows, its parameters an array of Postgres per column, as text. */
export interface BulkStatement {
  table: string;
  /** Its text, with parameters numbered after `offset`. */
  sql(offset: number): string;
  parameters: (string | null)[];
}

/**
 * Rows of one entity as one statement, with one array per column instead of one parameter per value, which takes about
 * a third of the time. Columns that no row says anything about are left out: a relation that was not loaded stays.
 * @param mode insert: no row with their ids may exist; upsert: existing ones are overwritten
 */
export function bulkStatement(
  metadata: EntityMetadata,
  rows: readonly ObjectLiteral[],
  mode: 'insert' | 'upsert',
): BulkStatement {
  const columns = metadata.columns.filter((column) => rows.some((row) => columnValue(column, row) !== undefined));
  const names = columns.map(({ databaseName }) => `"${databaseName}"`);
  const set = names.filter((name) => name !== '"id"').map((name) => `${name} = EXCLUDED.${name}`);
  const sql = (offset: number) => {
    const { types, selected } = typesOf(metadata, columns, offset);
    return (
      `INSERT INTO "${metadata.tableName}" (${names.join(', ')}) ` +
      `SELECT ${selected.join(', ')} FROM unnest(${types.join(', ')}) AS rows(${names.join(', ')})` +
      (mode === 'upsert' ? ` ON CONFLICT ("id") DO UPDATE SET ${set.join(', ')}` : '')
    );
  };
  return { table: metadata.tableName, sql, parameters: columns.map((column) => arrayText(column, rows)) };
}

/** Groups rows by which of their relations are known: those of a group are written with the same columns. */
export function byKnownRelations<E extends ObjectLiteral>(metadata: EntityMetadata, rows: readonly E[]): E[][] {
  const relations = metadata.manyToOneRelations.map(({ propertyName }) => propertyName);
  if (relations.length === 0) return rows.length > 0 ? [[...rows]] : [];
  const groups = new Map<string, E[]>();
  for (const row of rows) {
    const known = relations.map((name) => (row[name] === undefined ? '0' : '1')).join('');
    const group = groups.get(known);
    if (group) group.push(row);
    else groups.set(known, [row]);
  }
  return [...groups.values()];
}

/** Writes many rows in bulk. It sits below the processor's Store: what that tracks for a reorg stays tracked. */
class BulkEntityManager extends EntityManager {
  override async insert<E extends ObjectLiteral>(
    target: EntityTarget<E>,
    entity: QueryDeepPartialEntity<E> | QueryDeepPartialEntity<E>[],
  ): Promise<InsertResult> {
    if (!Array.isArray(entity)) return super.insert(target, entity);
    return this.write(target, entity, 'insert');
  }

  override async upsert<E extends ObjectLiteral>(
    target: EntityTarget<E>,
    entity: QueryDeepPartialEntity<E> | QueryDeepPartialEntity<E>[],
    conflict: string[] | UpsertOptions<E>,
  ): Promise<InsertResult> {
    const isById = Array.isArray(conflict) && conflict.length === 1 && conflict[0] === 'id';
    if (!Array.isArray(entity) || !isById) return super.upsert(target, entity, conflict);
    return this.write(target, entity, 'upsert');
  }

  private async write(target: EntityTarget<ObjectLiteral>, rows: readonly ObjectLiteral[], mode: 'insert' | 'upsert') {
    const { sql, parameters } = bulkStatement(this.connection.getMetadata(target), rows, mode);
    await this.query(sql(0), parameters);
    return new InsertResult();
  }
}

/** A data source whose managers write in bulk. */
export class BulkDataSource extends DataSource {
  override createEntityManager(queryRunner?: QueryRunner): EntityManager {
    return new BulkEntityManager(this, queryRunner);
  }
}

/** Types of the arrays and what is selected of them: unnest flattens arrays of arrays, so lists travel as text. */
function typesOf({ connection }: EntityMetadata, columns: readonly Column[], offset: number) {
  const types: string[] = [];
  const selected: string[] = [];
  columns.forEach((column, index) => {
    const type = connection.driver.normalizeType(column);
    types.push(`$${offset + index + 1}::${column.isArray ? 'text' : type}[]`);
    selected.push(column.isArray ? `"${column.databaseName}"::${type}[]` : `"${column.databaseName}"`);
  });
  return { types, selected };
}

/**
 * Column values straight from the entity: TypeORM's own accessor is made for embedded columns and costs several times
 * more.
 */
function columnValue(column: Column, row: ObjectLiteral): unknown {
  const value = row[column.propertyName];
  if (column.relationMetadata === undefined) return value;
  return value == null ? value : (value as { id: string }).id;
}

/** One column of all rows, as Postgres reads an array: `{1,2,NULL}`. */
function arrayText(column: Column, rows: readonly ObjectLiteral[]): string {
  const isPlain = column.type !== 'jsonb' && column.type !== 'json';
  const { driver } = column.entityMetadata.connection;
  const elements = new Array<string>(rows.length);
  // Rows of a block follow each other, and formatting their time takes longer than any other value.
  let time: Date | undefined;
  let timeText = '';
  for (let index = 0; index < rows.length; index++) {
    const value = columnValue(column, rows[index] as ObjectLiteral);
    if (value instanceof Date) {
      if (time?.getTime() !== value.getTime()) timeText = value.toISOString();
      time = value;
      elements[index] = timeText;
    } else {
      elements[index] = elementText(isPlain ? value : driver.preparePersistentValue(value, column));
    }
  }
  return `{${elements.join(',')}}`;
}

/** A value as an element of an array, quoted where a character could mean something there. */
function elementText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'bigint':
    case 'number':
    case 'boolean':
      return String(value);
  }
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array)
    return `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}"`;
  if (Array.isArray(value)) return quoted(`{${value.map(elementText).join(',')}}`);
  return quoted(String(value));
}

function quoted(text: string): string {
  return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;
}
