import { hash as digest } from 'node:crypto';
import { z } from 'zod';
import { LAST_SECOND } from '../../rules/storable';
import type { Block, Log } from '../types';
import { RpcFailure } from './failure';

/** Blocks from `from` to `to`, both included. */
export interface Range {
  from: number;
  to: number;
}

/** A header as far as the index needs it. */
export interface Header {
  height: number;
  hash: string;
  parentHash: string;
  /** Seconds since 1970. */
  timestampSeconds: number;
  /** 512 hex digits with 0x. */
  logsBloom: string;
}

/** A log with the block it is said to be of. */
export interface PlacedLog extends Log {
  height: number;
  blockHash: string;
}

/** Height as the JSON-RPC wants it. */
export const toHex = (height: number): string => `0x${height.toString(16)}`;

export const sizeOf = ({ from, to }: Range): number => to - from + 1;

const quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,13}$/)
  .transform(Number);
const hash = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .transform((text) => text.toLowerCase());
const headerSchema = z.object({
  number: quantity,
  hash,
  parentHash: hash,
  timestamp: quantity.refine((seconds) => seconds <= LAST_SECOND, 'is after the year 9999'),
  logsBloom: z
    .string()
    .regex(/^0x[0-9a-fA-F]{512}$/)
    .transform((text) => text.toLowerCase()),
});

export const parseQuantity = (answer: unknown): number => sound(quantity, answer, 'a number');

/** The header in an answer; undefined when the endpoint does not have the block. @throws RpcFailure */
export function parseHeader(answer: unknown): Header | undefined {
  if (answer === null) return undefined;
  const { number: height, timestamp, ...rest } = sound(headerSchema, answer, 'a block');
  return { height, timestampSeconds: timestamp, ...rest };
}

function sound<T>(schema: z.ZodType<T>, answer: unknown, what: string): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new RpcFailure('unsound', `the answer is not ${what}: ${issue?.path.join('.')} ${issue?.message}`);
}

const hexOf =
  (digits: RegExp) =>
  (value: unknown): value is string =>
    typeof value === 'string' && digits.test(value);
const isQuantity = hexOf(/^0x[0-9a-fA-F]{1,13}$/);
const isAddress = hexOf(/^0x[0-9a-fA-F]{40}$/);
const isHash = hexOf(/^0x[0-9a-fA-F]{64}$/);
const isBytes = hexOf(/^0x(?:[0-9a-fA-F]{2})*$/);
const MAX_TOPICS = 4;

/**
 * The logs in an answer, in the order of the chain; checked by hand because there can be many millions of them.
 * @throws RpcFailure when the answer is no list of logs of these blocks
 */
export function parseLogs(answer: unknown, range: Range): PlacedLog[] {
  if (!Array.isArray(answer)) throw new RpcFailure('unsound', 'the answer is no list of logs');
  const logs = answer.map((log): PlacedLog => {
    const fit =
      log !== null &&
      typeof log === 'object' &&
      isAddress(log.address) &&
      isBytes(log.data) &&
      isHash(log.blockHash) &&
      isHash(log.transactionHash) &&
      isQuantity(log.logIndex) &&
      isQuantity(log.blockNumber) &&
      Array.isArray(log.topics) &&
      log.topics.length <= MAX_TOPICS &&
      log.topics.every(isHash) &&
      // A removed log is of a block that a reorg took.
      log.removed !== true;
    if (!fit) throw new RpcFailure('unsound', 'the answer has something that is no log');
    const height = Number(log.blockNumber);
    if (!(height >= range.from && height <= range.to)) {
      throw new RpcFailure('unsound', `a log of block ${height} where ${range.from} to ${range.to} were asked for`);
    }
    return {
      height,
      blockHash: log.blockHash.toLowerCase(),
      logIndex: Number(log.logIndex),
      transactionHash: log.transactionHash.toLowerCase(),
      address: log.address.toLowerCase(),
      topics: log.topics.map((topic: string) => topic.toLowerCase()),
      data: log.data.toLowerCase(),
    };
  });
  logs.sort((a, b) => a.height - b.height || a.logIndex - b.logIndex);
  for (const [at, log] of logs.entries()) {
    const before = logs[at - 1];
    if (before?.height !== log.height) continue;
    if (before.blockHash !== log.blockHash) throw new RpcFailure('unsound', `logs of two blocks ${log.height}`);
    if (before.logIndex === log.logIndex) {
      throw new RpcFailure('unsound', `two logs ${log.logIndex} of block ${log.height}`);
    }
  }
  return logs;
}

/** Logs by height, in the order of the heights. */
export function byHeight(logs: readonly PlacedLog[]): Map<number, PlacedLog[]> {
  const groups = new Map<number, PlacedLog[]>();
  for (const log of logs) {
    const group = groups.get(log.height);
    if (group) group.push(log);
    else groups.set(log.height, [log]);
  }
  return groups;
}

/** @param headers of one chain, in its order. @throws RpcFailure when one is older than one before it */
export function requireTimeOrder(headers: readonly Header[]): void {
  const at = headers.findIndex(
    (header, index) => header.timestampSeconds < (headers[index - 1]?.timestampSeconds ?? 0),
  );
  if (at < 0) return;
  const [before, header] = [headers[at - 1] as Header, headers[at] as Header];
  throw new RpcFailure('unsound', `block ${header.height} is said to be older than block ${before.height} before it`);
}

/** Whether two headers of a height are the same. */
export function sameHeader(a: Header, b: Header): boolean {
  return (
    a.hash === b.hash &&
    a.parentHash === b.parentHash &&
    a.timestampSeconds === b.timestampSeconds &&
    a.logsBloom === b.logsBloom
  );
}

/** Whether two readings of a block's logs are the same. */
export function sameLogs(a: readonly Log[], b: readonly Log[]): boolean {
  const same = (one: Log, other: Log | undefined) =>
    other !== undefined &&
    one.logIndex === other.logIndex &&
    one.transactionHash === other.transactionHash &&
    one.address === other.address &&
    one.data === other.data &&
    one.topics.length === other.topics.length &&
    one.topics.every((topic, index) => topic === other.topics[index]);
  return a.length === b.length && a.every((log, index) => same(log, b[index]));
}

/** Short texts of logs; those of two readings are the same where the logs are. */
export function printsOf(logs: readonly Log[]): string[] {
  return logs.map(({ logIndex, transactionHash, address, topics, data }) =>
    digest('sha256', `${logIndex} ${transactionHash} ${address} ${topics.join()} ${data}`, 'base64'),
  );
}

/**
 * Whether a reading of a block's logs adds to an earlier one or contradicts it. One that lacks logs which came before,
 * for the same block, was the worse reading of the two.
 */
export function isNews(before: readonly Log[], reading: readonly Log[]): boolean {
  const known = new Set(printsOf(before));
  return printsOf(reading).some((print) => !known.has(print));
}

/** The block as the processor wants it. */
export function toBlock(header: Header, logs: Log[]): Block {
  const { height, hash, parentHash, timestampSeconds } = header;
  return {
    header: { height, hash, parentHash, timestamp: timestampSeconds * 1_000 },
    logs,
  };
}
