import type { BlockHeader } from '../chain/blocks';
import type { RegisteredNode } from '../chain/registry';
import { ContractRevert } from '../chain/revert';
import type { RoundChain } from '../oracle/rounds/ports';
import type { Anchor, Commitments, Draw } from '../oracle/rounds/states';
import type { Challenge } from '../oracle/store/model';
import { toHex } from '../protocol/bytes';
import { sha256 } from '../protocol/hash';
import type { BusyRuling } from '../protocol/rounds/facts';
import { RetryableError } from '../runtime/errors';
import { GENESIS_MS } from './process';
import type { SeededRandom } from './random';
import type { World } from './world';

const BLOCK_MS = 1_000;
const FINALITY_BLOCKS = 2;
const REGISTRY = `0x${'0b'.repeat(20)}`;
export const ORACLE_ADDRESS = `0x${'0a'.repeat(20)}`;

/** What the simulated market knows of claims: shards with an even number excuse. */
export const EXCUSING_SHARD = 2;

interface Landed {
  anchor: Anchor;
  root: string;
}

/**
 * A chain of its own blocks, with one contract: what it anchors, it anchors in the round's slot and once. It outlives
 * the oracle's processes; their way to it may be away.
 */
export class SimulatedChain implements RoundChain {
  readonly chainId = 31_337;
  readonly oracleAddress = ORACLE_ADDRESS;
  readonly registry = REGISTRY;
  /** The endpoint answers nothing until then. */
  awayUntilMs = 0;
  /** Blocks from here on were replaced by others: the anchors in them are gone. */
  private readonly reorgs: number[] = [];
  private readonly anchors = new Map<number, Landed>();

  constructor(
    private readonly world: World,
    private readonly nodes: readonly RegisteredNode[],
    private readonly reporter: string,
    private readonly slotMs: number,
    private readonly random: SeededRandom,
  ) {}

  get isAway(): boolean {
    return this.world.nowMs < this.awayUntilMs;
  }

  async head(): Promise<BlockHeader> {
    this.refuseWhileAway();
    return this.block(this.height());
  }

  async header(block: number): Promise<BlockHeader | undefined> {
    this.refuseWhileAway();
    return block > this.height() ? undefined : this.block(block);
  }

  async eligibleNodes(): Promise<readonly RegisteredNode[]> {
    this.refuseWhileAway();
    return this.nodes;
  }

  async reporterOfRound(): Promise<string> {
    this.refuseWhileAway();
    return this.reporter;
  }

  async busyRuling({ challenge, draw }: { challenge: Challenge; draw: Draw }): Promise<BusyRuling> {
    this.refuseWhileAway();
    // Endpoints keep the state of the newest blocks only.
    if (this.height() - draw.openBlock > 128) throw new Error('missing trie node');
    const accepted = challenge.busy?.shard === EXCUSING_SHARD;
    return { accepted, reason: accepted ? 'working on a paid shard' : 'there is no such shard' };
  }

  async anchor(round: number, draw: Draw, commitments: Commitments): Promise<Anchor> {
    this.refuseWhileAway();
    const root = toHex(commitments.root);
    const known = this.anchors.get(round);
    if (known && known.root !== root) throw refused('RoundAlreadyAnchored');
    if (!known) {
      const minedAt = this.height() + 1;
      const slot = Math.floor((minedAt * BLOCK_MS) / this.slotMs);
      if (slot !== round) throw refused('NotInRoundSlot');
      const { number, hash, timestampSeconds } = this.block(minedAt);
      const anchor = { txHash: hash, blockNumber: number, blockHash: hash, blockTimeMs: timestampSeconds * 1000 };
      this.anchors.set(round, { anchor, root });
    }
    const { anchor } = this.anchors.get(round)!;
    if (this.height() < anchor.blockNumber + FINALITY_BLOCKS) throw new RetryableError('the anchor is not final yet');
    if (this.block(anchor.blockNumber).hash !== anchor.blockHash) {
      // The transaction lands again in another block.
      this.anchors.delete(round);
      throw new RetryableError('the block of the anchor left the chain');
    }
    if (draw.openBlock > anchor.blockNumber) throw refused('UnknownBlock');
    return anchor;
  }

  /** The newest blocks are replaced. */
  reorg(depth: number): void {
    this.reorgs.push(Math.max(0, this.height() - depth + 1));
  }

  private height(): number {
    return Math.floor(this.world.nowMs / BLOCK_MS);
  }

  private block(number: number): BlockHeader {
    const generation = this.reorgs.filter((from) => from <= number).length;
    const hash = toHex(sha256(Buffer.from(`block ${number} ${generation}`)));
    return { number, hash, parentHash: hash, timestampSeconds: (GENESIS_MS + number * BLOCK_MS) / 1000 };
  }

  private refuseWhileAway(): void {
    if (this.isAway) throw new RetryableError('RPC endpoint does not answer');
    if (this.random.chance(0.002)) throw new RetryableError('RPC endpoint lost a request');
  }
}

function refused(error: string): ContractRevert {
  return new ContractRevert(error, error, 'anchorRound');
}
