import { keccak256 } from 'ethers';
import type { Log, LogFilter } from '../types';

/** A header's logsBloom has 2,048 bits; each address and topic of its logs sets three of them. */
const BITS = 2_048;
/** Lost is said of a bloom only when chance would say so of fewer than one in this many blocks. */
const CERTAINTY = 50;

/** Position in the bloom's bytes and the bit there. */
type Bit = readonly [byte: number, mask: number];

function bitsOf(item: string): Bit[] {
  const hash = Buffer.from(keccak256(item).slice(2), 'hex');
  return [0, 2, 4].map((at) => {
    const bit = hash.readUInt16BE(at) % BITS;
    return [BITS / 8 - 1 - (bit >> 3), 1 << (bit & 7)];
  });
}

const bytesOf = (bloom: string): Buffer => Buffer.from(bloom.slice(2), 'hex');
const has = (bloom: Buffer, bits: readonly Bit[]): boolean =>
  bits.every(([byte, mask]) => ((bloom[byte] as number) & mask) !== 0);

/** The bloom that a block with exactly these logs has; hex with 0x. */
export function bloomOf(logs: readonly Pick<Log, 'address' | 'topics'>[]): string {
  const bloom = Buffer.alloc(BITS / 8);
  for (const item of new Set(logs.flatMap(({ address, topics }) => [address, ...topics]))) {
    for (const [byte, mask] of bitsOf(item)) bloom[byte] = (bloom[byte] as number) | mask;
  }
  return `0x${bloom.toString('hex')}`;
}

const SET_BITS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** Share of the bits that are set. */
function fillOf(bloom: Buffer): number {
  let set = 0;
  for (const byte of bloom) set += SET_BITS[byte] as number;
  return set / BITS;
}

/**
 * What a header's bloom says of the logs that came for its block:
 * - `sound`: nothing of ours is missing, as far as a bloom can tell
 * - `unclear`: something may be missing, or the bloom is so full that it says yes to much
 * - `wrong`: something is missing, beyond reasonable doubt, or a log came that the block does not have
 */
export type BloomVerdict = 'sound' | 'unclear' | 'wrong';

/** Compares logs with the blooms of their blocks, for the logs of some filters. */
export class BloomJudge {
  private readonly filters: readonly {
    address: string;
    bits: readonly Bit[];
    topics: readonly { topic: string; bits: readonly Bit[] }[];
  }[];

  constructor(filters: readonly LogFilter[]) {
    this.filters = filters.map(({ address, topics }) => ({
      address,
      bits: bitsOf(address),
      topics: topics.map((topic) => ({ topic, bits: bitsOf(topic) })),
    }));
  }

  /**
   * Judges by address and first topic. A second log of the same kind in the same block leaves no trace here.
   * @param logs those of ours that came for the block
   */
  judge(logsBloom: string, logs: readonly Log[]): BloomVerdict {
    const bloom = bytesOf(logsBloom);
    const came = new Map<string, Set<string | undefined>>();
    for (const { address, topics } of logs) {
      const kinds = came.get(address);
      if (kinds) kinds.add(topics[0]);
      else came.set(address, new Set([topics[0]]));
    }
    let missing = false;
    // Kinds that did not come: of contracts with other logs in the block, which share three bits with them, and others.
    let beside = 0;
    let apart = 0;
    for (const { address, bits, topics } of this.filters) {
      const kinds = came.get(address);
      const addressIsIn = has(bloom, bits);
      if (!addressIsIn && kinds) return 'wrong';
      for (const { topic, bits } of topics) {
        if (kinds?.has(topic)) {
          if (!has(bloom, bits)) return 'wrong';
          continue;
        }
        if (kinds) beside++;
        else apart++;
        missing ||= addressIsIn && has(bloom, bits);
      }
    }
    if (!missing) return 'sound';
    const fill = fillOf(bloom);
    const byChance = beside * fill ** 3 + apart * fill ** 6;
    return byChance * CERTAINTY < 1 ? 'wrong' : 'unclear';
  }
}
