import type { BlockTag, Provider } from 'ethers';
import { RetryableError } from '../runtime/errors';

/** What the protocol needs of a block; times in seconds since 1970. */
export interface BlockHeader {
  number: number;
  hash: string;
  parentHash: string;
  timestampSeconds: number;
}

/** Reads heads and headers and says which blocks are final on this network. */
export class Blocks {
  /** @param finalityBlocks blocks on top of a block from which on it counts as final (FINALITY_BLOCKS) */
  constructor(
    private readonly provider: Provider,
    readonly finalityBlocks: number,
  ) {}

  /** Header of a block; undefined when the chain does not have it. Hex comes out lower-case. */
  async header(tag: BlockTag): Promise<BlockHeader | undefined> {
    const block = await this.provider.getBlock(tag);
    if (!block?.hash) return undefined;
    return {
      number: block.number,
      hash: block.hash.toLowerCase(),
      parentHash: block.parentHash.toLowerCase(),
      timestampSeconds: block.timestamp,
    };
  }

  /** The newest block. @throws RetryableError when the endpoint has none. */
  async head(): Promise<BlockHeader> {
    const header = await this.header('latest');
    if (!header) throw new RetryableError('RPC endpoint has no newest block');
    return header;
  }

  /** Number of the newest final block (at least 0): head − FINALITY_BLOCKS. */
  async finalBlock(): Promise<number> {
    return Math.max(0, (await this.provider.getBlockNumber()) - this.finalityBlocks);
  }

  /** True when the block number is final and its canonical hash is the given one. */
  async isFinal(number: number, hash: string): Promise<boolean> {
    if ((await this.finalBlock()) < number) return false;
    return (await this.header(number))?.hash === hash.toLowerCase();
  }
}
