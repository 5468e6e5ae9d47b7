import { toBeHex, type Wallet, zeroPadValue } from 'ethers';
import type { ContractName } from '../../src/chain/contracts';
import { STAKING_PARAMETERS } from '../../src/devnet/network';
import type { Fixture } from './fixture';

const DPN = 10n ** 18n;
const hash = (value: number) => zeroPadValue(toBeHex(value), 32);
/** Code that answers 1 to every call, in the verifier's place: this scenario is about events, not proofs. */
const ACCEPT_ALL_CODE = '0x60015f5260205ff3';

/** Real transactions of everybody in the network, one block each. */
export class Scenario {
  constructor(private readonly fixture: Fixture) {}

  private get accounts() {
    return this.fixture.network.accounts;
  }

  async send(as: Wallet, name: ContractName, method: string, args: unknown[]): Promise<void> {
    const contract = this.fixture.network.contract(name, as);
    // Said to fail before it is sent, a call names its custom error.
    await contract.getFunction(method).staticCall(...args);
    const transaction = await contract.getFunction(method).send(...args, { gasLimit: 12_000_000 });
    await transaction.wait();
  }

  read(name: ContractName, method: string, args: unknown[]) {
    return this.fixture.network
      .contract(name)
      .getFunction(method)
      .staticCall(...args);
  }

  async pass(seconds: number): Promise<void> {
    await this.fixture.chain.provider.send('evm_increaseTime', [toBeHex(seconds)]);
    await this.fixture.mine(1);
  }

  async now(): Promise<number> {
    return Number((await this.fixture.chain.provider.getBlock('latest'))?.timestamp);
  }

  /** Goes to the first second of an epoch that has not begun. */
  async toEpoch(epoch: number): Promise<void> {
    const start = this.fixture.network.genesisTime + epoch * (await this.epochSeconds());
    await this.fixture.chain.provider.send('evm_setNextBlockTimestamp', [toBeHex(start)]);
    await this.fixture.mine(1);
  }

  private async epochSeconds(): Promise<number> {
    const slot = await this.read('ReputationOracle', 'slotSeconds', []);
    return Number(slot * (await this.read('ReputationOracle', 'slotsPerEpoch', [])));
  }

  /** Token, registry and staking, with everything that can happen to a node. */
  async stakingAndRegistry(): Promise<void> {
    const { operators, stakers, deployer, client } = this.accounts;
    const [operator, second] = operators as [Wallet, Wallet, ...Wallet[]];
    const [staker] = stakers as [Wallet, ...Wallet[]];
    await this.send(client, 'DPNToken', 'delegate', [staker.address]);
    await this.send(client, 'DPNToken', 'transfer', [client.address, 3n]);
    await this.send(client, 'DPNToken', 'transfer', [hash(77).replace(/0x0{24}/, '0x'), 5n]);
    await this.send(operator, 'NodeRegistry', 'updateNode', [0, client.address, 2, 'nul\0 here', 'ipfs://x']);
    await this.send(operator, 'NodeRegistry', 'rotateWorkerKey', [0, `0x${'5'.repeat(40)}`]);
    await this.send(operator, 'NodeStaking', 'scheduleCommission', [0, 500]);
    await this.send(operator, 'NodeStaking', 'scheduleCommission', [0, 1_000]);
    await this.send(staker, 'NodeStaking', 'delegate', [0, 100n * DPN]);
    await this.send(staker, 'NodeStaking', 'delegate', [1, 7n * DPN]);
    await this.send(staker, 'NodeStaking', 'unbond', [
      1,
      await this.read('NodeStaking', 'sharesOf', [1, staker.address]),
    ]);
    await this.send(second, 'NodeStaking', 'unbondSelfStake', [1, 900n * DPN]);
    await this.pass(STAKING_PARAMETERS.unbondingDelaySeconds + STAKING_PARAMETERS.commissionNoticeSeconds);
    await this.send(staker, 'NodeStaking', 'withdraw', [0]);
    await this.send(deployer, 'NodeStaking', 'applyCommission', [0]);
    await this.send(deployer, 'NodeStaking', 'setCertificationThreshold', [50n * DPN]);
    await this.send(deployer, 'NodeStaking', 'refreshCertification', [[1]]);
    // Of a node that nobody registered: the distributor refuses, and says so with the largest id there is.
    await this.send(client, 'NodeStaking', 'refreshCertification', [[2 ** 32 - 1]]);
  }

  /** Rights that are given, described and taken away again. */
  async governance(): Promise<void> {
    const { deployer, client } = this.accounts;
    const { JobMarket } = this.fixture.network.deployment.contracts;
    const send = (method: string, args: unknown[]) => this.send(deployer, 'AccessManager', method, args);
    await send('labelRole', [5, 'keeper\0s']);
    await send('grantRole', [5, client.address, 60]);
    await send('setRoleGuardian', [5, 6]);
    await send('setTargetFunctionRole', [JobMarket, ['0x12345678'], 5]);
    await send('setTargetClosed', [JobMarket, true]);
    await send('setTargetClosed', [JobMarket, false]);
    await send('revokeRole', [5, client.address]);
  }

  /** Jobs that are delivered, accepted by silence, expired claimed and unclaimed, and cancelled. */
  async jobs(): Promise<void> {
    const { client, operators, deployer } = this.accounts;
    const [operator, second] = operators as [Wallet, Wallet, ...Wallet[]];
    const deadline = (await this.now()) + 100;
    const post = (shards: number) =>
      this.send(client, 'JobMarket', 'postJob', [0, shards, 5n * DPN, 0, 0, deadline, hash(9)]);
    const first = Number(await this.read('JobMarket', 'jobCount', []));
    await post(4);
    await post(1);
    await this.send(client, 'JobMarket', 'cancelJob', [first + 1]);
    await this.send(operator, 'JobMarket', 'claimShard', [first, 0, 0]);
    await this.send(second, 'JobMarket', 'claimShard', [first, 1, 1]);
    await this.send(second, 'JobMarket', 'claimShard', [first, 2, 1]);
    await this.send(operator, 'JobMarket', 'submitShard', [first, 0, hash(1)]);
    await this.send(second, 'JobMarket', 'submitShard', [first, 1, hash(2)]);
    await this.send(client, 'JobMarket', 'acceptShard', [first, 0]);
    await this.pass(200);
    await this.send(deployer, 'JobMarket', 'autoAcceptShard', [first, 1]);
    await this.send(deployer, 'JobMarket', 'expireShard', [first, 2]);
    await this.send(deployer, 'JobMarket', 'expireShard', [first, 3]);
    await this.send(deployer, 'JobMarket', 'setFee', [100, deployer.address]);
  }

  /** A round, its evidence and a batch of scores for an epoch that has not begun. */
  async oracle(epoch: number, score: number): Promise<void> {
    const reporter = this.accounts.reporters[0]!;
    const { provider } = this.fixture.chain;
    await this.fixture.chain.provider.send('anvil_setCode', [
      this.fixture.network.deployment.contracts.ScoreBatchVerifier,
      ACCEPT_ALL_CODE,
    ]);
    await this.toEpoch(epoch);
    const open = await provider.send('eth_getBlockByNumber', ['latest', false]);
    await this.fixture.mine(1);
    const round = BigInt(epoch) * (await this.read('ReputationOracle', 'slotsPerEpoch', []));
    await this.send(reporter, 'ReputationOracle', 'anchorRound', [
      round,
      open.number,
      open.hash,
      hash(epoch + 1),
      4,
      hash(epoch + 2),
    ]);
    await this.fixture.mine(1);
    await this.send(reporter, 'ReputationOracle', 'pinAnchor', [round]);
    // Late enough for the epochs since the batch before to be skipped.
    await this.toEpoch(epoch + 3);
    await this.send(reporter, 'ReputationOracle', 'anchorEvidence', [epoch, hash(epoch + 3), hash(epoch + 4)]);
    const entries = Array.from({ length: 15 }, (_, node) => (2n << 14n) | BigInt(score + node));
    const word = entries.reduce((sum, entry, node) => sum | (entry << BigInt(16 * node)), 0n);
    const states = Array.from({ length: 30 }, (_, pair) => {
      const even = 65_536n | (BigInt(pair) << 26n) | (BigInt(score + pair) << 72n);
      const odd = BigInt(pair) | (65_536n << 26n) | (3n << 87n);
      return even | (odd << 95n);
    });
    const point = [1, 1];
    const words = [word, word, word, word];
    await this.send(reporter, 'ReputationOracle', 'submitBatch', [
      [epoch, 0, 1, epoch + 5, 7, words, states, point, [point, point], point],
    ]);
  }

  /** Emission on the weights that the scores gave. */
  async rewards(): Promise<void> {
    const { deployer, operators, stakers } = this.accounts;
    await this.send(deployer, 'RewardDistributor', 'setStakeCap', [60_000n * DPN]);
    await this.send(deployer, 'RewardDistributor', 'setClassWeight', [0, 9_000]);
    await this.send(deployer, 'RewardDistributor', 'sync', [[0, 1, 2, 3]]);
    await this.pass(30);
    await this.send(deployer, 'RewardDistributor', 'sync', [[0, 1]]);
    await this.send(operators[0] as Wallet, 'RewardDistributor', 'claimOperator', [0]);
    await this.send(stakers[0] as Wallet, 'RewardDistributor', 'claim', [0]);
  }

  /** What ends things: another methodology, reporter and node gone, certification lost; and a node that comes late. */
  async endings(): Promise<void> {
    const { deployer, operators, client } = this.accounts;
    // Its batch was proven already, with words for its id.
    await this.send(client, 'NodeRegistry', 'registerNode', [client.address, client.address, 1, 1, 'late', '']);
    const rules = [64_000, 10_000, 2, 65_536, 1, 9, 200_000];
    await this.send(deployer, 'ReputationOracle', 'setMethodology', [hash(123), rules]);
    await this.send(deployer, 'ReputationOracle', 'retireReporter', [0]);
    await this.send(deployer, 'NodeStaking', 'setCertificationThreshold', [700n * DPN]);
    await this.send(deployer, 'NodeStaking', 'refreshCertification', [[1]]);
    await this.send(operators[2] as Wallet, 'NodeRegistry', 'retireNode', [2]);
  }

  /** Everything above, in an order in which all of it can happen. */
  async all(): Promise<void> {
    await this.governance();
    await this.stakingAndRegistry();
    await this.jobs();
    await this.oracle(1, 5_000);
    await this.rewards();
    await this.oracle(8, 6_000);
    await this.endings();
  }

  /** One piece of everyday life, chosen by a number; works in any order and any number of times. */
  async step(choice: number): Promise<void> {
    const { client, stakers, operators } = this.accounts;
    const staker = stakers[choice % stakers.length] as Wallet;
    const nodeId = choice % 4;
    switch (choice % 5) {
      case 0:
        return this.send(client, 'DPNToken', 'transfer', [toBeHex(0xabc000 + choice, 20), BigInt(choice + 1)]);
      case 1:
        return this.send(staker, 'NodeStaking', 'delegate', [nodeId, BigInt(choice + 1) * DPN]);
      case 2:
        await this.send(staker, 'NodeStaking', 'delegate', [nodeId, 2n * DPN]);
        return this.send(staker, 'NodeStaking', 'unbond', [nodeId, DPN]);
      case 3:
        return this.send(operators[nodeId] as Wallet, 'NodeStaking', 'scheduleCommission', [nodeId, choice % 10_000]);
      default:
        return this.send(client, 'JobMarket', 'postJob', [
          0,
          2,
          DPN,
          0,
          0,
          (await this.now()) + 1_000,
          hash(choice + 1),
        ]);
    }
  }
}
