import type { EntityManager } from 'typeorm';
import { inputError } from '../errors';

/** What the server hands every resolver: the transaction of the request. */
export type Transaction = () => Promise<EntityManager>;

const MAX_PAGE = 100;
const MAX_OFFSET = 10_000;
const MAX_INT = 2 ** 31 - 1;

/** Rows of a statement, typed by the caller; 64-bit and numeric columns arrive as text. */
export async function rowsOf<Row>(tx: Transaction, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
  const manager = await tx();
  return manager.query(sql, [...parameters]);
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

/** bytea as lower-case 0x text. */
export function hex(bytes: Buffer | null): string | null {
  return bytes === null ? null : `0x${bytes.toString('hex')}`;
}

/** A 64-bit column as a number; our counters stay far below 2^53. */
export function count(text: string | null): number | null {
  return text === null ? null : Number(text);
}
