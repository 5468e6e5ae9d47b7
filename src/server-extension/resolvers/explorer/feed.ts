import { BigInteger } from '@subsquid/graphql-server';
import { Arg, Field, Int, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { inputError } from '../../errors';
import { Column, columnsOf } from '../column';
import { rowsCost } from '../cost';
import { IndexOnly, ordinal, pageLimit, rowsOf, type Transaction } from '../query';
import { ActivityKind } from './enums';
import { type Counted, DEFAULT_PAGE, MOST_COUNTED, Page, pageOf, placeOf } from './page';
import { address, hash, key, nodeKey } from './values';

export enum FeedDirection {
  OUT = 'OUT',
  IN = 'IN',
}
registerEnumType(FeedDirection, {
  name: 'FeedDirection',
  description: 'OUT: the account acted; IN: it is the other address of the event, or received what was minted',
});

@ObjectType({ description: 'One event in a feed' })
export class FeedItem {
  @Column(() => String, 'a.id', { description: 'Id of its row in activities: block and log' })
  id!: string;
  @Column(() => ActivityKind, 'a.kind', { description: 'What happened' })
  kind!: ActivityKind;
  @Column(() => FeedDirection, 'a.direction', {
    nullable: true,
    description: 'How the account of the feed took part; null in other feeds',
  })
  direction!: FeedDirection | null;
  @Column(() => Int, '(a.node_id)::int', { nullable: true, description: 'Node it is about' })
  nodeId!: number | null;
  @Column(() => String, 'a.account_id', { nullable: true, description: 'Account that acted' })
  account!: string | null;
  @Column(() => String, 'a.counterparty', { nullable: true, description: 'Other address of the event' })
  counterparty!: string | null;
  @Column(() => BigInteger, '(a.job_id)::numeric', { nullable: true, description: 'Job it is about' })
  jobId!: string | null;
  @Column(() => BigInteger, 'a.amount', { nullable: true, description: 'DPN wei moved' })
  amount!: string | null;
  @Column(() => String, 'a.tx_hash', { description: 'Transaction' })
  txHash!: string;
  @Column(() => Int, 'a.block', { description: 'Height of the block' })
  block!: number;
  @Column(() => Date, 'a.timestamp', { description: 'Time of the block' })
  timestamp!: Date;
}

@ObjectType({ description: 'Events, newest first' })
export class FeedPage extends Page {
  @Field(() => [FeedItem], { description: 'Events of the page' })
  rows!: FeedItem[];
}

/** Rows that one index over (column, id) gives in the order of a feed. */
interface IndexScan {
  /** Condition on the index's first column */
  where: string;
  /** SQL of the direction */
  direction: string;
}

/** All that a feed shows: the scans whose rows are merged, and the values that they speak of. */
interface FeedSource {
  scans: readonly IndexScan[];
  parameters: readonly unknown[];
}

interface FeedArguments {
  account: string | null;
  nodeId: number | null;
  jobId: bigint | null;
  kinds: ActivityKind[] | null;
  txHash: string | null;
}

const NO_DIRECTION = 'NULL::text';
/** What is minted has no sender: the row names its receiver as the account. */
const OUT_OR_MINTED = "CASE WHEN a.kind = 'TRANSFER' AND a.counterparty IS NULL THEN 'IN' ELSE 'OUT' END";

/** SQL of merged scans: each gives at most so many rows, so the merge reads no more of an index than it shows. */
function merged(scans: readonly IndexScan[], condition: string, limit: string): string {
  const parts = scans.map(
    ({ where, direction }) =>
      `(SELECT a.*, ${direction} AS direction FROM activity a WHERE ${where}${condition} ORDER BY a.id DESC LIMIT ${limit})`,
  );
  return parts.join(' UNION ALL ');
}

/** Rows of a feed in SQL, newest first. */
export function feedSql(scans: readonly IndexScan[], beforeId: string | null, limit: number): string {
  const condition = beforeId === null ? '' : ` AND a.id < ${beforeId}`;
  return `SELECT ${columnsOf(FeedItem)} FROM (${merged(scans, condition, `${limit}`)}) a ORDER BY a.id DESC LIMIT ${limit}`;
}

/** The scans that answer what is asked. @throws a message for the asker when no index does */
function sourceOf({ account, nodeId, jobId, kinds, txHash }: FeedArguments): FeedSource {
  const given = Object.entries({ account, nodeId, jobId, kinds, txHash }).filter(([, value]) => value !== null);
  if (given.length > 1) {
    const names = given.map(([name]) => name).join(' and ');
    throw inputError(`feed has no index over ${names} together: give one of account, nodeId, jobId, kinds, txHash`);
  }
  const one = (where: string, value: unknown): FeedSource => ({
    scans: [{ where, direction: NO_DIRECTION }],
    parameters: [value],
  });
  if (nodeId !== null) return one('a.node_id = $1', nodeKey(ordinal('nodeId', nodeId)));
  if (jobId !== null) return one('a.job_id = $1', jobKey(jobId));
  if (txHash !== null) return one('a.tx_hash = $1', hash('txHash', txHash));
  if (kinds !== null) return ofKinds([...new Set(kinds)]);
  if (account !== null) return ofAccount(address('account', account));
  return { scans: [{ where: 'true', direction: NO_DIRECTION }], parameters: [] };
}

function ofKinds(kinds: ActivityKind[]): FeedSource {
  if (kinds.length === 0) throw inputError('kinds is empty: leave it out, or name one');
  const scans = kinds.map((_, index) => ({ where: `a.kind = $${index + 1}`, direction: NO_DIRECTION }));
  return { scans, parameters: kinds };
}

/** Both what it did and what came to it; what it sent to itself once, as done. */
function ofAccount(account: string): FeedSource {
  return {
    scans: [
      { where: 'a.account_id = $1', direction: OUT_OR_MINTED },
      { where: 'a.counterparty = $1 AND a.account_id IS DISTINCT FROM $1', direction: "'IN'" },
    ],
    parameters: [account],
  };
}

function jobKey(jobId: bigint): string {
  if (jobId < 0n || jobId >= 10n ** 12n) throw inputError(`jobId is ${jobId}, jobs are numbered from 0`);
  return key(jobId, 12);
}

function countedOf({ scans, parameters }: FeedSource): Counted {
  return { from: `FROM (${merged(scans, '', `${MOST_COUNTED + 1}`)}) a`, parameters };
}

@Resolver()
export class FeedResolver {
  constructor(private readonly tx: Transaction) {}

  @IndexOnly()
  @Query(() => FeedPage, {
    description:
      'Events, newest first: all of them, or those of one account (what it did and what came to it), of one node, of ' +
      'one job, of some kinds, or of one transaction',
    complexity: rowsCost(DEFAULT_PAGE),
  })
  async feed(
    @Arg('account', () => String, { nullable: true, description: 'Address' }) account: string | null,
    @Arg('nodeId', () => Int, { nullable: true, description: 'Node' }) nodeId: number | null,
    @Arg('jobId', () => BigInteger, { nullable: true, description: 'Job' }) jobId: bigint | null,
    @Arg('kinds', () => [ActivityKind], { nullable: true, description: 'Kinds' }) kinds: ActivityKind[] | null,
    @Arg('txHash', () => String, { nullable: true, description: 'Transaction hash' }) txHash: string | null,
    @Arg('after', () => String, { nullable: true, description: 'endCursor of the page before' }) after: string | null,
    @Arg('limit', () => Int, { defaultValue: DEFAULT_PAGE, description: '1 to 100' }) limit: number,
  ): Promise<FeedPage> {
    const source = sourceOf({
      account: account ?? null,
      nodeId: nodeId ?? null,
      jobId: jobId ?? null,
      kinds: kinds ?? null,
      txHash: txHash ?? null,
    });
    const rows = pageLimit(limit);
    const place = typeof after === 'string' ? placeOf(after, ['text']) : [];
    const beforeId = place.length > 0 ? `$${source.parameters.length + 1}` : null;
    const found = await rowsOf<FeedItem>(this.tx, feedSql(source.scans, beforeId, rows + 1), [
      ...source.parameters,
      ...place,
    ]);
    const page = pageOf(found, rows, ({ id }) => [id]);
    return Object.assign(new FeedPage(this.tx, page, countedOf(source)), { rows: page.rows });
  }
}
