import { setTimeout as sleep } from 'node:timers/promises';
import { concat, id, toBeHex, zeroPadValue } from 'ethers';
import { CALL_BATCH_CODE, type Call, encodeCalls } from '../../src/bench/fixtures/call-batch';
import type { RpcSource } from '../../src/indexer/source/rpc/source';
import type { Block, HotState, HotUpdate, LogFilter } from '../../src/indexer/source/types';
import { startTestChain, type TestChain } from '../support/chain';

/** Logs its calldata: two topics, the rest as data. */
const LOGGER_CODE = '0x604036038060405f375f35602035915fa200';
const place = (n: number) => zeroPadValue(toBeHex(n), 20);
const BATCHER = place(0xba7c4);
/** Contracts of ours and one of somebody else. */
const OURS = [place(0xa1), place(0xa2)] as const;
const FOREIGN = place(0xf1);
export const TOPICS = [id('One()'), id('Two()'), id('Three()')] as const;

/** What the sources under test look for. */
export const FILTERS: LogFilter[] = [
  { address: OURS[0], topics: [TOPICS[0], TOPICS[1]], fromBlock: 0 },
  { address: OURS[1], topics: [TOPICS[2]], fromBlock: 0 },
];

/** A log to write: which contract, topic and second topic. */
export type Entry = readonly [contract: 'first' | 'second' | 'foreign', topic: 0 | 1 | 2, about: number];

/** A real chain whose blocks have exactly the logs that a test wants. */
export class LogChain {
  private sequence = 0;

  private constructor(
    readonly chain: TestChain,
    private readonly sender: string,
  ) {}

  static async start(): Promise<LogChain> {
    const chain = await startTestChain();
    await chain.provider.send('anvil_setCode', [BATCHER, CALL_BATCH_CODE]);
    for (const address of [...OURS, FOREIGN]) await chain.provider.send('anvil_setCode', [address, LOGGER_CODE]);
    const [sender] = (await chain.provider.send('eth_accounts', [])) as [string];
    return new LogChain(chain, sender);
  }

  send<T>(method: string, ...params: unknown[]): Promise<T> {
    return this.chain.provider.send(method, params);
  }

  async height(): Promise<number> {
    return Number(await this.send<string>('eth_blockNumber'));
  }

  /** Milliseconds since 1970. */
  async time(height: number): Promise<number> {
    const block = await this.send<{ timestamp: string }>('eth_getBlockByNumber', toBeHex(height), false);
    return Number(block.timestamp) * 1_000;
  }

  async hash(height: number): Promise<string> {
    return (await this.send<{ hash: string }>('eth_getBlockByNumber', toBeHex(height), false)).hash;
  }

  /** A block with these logs. */
  async block(...entries: Entry[]): Promise<void> {
    const calls = entries.map(([contract, topic, about]): Call => {
      const to = contract === 'first' ? OURS[0] : contract === 'second' ? OURS[1] : FOREIGN;
      const data = toBeHex(this.sequence++, 32);
      return { to, data: concat([TOPICS[topic], toBeHex(about, 32), data]) };
    });
    const transaction = { from: this.sender, to: BATCHER, data: encodeCalls(calls), gas: toBeHex(5_000_000) };
    const hash = await this.send('eth_sendTransaction', transaction);
    // It answers before the block is made.
    while ((await this.send('eth_getTransactionReceipt', hash)) === null) await sleep(2);
  }

  async mine(blocks: number): Promise<void> {
    await this.send('anvil_mine', toBeHex(blocks));
  }

  /** Blocks with one to three logs of ours, with logs of others and empty stretches between. */
  async write(blocks: number): Promise<void> {
    for (let n = 0; n < blocks; n++) {
      await this.block(['first', 0, n], ['foreign', 2, n], ...(n % 3 === 0 ? [['second', 2, n] as const] : []));
      if (n % 4 === 1) await this.block(['foreign', 0, n]);
      if (n % 7 === 6) await this.mine(5 + n);
    }
  }

  /** Our logs as the chain itself gives them. */
  async truth(to: number | 'latest' = 'latest'): Promise<string[]> {
    const logs = await this.chain.provider.getLogs({ fromBlock: 0, toBlock: to });
    return logs
      .filter(({ address, topics }) =>
        FILTERS.some((filter) => filter.address === address.toLowerCase() && filter.topics.includes(topics[0] ?? '')),
      )
      .map(({ blockHash, index, data }) => [blockHash, index, data].join());
  }

  stop(): Promise<void> {
    return this.chain.stop();
  }
}

/** What a database would hold: final blocks, and unfinalized ones that may be replaced. */
export class ModelIndex {
  blocks: Block[] = [];
  private state: HotState = { height: -1, hash: '0x', top: [] };
  /** Updates that replaced blocks. */
  forks = 0;
  following: Promise<void> = Promise.resolve();
  private stopped = false;

  /** All that the source has behind finality. */
  async catchUp(source: Pick<RpcSource, 'getFinalizedBlocks'>): Promise<void> {
    const requests = [{ range: { from: this.state.height + 1 } }];
    for await (const { blocks } of source.getFinalizedBlocks(requests, true)) {
      this.blocks.push(...blocks);
      const { height, hash } = (blocks.at(-1) as Block).header;
      this.state = { height, hash, top: [] };
    }
  }

  /** Follows the head until block `to` is final; errors come out of `following`. */
  follow(source: RpcSource, to?: number): void {
    const requests = [{ range: { from: this.state.height + 1, to } }];
    this.following = source.processHotBlocks(requests, this.state, async (update) => this.take(update));
    this.following.catch(() => undefined);
  }

  private take({ baseHead, finalizedHead, blocks }: HotUpdate): void {
    if (this.stopped) throw new Error('stopped');
    const chain = [this.state, ...this.state.top];
    const base = chain.findIndex(({ hash }) => hash === baseHead.hash);
    if (base < 0) throw new Error(`base ${baseHead.height} is not held`);
    if (base < chain.length - 1) this.forks++;
    blocks.reduce((parent, { header }) => {
      if (header.parentHash !== parent || header.height < 0) throw new Error(`block ${header.height} has a hole below`);
      return header.hash;
    }, baseHead.hash);
    const refs = [...chain.slice(0, base + 1), ...blocks.map(({ header }) => header)];
    this.blocks = [...this.blocks.filter(({ header }) => header.height <= baseHead.height), ...blocks];
    const final = refs.findIndex(({ hash }) => hash === finalizedHead.hash);
    if (final < 0) throw new Error(`final block ${finalizedHead.height} is not held`);
    const [ground, ...top] = refs.slice(final).map(({ height, hash }) => ({ height, hash }));
    this.state = { ...(ground as { height: number; hash: string }), top };
  }

  /** Takes no more: following ends with the next block. */
  stop(): void {
    this.stopped = true;
  }

  get tip(): string {
    return (this.state.top.at(-1) ?? this.state).hash;
  }

  get finalHeight(): number {
    return this.state.height;
  }

  get logs(): string[] {
    return this.blocks.flatMap(({ header, logs }) =>
      logs.map(({ logIndex, data }) => [header.hash, logIndex, data].join()),
    );
  }
}
