import { Extensions } from 'type-graphql';
import type { EntityManager } from 'typeorm';
import { inputError } from '../errors';
import { columnsOf } from './column';

/** What the server hands every resolver: the transaction of the request. */
export type Transaction = () => Promise<Pick<EntityManager, 'query'>>;

/** Rows of a list whose asker names no limit. */
export const DEFAULT_LIMIT = 20;
/**
 * Says of a query that it reads nothing but the index: its answer is as true as the state of the index, and is given
 * again until that is another one.
 */
export const IndexOnly = (): MethodDecorator => Extensions({ indexOnly: true });

const MAX_PAGE = 100;
const MAX_OFFSET = 10_000;
const MAX_INT = 2 ** 31 - 1;

/**
 * Rows of a statement, typed by the caller; 64-bit and numeric columns come as text unless the statement casts them.
 */
export async function rowsOf<Row>(tx: Transaction, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
  const manager = await tx();
  return manager.query(sql, [...parameters]);
}

/** Objects of a class with `@Column`s. @param rest of the statement, from FROM on */
export async function select<Row extends object>(
  tx: Transaction,
  row: new () => Row,
  rest: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const rows = await rowsOf<Row>(tx, `SELECT ${columnsOf(row)}\n${rest}`, parameters);
  return rows.map((values) => Object.assign(new row(), values));
}

/** @throws a message for the asker unless 1 ≤ limit ≤ 100. */
export function pageLimit(limit: number, max = MAX_PAGE): number {
  if (limit < 1 || limit > max) throw inputError(`limit is ${limit}, 1 to ${max} are allowed`);
  return limit;
}

/** @throws a message for the asker unless 0 ≤ offset ≤ 10000. */
export function pageOffset(offset: number): number {
  if (offset < 0 || offset > MAX_OFFSET) throw inputError(`offset is ${offset}, 0 to ${MAX_OFFSET} are allowed`);
  return offset;
}

/** A number that counts something from 0: a nodeId, a round, an epoch. @throws a message for the asker. */
export function ordinal(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > MAX_INT)
    throw inputError(`${name} is ${value}, it starts from 0`);
  return value;
}

/** Like `ordinal`, for an argument that may be left out. */
export function optionalOrdinal(name: string, value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : ordinal(name, value);
}
