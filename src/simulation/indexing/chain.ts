import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Interface, JsonRpcProvider, toBeHex } from 'ethers';
import type { ContractName } from '../../chain/contracts';
import type { Deployment } from '../../chain/deployment';
import { readArtifact } from '../../deploy/artifacts';
import { type DevnetAccounts, devnetAccounts } from '../../devnet/accounts';
import { deployDevnet } from '../../devnet/deploy';
import { type Anvil, startAnvil } from '../../devnet/machine/anvil';
import { freePort } from '../../devnet/machine/ports';
import { DEVNET_CHAIN_ID, DEVNET_MNEMONIC, FUNDED_ACCOUNTS } from '../../devnet/network';

/** Answers 1 to every call, in the verifier's place: proofs are no part of what is simulated. */
const ACCEPT_ALL_CODE = '0x60015f5260205ff3';
/** From the deployment to epoch 0, seconds; the deployment takes some dozens of blocks of a second each. */
const GENESIS_DELAY = 500;
const DEED_GAS = 12_000_000;
/** Blocks that the chain can go back to. */
const PLACES_KEPT = 40;

/** A transaction to be. */
export interface Deed {
  from: string;
  contract: ContractName;
  method: string;
  args: readonly unknown[];
}

/** A real chain with the network on it, whose blocks come and go as the simulation wants. */
export class SimulatedChain {
  readonly accounts: DevnetAccounts = devnetAccounts();
  /** Newest block that an index may have taken for final: below it nothing is taken back. */
  floor = 0;
  private base = '';
  /** How to come back to the newest blocks, oldest first; anvil forgets what a rollback needs. */
  private places: { height: number; snapshot: string }[] = [];
  private readonly abis = new Map<ContractName, Interface>();
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly anvil: Anvil,
    private readonly provider: JsonRpcProvider,
    private readonly folder: string,
    readonly deployment: Deployment,
    readonly genesisTime: number,
    private readonly finalityBlocks: number,
  ) {}

  /** Starts one and deploys the network. @param finalityBlocks after which an index takes a block for final */
  static async start(finalityBlocks: number): Promise<SimulatedChain> {
    const anvil = await startAnvil({
      port: await freePort(),
      mnemonic: DEVNET_MNEMONIC,
      accounts: FUNDED_ACCOUNTS,
      chainId: DEVNET_CHAIN_ID,
    });
    const provider = new JsonRpcProvider(anvil.url, DEVNET_CHAIN_ID, { staticNetwork: true, cacheTimeout: -1 });
    const genesisTime = ((await provider.getBlock('latest'))?.timestamp ?? 0) + GENESIS_DELAY;
    const accounts = devnetAccounts();
    const deployment = await deployDevnet({ provider, chainId: DEVNET_CHAIN_ID, accounts, genesisTime });
    const folder = mkdtempSync(join(tmpdir(), 'dpin-simulation-'));
    writeFileSync(join(folder, 'deployment.json'), JSON.stringify(deployment));
    const chain = new SimulatedChain(anvil, provider, folder, deployment, genesisTime, finalityBlocks);
    await chain.send('anvil_setCode', deployment.contracts.ScoreBatchVerifier, ACCEPT_ALL_CODE);
    await chain.send('evm_setAutomine', false);
    await chain.send('evm_setNextBlockTimestamp', toBeHex(genesisTime + 1));
    await chain.mine(1);
    chain.base = await chain.send<string>('evm_snapshot');
    return chain;
  }

  get url(): string {
    return this.anvil.url;
  }

  get deploymentFile(): string {
    return join(this.folder, 'deployment.json');
  }

  send<T>(method: string, ...params: unknown[]): Promise<T> {
    return this.provider.send(method, params);
  }

  /** Back to the network as it was deployed. */
  async reset(): Promise<void> {
    await this.send('evm_revert', this.base);
    this.base = await this.send<string>('evm_snapshot');
    await this.send('anvil_dropAllTransactions');
    this.floor = 0;
    this.places = [];
    await this.raiseFloor();
  }

  /** Does one thing to the chain after the other. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  async height(): Promise<number> {
    return Number(await this.send<string>('eth_blockNumber'));
  }

  async newest(): Promise<{ number: string; hash: string; timestamp: string }> {
    return this.send('eth_getBlockByNumber', 'latest', false);
  }

  /** A block with these transactions; some may revert. */
  async block(deeds: readonly Deed[]): Promise<void> {
    for (const deed of deeds) {
      const transaction = { from: deed.from, ...this.encode(deed), gas: toBeHex(DEED_GAS) };
      await this.send('eth_sendTransaction', transaction);
    }
    await this.mine(1);
  }

  async mine(blocks: number): Promise<void> {
    await this.send('anvil_mine', toBeHex(blocks));
    await this.raiseFloor();
  }

  /** Lets the next block be so many seconds later. */
  async pass(seconds: number): Promise<void> {
    await this.send('evm_increaseTime', toBeHex(seconds));
  }

  /**
   * Takes about so many of the newest blocks back.
   * @param floor newest block that stays in any case; by default all that may be final already stay
   * @returns how many were taken back
   */
  async rollback(wanted: number, floor = this.floor): Promise<number> {
    const height = await this.height();
    const lowest = Math.max(height - wanted, floor);
    const place = this.places.find((one) => one.height >= lowest);
    if (place === undefined || place.height >= height) return 0;
    await this.send('evm_revert', place.snapshot);
    await this.send('anvil_dropAllTransactions');
    // A snapshot is gone once it was used, with all later ones.
    this.places = this.places.filter((one) => one.height < place.height);
    await this.keepPlace();
    return height - place.height;
  }

  async read(contract: ContractName, method: string, args: readonly unknown[] = []): Promise<bigint> {
    const answer = await this.send<string>('eth_call', this.encode({ contract, method, args }), 'latest');
    return BigInt(this.abi(contract).decodeFunctionResult(method, answer)[0]);
  }

  async stop(): Promise<void> {
    this.provider.destroy();
    await this.anvil.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async raiseFloor(): Promise<void> {
    this.floor = Math.max(this.floor, (await this.height()) - this.finalityBlocks);
    await this.keepPlace();
  }

  /** Notes how to come back to the newest block. */
  private async keepPlace(): Promise<void> {
    this.places.push({ height: await this.height(), snapshot: await this.send<string>('evm_snapshot') });
    this.places.splice(0, this.places.length - PLACES_KEPT);
  }

  private encode({ contract, method, args }: Omit<Deed, 'from'>): { to: string; data: string } {
    const to = this.deployment.contracts[contract];
    if (to === undefined) throw new RangeError(`${contract} is not deployed`);
    return { to, data: this.abi(contract).encodeFunctionData(method, args) };
  }

  private abi(name: ContractName): Interface {
    const abi = this.abis.get(name) ?? readArtifact(name).abi;
    this.abis.set(name, abi);
    return abi;
  }
}
