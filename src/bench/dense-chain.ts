import { setTimeout as sleep } from 'node:timers/promises';
import { type Interface, JsonRpcProvider, toBeHex, zeroPadValue } from 'ethers';
import type { Deployment } from '../chain/deployment';
import { type DevnetAccounts, devnetAccounts } from '../devnet/accounts';
import { type DeployedName, readArtifact } from '../devnet/artifacts';
import { deployNetwork } from '../devnet/deploy';
import { devnetChainId } from '../devnet/network';
import { type Call, callBatchCode, encodeCalls } from './call-batch';

/** A chain full of the network's own events. */
export interface DenseChain {
  deployment: Deployment;
  /** Last block with events; enough empty blocks follow to make it final. */
  lastBlock: number;
}

const ACCOUNTS = 200;
/** The first accounts also run a node each. */
const OPERATORS = 24;
const EVENTS_PER_BLOCK = 200;
const BLOCK_GAS = 60_000_000;
const RECEIPT_POLL_MS = 3;
const DPN = 10n ** 18n;
const EMPTY_BLOCKS_AFTER = 300;
/** Answers 1 to every call: the scores below are made up, proofs are no part of what is measured. */
const ACCEPT_ALL_CODE = '0x60015f5260205ff3';

/**
 * Deploys the network and writes about `events` events of everyday use: transfers, delegations, unbondings, reward
 * claims and jobs from posting to payment, by 200 accounts on 24 nodes. The same every time.
 */
export async function writeDenseChain(url: string, events: number): Promise<DenseChain> {
  const provider = new JsonRpcProvider(url, devnetChainId, { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1 });
  try {
    const accounts = devnetAccounts();
    const now = (await provider.getBlock('latest'))?.timestamp ?? 0;
    const deployment = await deployNetwork({
      provider,
      chainId: devnetChainId,
      accounts,
      // Setting up takes about 700 blocks of a second each.
      genesisTime: now + 2_000,
    });
    const writer = new ChainWriter(provider, deployment, accounts);
    await writer.setUp();
    const lastBlock = await writer.write(events);
    await provider.send('anvil_mine', [toBeHex(EMPTY_BLOCKS_AFTER)]);
    return { deployment, lastBlock };
  } finally {
    provider.destroy();
  }
}

class ChainWriter {
  private readonly accounts = Array.from({ length: ACCOUNTS }, (_, index) => toBeHex(0xd0000000 + index, 20));
  private readonly abi = new Map<DeployedName, Interface>();
  private readonly shares = new Map<string, bigint>();
  private random = 1;
  /** Seconds, of the newest block. */
  private lastTimestamp = 0;
  private jobs = 0;
  private firstNode = 0;

  constructor(
    private readonly provider: JsonRpcProvider,
    private readonly deployment: Deployment,
    private readonly devnet: DevnetAccounts,
  ) {}

  /** Accounts with money and allowances, nodes with stake, one batch of scores. */
  async setUp(): Promise<void> {
    for (const account of this.accounts) await this.provider.send('anvil_setCode', [account, callBatchCode]);
    await this.provider.send('anvil_setBlockTimestampInterval', [1]);
    const { deployer } = this.devnet;
    for (const account of this.accounts) {
      await this.send(deployer.address, this.call('DPNToken', 'transfer', [account, 200_000n * DPN]));
    }
    this.firstNode = Number(await this.read('NodeRegistry', 'nodeCount', []));
    const staking = this.deployment.contracts.NodeStaking;
    for (const [index, account] of this.accounts.entries()) {
      const calls = [
        this.call('DPNToken', 'approve', [staking, 10n ** 30n]),
        this.call('DPNToken', 'approve', [this.deployment.contracts.JobMarket, 10n ** 30n]),
      ];
      if (index < OPERATORS) {
        const region = `region-${index % 5}`;
        calls.push(this.call('NodeRegistry', 'registerNode', [this.worker(index), account, 0, 1, region, '']));
        calls.push(this.call('NodeStaking', 'stake', [this.firstNode + index, 1_000n * DPN]));
      }
      await this.send(deployer.address, { to: account, data: encodeCalls(calls) });
    }
    await this.proveScores();
    const nodes = Array.from({ length: this.firstNode + OPERATORS }, (_, nodeId) => nodeId);
    await this.send(deployer.address, this.call('RewardDistributor', 'sync', [nodes]));
  }

  /** Writes blocks of one transaction each until `events` events are there; returns the last block's number. */
  async write(events: number): Promise<number> {
    let written = 0;
    let block = 0;
    while (written < events) {
      const calls: Call[] = [];
      let expected = 0;
      while (expected < EVENTS_PER_BLOCK) expected += this.step(calls);
      const receipt = await this.send(this.devnet.deployer.address, {
        to: this.accounts[0] as string,
        data: encodeCalls(calls),
      });
      written += receipt.logs;
      block = receipt.block;
    }
    return block;
  }

  /** Adds one piece of everyday use; returns roughly how many events it makes. */
  private step(calls: Call[]): number {
    const account = this.pick(ACCOUNTS);
    const node = this.firstNode + this.pick(OPERATORS);
    const key = `${node}-${account}`;
    const as = (actor: number, ...inner: Call[]) =>
      calls.push({ to: this.accounts[actor] as string, data: encodeCalls(inner) });
    const kind = this.pick(100);
    if (kind < 70) {
      as(account, this.call('DPNToken', 'transfer', [this.accounts[this.pick(ACCOUNTS)], 1n + BigInt(this.pick(1e6))]));
      return 1;
    }
    if (kind < 80) {
      as(account, this.call('NodeStaking', 'delegate', [node, 10n * DPN]));
      this.shares.set(key, (this.shares.get(key) ?? 0n) + 10n * DPN);
      return 4;
    }
    if (kind < 86) {
      const held = [...this.shares.keys()];
      if (held.length === 0) return 0;
      const [nodeId, owner] = (held[this.pick(held.length)] as string).split('-').map(Number) as [number, number];
      const shares = this.shares.get(`${nodeId}-${owner}`) as bigint;
      if (shares <= DPN) return 0;
      as(owner, this.call('NodeStaking', 'unbond', [nodeId, DPN]));
      this.shares.set(`${nodeId}-${owner}`, shares - DPN);
      return 3;
    }
    if (kind < 95) {
      const operator = this.pick(OPERATORS);
      as(operator, this.call('RewardDistributor', 'claimOperator', [this.firstNode + operator]));
      return 3;
    }
    const operator = this.pick(OPERATORS);
    const job = this.jobs++;
    const price = 5n * DPN;
    const deadline = this.lastTimestamp + 3_600;
    as(account, this.call('JobMarket', 'postJob', [0, 1, price, 0, 0, deadline, zeroPadValue('0x01', 32)]));
    as(
      operator,
      this.call('JobMarket', 'claimShard', [job, 0, this.firstNode + operator]),
      this.call('JobMarket', 'submitShard', [job, 0, zeroPadValue('0x02', 32)]),
    );
    as(account, this.call('JobMarket', 'acceptShard', [job, 0]));
    return 9;
  }

  /** Scores without a proof: the verifier is replaced by one that accepts everything. */
  private async proveScores(): Promise<void> {
    const { ScoreBatchVerifier: verifier } = this.deployment.contracts;
    await this.provider.send('anvil_setCode', [verifier, ACCEPT_ALL_CODE]);
    const genesis = BigInt(await this.read('ReputationOracle', 'genesisTime', []));
    const epochSeconds =
      BigInt(await this.read('ReputationOracle', 'slotSeconds', [])) *
      BigInt(await this.read('ReputationOracle', 'slotsPerEpoch', []));
    await this.provider.send('evm_setNextBlockTimestamp', [toBeHex(genesis + epochSeconds + 1n)]);
    const word = Array.from({ length: 15 }, (_, i) => (2n << 14n) | BigInt(5_000 + i)).reduce(
      (sum, score, i) => sum | (score << BigInt(16 * i)),
      0n,
    );
    const reporter = this.devnet.reporter.address;
    const hash = zeroPadValue('0x01', 32);
    await this.send(reporter, this.call('ReputationOracle', 'anchorEvidence', [0, hash, hash]));
    const submission = [
      0,
      0,
      1,
      1,
      1,
      Array(4).fill(word),
      Array(30).fill(65_536n),
      [1, 1],
      [
        [1, 1],
        [1, 1],
      ],
      [1, 1],
    ];
    await this.send(reporter, this.call('ReputationOracle', 'submitBatch', [submission]));
  }

  private worker(index: number): string {
    return toBeHex(0xe0000000 + index, 20);
  }

  /** Linear congruential generator: the chain is the same in every run. */
  private pick(below: number): number {
    this.random = (Math.imul(this.random, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.random / 2 ** 32) * below);
  }

  private interfaceOf(name: DeployedName): Interface {
    const known = this.abi.get(name) ?? readArtifact(name).abi;
    this.abi.set(name, known);
    return known;
  }

  private call(name: DeployedName, method: string, args: unknown[]): Call {
    return {
      to: this.deployment.contracts[name] as string,
      data: this.interfaceOf(name).encodeFunctionData(method, args),
    };
  }

  private async read(name: DeployedName, method: string, args: unknown[]): Promise<bigint> {
    const answer = await this.provider.call(this.call(name, method, args));
    return BigInt(this.interfaceOf(name).decodeFunctionResult(method, answer)[0]);
  }

  /** Sends a transaction from an account that anvil signs for; it is mined at once in a block of its own. */
  private async send(from: string, call: Call): Promise<{ block: number; logs: number }> {
    const hash = await this.provider.send('eth_sendTransaction', [{ from, ...call, gas: toBeHex(BLOCK_GAS) }]);
    for (;;) {
      const receipt = await this.provider.send('eth_getTransactionReceipt', [hash]);
      if (receipt === null) {
        await sleep(RECEIPT_POLL_MS);
        continue;
      }
      if (receipt.status !== '0x1') throw new Error(`transaction ${hash} of the dense chain reverted`);
      const block = Number(receipt.blockNumber);
      this.lastTimestamp = Number(
        (await this.provider.send('eth_getBlockByNumber', [receipt.blockNumber, false])).timestamp,
      );
      return { block, logs: receipt.logs.length };
    }
  }
}
