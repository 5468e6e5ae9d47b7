import { createHash } from 'node:crypto';

/**
 * What a seeded database holds, by the number of rows of its large tables: the same rules as SQL expressions, which
 * make the rows, and as functions, by which requests name them.
 */
export interface Population {
  /** Rows of each large table. */
  rows: number;
  nodes: number;
  jobs: number;
  /** Of one round each. */
  epochs: number;
  blocks: number;
}

export function populationOf(rows: number): Population {
  return { rows, nodes: rows / 50, jobs: rows / 10, epochs: rows / 100, blocks: rows / 4 };
}

export const EVENTS_A_BLOCK = 4;
export const EVENTS_A_TRANSACTION = 2;
export const SHARDS_A_JOB = 10;
const SECONDS_A_BLOCK = 24;
export const BLOCKS_AN_EPOCH = 25;
export const EPOCH_SECONDS = BLOCKS_AN_EPOCH * SECONDS_A_BLOCK;
/** Nodes whose scores are known of every epoch; of the others, of the newest ones only. */
export const OLD_NODES = 10;
export const RECENT_EPOCHS = 45;
/** An odd number of about the golden ratio of 2^32: its multiples are spread evenly over any range. */
const SPREAD = 2_654_435_761n;

/** A number below `range` that looks drawn at random. */
export const spread = (index: number, range: number): number => Number((BigInt(index) * SPREAD) % BigInt(range));
const spreadSql = (index: string, range: number) => `((${index}) * ${SPREAD} % ${range})`;

const pad = (value: number, digits: number) => String(value).padStart(digits, '0');
const padSql = (value: string, digits: number) => `lpad((${value})::text, ${digits}, '0')`;
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** Address of an account, by its number. */
export const addressOf = (account: number): string =>
  `0x${md5(String(account))}${account.toString(16).padStart(8, '0')}`;
/** Hash of a transaction, by its number. */
export const transactionHash = (transaction: number): string => `0x${md5(`t${transaction}`)}${md5(`x${transaction}`)}`;
/** Wei of so many DPN, as text. */
export const weiOf = (dpn: number): string => `${dpn}000000000000000000`;
export const nodeKey = (node: number): string => pad(node, 10);
export const jobKey = (job: number): string => pad(job, 12);
export const epochKey = nodeKey;

/** The node of an event: one in ten is node 0's, one in ten of the next nine, the others are spread over all. */
export function nodeOf(event: number, { nodes }: Population): number {
  if (event % 10 === 0) return 0;
  return event % 10 === 1 ? 1 + (Math.floor(event / 10) % 9) : spread(event, nodes);
}

/** The account of an event: one in twenty is account 0's, one in twenty of the next five, the others have ten each. */
export function accountOf(event: number, { rows }: Population): number {
  if (event % 20 === 3) return 0;
  return event % 20 === 7 ? 1 + (Math.floor(event / 20) % 5) : spread(Math.floor(event / 7), rows / 10);
}

/** Id of the `i`th event out of the newest tenth. */
export function recentEvent(i: number, { rows }: Population): string {
  const event = rows - 1 - spread(i, rows / 10);
  return `${pad(Math.floor(event / EVENTS_A_BLOCK), 10)}-${pad(event % EVENTS_A_BLOCK, 6)}`;
}

/**
 * The same as SQL of `i`, a bigint.
 * @param endSeconds time at which the newest epoch is over, seconds since 1970
 */
export function sqlOf({ rows, nodes, blocks, epochs }: Population, endSeconds: number) {
  const genesisSeconds = endSeconds - epochs * EPOCH_SECONDS;
  const firstTime = `to_timestamp(${genesisSeconds})`;
  const block = (event: string) => `((${event}) / ${EVENTS_A_BLOCK})`;
  const timeOfBlock = (height: string) => `(${firstTime} + (${height}) * ${SECONDS_A_BLOCK} * interval '1 s')`;
  const number = {
    node: `(CASE WHEN i % 10 = 0 THEN 0 WHEN i % 10 = 1 THEN 1 + i / 10 % 9 ELSE ${spreadSql('i', nodes)} END)`,
    account: `(CASE WHEN i % 20 = 3 THEN 0 WHEN i % 20 = 7 THEN 1 + i / 20 % 5 ELSE ${spreadSql('i / 7', rows / 10)} END)`,
  };
  const address = (account: string) => `('0x' || md5((${account})::text) || lpad(to_hex((${account})::int), 8, '0'))`;
  return {
    address,
    nodeKey: (node: string) => padSql(node, 10),
    jobKey: (job: string) => padSql(job, 12),
    epochKey: (epoch: string) => padSql(epoch, 10),
    padded: padSql,
    spread: spreadSql,
    /** Keys of the node and the account of event `i`. */
    node: padSql(number.node, 10),
    account: address(number.account),
    nodeNumber: number.node,
    accountNumber: number.account,
    transactionHash: `('0x' || md5('t' || i / ${EVENTS_A_TRANSACTION}) || md5('x' || i / ${EVENTS_A_TRANSACTION}))`,
    /** Id, block and time of event `i`, out of `count` that are spread over all blocks. */
    event: (count: number) => {
      const place = `(i * ${rows} / ${count})`;
      return {
        id: `(${padSql(block(place), 10)} || '-' || ${padSql(`${place} % ${EVENTS_A_BLOCK}`, 6)})`,
        block: block(place),
        timestamp: timeOfBlock(block(place)),
      };
    },
    timeOfBlock,
    startOfEpoch: (epoch: string) => `(${firstTime} + (${epoch}) * ${EPOCH_SECONDS} * interval '1 s')`,
    genesisSeconds,
    lastBlock: blocks - 1,
    /** DPN wei, not two alike in a row. */
    wei: (dpn: number) => `((1 + ${spreadSql('i', dpn * 1000)})::numeric * 1000000000000000 + i)`,
    hash: (text: string) => `('0x' || md5(${text}) || md5(${text}))`,
    bytes: (text: string) => `decode(md5(${text}) || md5(${text}), 'hex')`,
    oneOf: (values: readonly string[]) => `(ARRAY['${values.join("', '")}'])[1 + ${spreadSql('i / 3', values.length)}]`,
  };
}
export type PopulationSql = ReturnType<typeof sqlOf>;
