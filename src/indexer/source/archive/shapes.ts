import { z } from 'zod';
import { LAST_SECOND } from '../../rules/storable';
import type { Header, Range } from '../rpc/shapes';
import type { Log, LogFilter } from '../types';
import { WrongAnswer } from './http';

/** What is asked of an archive: fields and filters are the same for gateway and Portal. */
export function queryOf(filters: readonly LogFilter[], range: Range) {
  return {
    type: 'evm',
    fromBlock: range.from,
    toBlock: range.to,
    fields: {
      block: { number: true, hash: true, parentHash: true, timestamp: true, logsBloom: true },
      log: { address: true, topics: true, data: true, transactionHash: true, logIndex: true },
    },
    logs: filters.map(({ address, topics }) => ({ address: [address], topic0: topics })),
  };
}

const hex = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${digits}}$`))
    .transform((text) => text.toLowerCase());
const bytes = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/)
  .transform((text) => text.toLowerCase());
const blockSchema = z.object({
  header: z.object({
    number: z.number().int().min(0),
    hash: hex(64),
    parentHash: hex(64),
    /** Seconds since 1970. */
    timestamp: z.number().int().min(0).max(LAST_SECOND),
    logsBloom: hex(512),
  }),
  logs: z
    .array(
      z.object({
        logIndex: z.number().int().min(0),
        transactionHash: hex(64),
        address: hex(40),
        topics: z.array(hex(64)).max(4),
        data: bytes,
      }),
    )
    .default([]),
});

/** A block of an archive. */
export interface ArchiveBlock {
  header: Header;
  logs: Log[];
}

/**
 * A block as an archive gives it.
 * @param range where it must lie
 * @throws WrongAnswer saying what is wrong with it, and where
 */
export function parseBlock(json: unknown, range: Range): ArchiveBlock {
  const parsed = blockSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new WrongAnswer(`a block without a sound ${issue?.path.join('.') || 'shape'}, after block ${range.from - 1}`);
  }
  const { number: height, timestamp, ...rest } = parsed.data.header;
  if (height < range.from || height > range.to) {
    throw new WrongAnswer(`block ${height} where ${range.from} to ${range.to} were to come`);
  }
  const logs = parsed.data.logs.sort((a, b) => a.logIndex - b.logIndex);
  const twice = logs.find(({ logIndex }, at) => at > 0 && logIndex === logs[at - 1]?.logIndex);
  if (twice !== undefined) throw new WrongAnswer(`two logs ${twice.logIndex} of block ${height}`);
  return { header: { height, timestampSeconds: timestamp, ...rest }, logs };
}
