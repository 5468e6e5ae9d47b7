import { Field, Int, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { inputError } from '../../errors';
import { pageLimit, rowsOf, type Transaction } from '../query';
import { Freshness } from './freshness';
import { freshnessOf } from './network-state';

/** Rows of a page whose asker names no limit. */
export const DEFAULT_PAGE = 25;
/** Rows that are counted exactly; counting all of a large table would take longer than any page of it. */
export const MOST_COUNTED = 10_000;
const MAX_CURSOR_CHARS = 500;
/** Values in a cursor, by their type. */
const IN_A_CURSOR = {
  text: z.string().regex(/^[\x20-\x7e]{1,100}$/),
  numeric: z.string().regex(/^\d{1,78}$/),
  int: z.string().regex(/^\d{1,9}$/),
};

const PLACE = z.array(z.string());

/** What rows are sorted by: SQL of the value, which is not negative, and its type. */
export interface SortKey {
  sql: string;
  type: keyof typeof IN_A_CURSOR;
}

/** Rows of a list in their order, without limit or cursor. */
export interface Listing {
  /** SELECT list */
  columns: string;
  /** FROM and its joins */
  from: string;
  /** Conditions, all of which must hold */
  where: readonly string[];
  /** Values of $1, $2, … in them */
  parameters: readonly unknown[];
  /** The last of them is of one row only */
  keys: readonly SortKey[];
  direction: 'ASC' | 'DESC';
}

/** Where in a list to read. */
export interface PageArguments {
  /** Left out, or null, for the beginning */
  after: string | null | undefined;
  limit: number;
}

/** Rows of a list, and how to go on. */
export interface PageRows<Row> {
  rows: Row[];
  endCursor: string | null;
  hasMore: boolean;
}

/** What counts the rows of a list: FROM with its conditions, and their values. */
export interface Counted {
  from: string;
  parameters: readonly unknown[];
}

/** What every page says beside its rows; a class of a list adds those. */
@ObjectType({ isAbstract: true })
export abstract class Page {
  private counting: Promise<number> | undefined;

  constructor(
    private readonly tx: Transaction,
    { endCursor, hasMore }: Omit<PageRows<unknown>, 'rows'>,
    private readonly counted: Counted,
  ) {
    this.endCursor = endCursor;
    this.hasMore = hasMore;
  }

  @Field(() => String, { nullable: true, description: 'For the next page, as its after; null when there are no rows' })
  endCursor: string | null;
  @Field(() => Boolean, { description: 'Whether rows follow' })
  hasMore: boolean;

  @Field(() => Int, { nullable: true, description: `Rows of all pages; null when more than ${MOST_COUNTED}` })
  async total(): Promise<number | null> {
    const count = await this.count();
    return count > MOST_COUNTED ? null : count;
  }

  @Field(() => Int, { description: `There are so many rows, or more: counting ends at ${MOST_COUNTED}` })
  async totalIsAtLeast(): Promise<number> {
    return Math.min(await this.count(), MOST_COUNTED);
  }

  @Field(() => Freshness, { description: 'How fresh the rows are' })
  freshness(): Promise<Freshness> {
    return freshnessOf(this.tx);
  }

  private count(): Promise<number> {
    const { from, parameters } = this.counted;
    this.counting ??= rowsOf<{ count: number }>(
      this.tx,
      `SELECT count(*)::int AS count FROM (SELECT 1 ${from} LIMIT ${MOST_COUNTED + 1}) counted`,
      parameters,
    ).then(([row]) => row?.count ?? 0);
    return this.counting;
  }
}

/** What counts all rows of a listing. */
export function countedOf({ from, where, parameters }: Listing): Counted {
  return { from: `${from} ${conditions(where)}`, parameters };
}

/**
 * The rows of a list after a cursor, found by the index over its keys.
 * @throws a message for the asker when limit or after is none
 */
export async function readPage<Row>(
  tx: Transaction,
  { columns, from, where, parameters, keys, direction }: Listing,
  { after, limit }: PageArguments,
): Promise<PageRows<Row>> {
  const rows = pageLimit(limit);
  const place =
    typeof after === 'string'
      ? placeOf(
          after,
          keys.map(({ type }) => type),
        )
      : [];
  const place$ = place.map((_, index) => `$${parameters.length + index + 1}::${keys[index]?.type}`);
  const names = keys.map(({ sql }) => sql);
  const sign = direction === 'ASC' ? '>' : '<';
  const beyond = place.length > 0 ? [`(${names.join(', ')}) ${sign} (${place$.join(', ')})`] : [];
  const found = await rowsOf<Row & { placeInList: string[] }>(
    tx,
    `SELECT ${columns}, ARRAY[${names.map((name) => `(${name})::text`).join(', ')}] AS "placeInList"
     ${from} ${conditions([...where, ...beyond])}
     ORDER BY ${names.map((name) => `${name} ${direction}`).join(', ')} LIMIT ${rows + 1}`,
    [...parameters, ...place],
  );
  return pageOf(found, rows, ({ placeInList }) => placeInList);
}

/** Page of rows that were read one more than wanted. @param placeIn the values that a row is sorted by */
export function pageOf<Row>(found: Row[], limit: number, placeIn: (row: Row) => readonly string[]): PageRows<Row> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, endCursor: last === undefined ? null : cursorOf(placeIn(last)), hasMore: found.length > limit };
}

/** The values that a cursor carries. @throws a message for the asker when it is none of such a list */
export function placeOf(after: string, types: readonly SortKey['type'][]): string[] {
  const place = after.length > MAX_CURSOR_CHARS ? undefined : PLACE.safeParse(jsonOf(after)).data;
  const isPlace =
    place?.length === types.length && types.every((type, index) => IN_A_CURSOR[type].safeParse(place[index]).success);
  if (!place || !isPlace) throw inputError('after is no cursor of this list, use the endCursor of one of its pages');
  return place;
}

function cursorOf(place: readonly string[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function conditions(where: readonly string[]): string {
  return where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
}
