import type { BlockHeader } from '../../chain/blocks';
import type { Chain } from '../../chain/connect';
import type { RegisteredNode } from '../../chain/registry';
import type { TransactionSender } from '../../chain/sender';
import { toHex } from '../../protocol/bytes';
import type { BusyRuling } from '../../protocol/rounds/facts';
import type { Challenge } from '../store/model';
import { lookUpBusy } from './busy';
import { RoundFault } from './fault';
import type { OpenClasses } from './open-classes';
import type { RoundChain } from './ports';
import type { Anchor, Commitments, Draw } from './states';

export interface ContractChainOptions {
  chain: Pick<Chain, 'chainId' | 'registry' | 'staking' | 'market' | 'oracle' | 'blocks'>;
  sender: Pick<TransactionSender, 'send'>;
  /** A shard below this price excuses nobody (protocol section 2). */
  minBusyPriceWei: bigint;
  openClasses: OpenClasses;
}

/** The chain of the rounds: reads contracts, and sends the anchor through the outbox. */
export class ContractChain implements RoundChain {
  constructor(private readonly options: ContractChainOptions) {}

  get chainId(): number {
    return this.options.chain.chainId;
  }

  get oracleAddress(): string {
    return this.options.chain.oracle.address;
  }

  get registry(): string {
    return this.options.chain.registry.address;
  }

  head(): Promise<BlockHeader> {
    return this.options.chain.blocks.head();
  }

  header(block: number): Promise<BlockHeader | undefined> {
    return this.options.chain.blocks.header(block);
  }

  /** Registered, not retired and certified at the block, of an open class (protocol section 2). */
  async eligibleNodes(block: BlockHeader): Promise<readonly RegisteredNode[]> {
    const { chain, openClasses } = this.options;
    const { registry, staking } = chain;
    const at = { blockTag: block.number };
    const count = await registry.nodeCount(at);
    const [nodes, pools] = await Promise.all([registry.nodes(0, count, at), staking.pools(0, count, at)]);
    const certified = new Set(pools.filter((pool) => pool.certified).map((pool) => pool.nodeId));
    return openClasses.of(nodes.filter((node) => !node.retired && certified.has(node.nodeId)));
  }

  reporterOfRound(round: number): Promise<string | undefined> {
    return this.options.chain.oracle.reporterOfRound(BigInt(round));
  }

  busyRuling(claim: { challenge: Challenge; draw: Draw; epochStartMs: number }): Promise<BusyRuling> {
    const { chain, minBusyPriceWei } = this.options;
    const { challenge, draw, epochStartMs } = claim;
    const { openBlock, openBlockTimeMs } = draw;
    return lookUpBusy(chain.market, {
      challenge,
      openBlock,
      openBlockTimeMs,
      epochStartMs,
      minPriceWei: minBusyPriceWei,
    });
  }

  /** Safe to call again after a crash: the outbox knows the key. */
  async anchor(round: number, draw: Draw, commitments: Commitments): Promise<Anchor> {
    const { chain, sender } = this.options;
    const data = chain.oracle.encodeAnchorRound({
      round: BigInt(round),
      openBlock: draw.openBlock,
      openBlockHash: draw.openBlockHash,
      root: toHex(commitments.root),
      count: commitments.count,
      coinHash: toHex(draw.coinHash),
    });
    const receipt = await sender.send({ key: `anchor:${round}`, to: chain.oracle.address, data });
    const header = await chain.blocks.header(receipt.blockNumber);
    if (header?.hash !== receipt.blockHash) throw new RoundFault('the block of the anchor left the chain');
    const { txHash, blockNumber, blockHash } = receipt;
    return { txHash, blockNumber, blockHash, blockTimeMs: header.timestampSeconds * 1000 };
  }
}
