import { join } from 'node:path';
import { createLogger } from '@subsquid/logger';
import { type Interface, Wallet } from 'ethers';
import { Blocks } from '../../src/chain/blocks';
import { ChainProvider } from '../../src/chain/provider';
import { type SenderOptions, TransactionSender } from '../../src/chain/sender';
import { devnetAccounts } from '../../src/devnet/accounts';
import { Database, openPool } from '../../src/oracle/store/database';
import { migrateOracleSchema } from '../../src/oracle/store/migrate';
import { TransactionStore } from '../../src/oracle/store/transactions';
import { miningUntil, startTestChain, type TestChain } from '../support/chain';
import { startChild, type TestChild } from '../support/child';
import { startTestPostgres, type TestPostgres } from '../support/postgres';
import { type RpcProxy, startRpcProxy } from '../support/rpc-proxy';

export const finalityBlocks = 2;
/** Adds one to storage slot 0 on every call: counts how often transactions took effect. */
const counterInitCode = '0x675f546001015f55005f5260086018f3';

/** A chain mined by hand behind a proxy, a Postgres with the oracle's schema, a contract that counts. */
export class SenderFixture {
  readonly log = createLogger('dpin:test');
  readonly wallet = new Wallet(devnetAccounts().reporters[0]!.privateKey);
  readonly database: Database;
  private readonly providers: ChainProvider[] = [];
  private readonly senders: TransactionSender[] = [];

  private constructor(
    readonly chain: TestChain,
    readonly proxy: RpcProxy,
    public postgres: TestPostgres,
    readonly counter: string,
  ) {
    this.database = new Database(openPool(this.databaseSettings(), this.log), this.log, new AbortController().signal);
  }

  static async start(): Promise<SenderFixture> {
    const [chain, postgres] = await Promise.all([startTestChain(), startTestPostgres()]);
    const deployer = devnetAccounts().deployer.connect(chain.provider);
    const receipt = await (await deployer.sendTransaction({ data: counterInitCode })).wait();
    const proxy = await startRpcProxy(chain.url);
    const fixture = new SenderFixture(chain, proxy, postgres, String(receipt?.contractAddress).toLowerCase());
    await migrateOracleSchema(fixture.database.pool);
    await chain.provider.send('evm_setAutomine', [false]);
    return fixture;
  }

  databaseSettings() {
    return this.postgres.env;
  }

  sender(options: Partial<SenderOptions> = {}, abi?: Interface): TransactionSender {
    const provider = new ChainProvider(this.proxy.url, this.chain.chainId);
    const sender = new TransactionSender({
      provider,
      blocks: new Blocks(provider, finalityBlocks),
      wallet: this.wallet,
      chainId: this.chain.chainId,
      outbox: new TransactionStore(this.database),
      abiOf: () => abi,
      pollMs: 20,
      ...options,
    });
    this.providers.push(provider);
    this.senders.push(sender);
    return sender;
  }

  request(key: string) {
    return { key, to: this.counter, data: '0x' };
  }

  /** How often a counting transaction took effect in the canonical chain. */
  async landed(): Promise<number> {
    return Number(BigInt(await this.chain.provider.getStorage(this.counter, 0)));
  }

  async mine(blocks = 1): Promise<void> {
    for (let i = 0; i < blocks; i++) await this.chain.provider.send('evm_mine', []);
  }

  /** Mines until the work ends: a sender waits for finality, which is made of blocks. */
  miningUntil<T>(work: Promise<T>): Promise<T> {
    return miningUntil(this.chain, work, 40);
  }

  async row(key: string) {
    return new TransactionStore(this.database).find(key);
  }

  /** A process of its own that sends; it can be killed. */
  child(keys: readonly string[]): TestChild {
    const task = {
      database: this.databaseSettings(),
      rpcUrl: this.proxy.url,
      chainId: this.chain.chainId,
      finalityBlocks,
      key: this.wallet.privateKey,
      requests: keys.map((key) => this.request(key)),
    };
    return startChild(join(__dirname, 'sender-child.js'), task);
  }

  async stop(): Promise<void> {
    for (const sender of this.senders) sender.close();
    for (const provider of this.providers) provider.destroy();
    await this.database.pool.end();
    await this.proxy.close();
    await this.chain.stop();
    await this.postgres.remove();
  }
}
