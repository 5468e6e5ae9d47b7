import { functions as token } from '../../src/abi/DPNToken';
import { functions as market } from '../../src/abi/JobMarket';
import { openContracts } from '../../src/chain/call';
import { stepJobs } from '../../src/devnet/people/jobs';
import { stepRegistry } from '../../src/devnet/people/registry';
import { stepRewards } from '../../src/devnet/people/rewards';
import { stepStaking } from '../../src/devnet/people/staking';
import { startTestChain, type TestChain } from '../support/chain';
import { deployTestNetwork } from '../support/deploy';

describe('actors of the devnet', () => {
  let chain: TestChain;
  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(() => chain.stop());

  it('leaves events of every kind that needs no score', async () => {
    const { deployment, accounts } = await deployTestNetwork(chain);
    const contracts = openContracts(deployment.contracts, chain.provider);
    for (let step = 0; step < 40; step++) {
      await chain.provider.send('evm_increaseTime', [12]);
      await chain.provider.send('evm_mine', []);
      const now = (await chain.provider.getBlock('latest'))?.timestamp ?? 0;
      const context = { provider: chain.provider, accounts, contracts, now, step };
      await stepJobs(context);
      await stepStaking(context);
      await stepRewards(context);
      await stepRegistry(context);
    }
    const seen = new Set<string>();
    for (const name of ['DPNToken', 'NodeRegistry', 'NodeStaking', 'JobMarket', 'RewardDistributor'] as const) {
      const { abi, address } = contracts[name];
      const logs = await chain.provider.getLogs({ address, fromBlock: 0 });
      for (const log of logs) seen.add(abi.parseLog(log)?.name ?? '');
    }
    for (const event of [
      'DelegateVotesChanged',
      'NodeRegistered',
      'NodeUpdated',
      'WorkerKeyRotated',
      'StakeDeposited',
      'Delegated',
      'UnbondingStarted',
      'UnbondingWithdrawn',
      'CommissionScheduled',
      'CommissionApplied',
      'Certified',
      'JobPosted',
      'ShardClaimed',
      'ShardSubmitted',
      'ShardAccepted',
      'PaymentReleased',
      'ShardExpired',
      'JobCompleted',
      'JobCancelled',
      'EmissionSet',
      'WeightUpdated',
    ]) {
      expect(seen).toContain(event);
    }
    const balance = await contracts.DPNToken.read(token.balanceOf, { account: contracts.JobMarket.address });
    expect(await contracts.JobMarket.read(market.escrowed, {})).toBe(balance);
  }, 120_000);
});
