import { createLogger } from '@subsquid/logger';
import { id } from 'ethers';
import { type Chain, connectChain } from '../../../src/chain/connect';
import { type BusyContext, rulingsOf } from '../../../src/oracle/rounds/busy';
import { type DrawContext, drawRound } from '../../../src/oracle/rounds/draw';
import { OpenClasses } from '../../../src/oracle/rounds/open-classes';
import type { Challenge } from '../../../src/oracle/store/model';
import { dpinDomain } from '../../../src/protocol/eip712';
import { startTestChain, type TestChain } from '../../support/chain';
import { deployTestNetwork, type TestNetwork } from '../../support/deploy';

jest.setTimeout(60_000);
const price = 5n * 10n ** 18n;

describe('what a round reads from the chain', () => {
  let anvil: TestChain;
  let network: TestNetwork;
  let chain: Chain;
  let ctx: DrawContext & BusyContext;

  beforeAll(async () => {
    anvil = await startTestChain();
    network = await deployTestNetwork(anvil, {
      genesisDelaySeconds: 100,
      timing: { slotSeconds: 20, slotsPerEpoch: 2 },
    });
    chain = await connectChain({
      RPC_URL: anvil.url,
      CHAIN_ID: anvil.chainId,
      DEPLOYMENT_FILE: network.deploymentFile,
      FINALITY_BLOCKS: 1,
    });
    const reporter = network.accounts.reporters[0]!;
    ctx = {
      chain,
      oracleAddress: chain.oracle.address,
      challenges: { lastRates: async () => new Map([['1/0', 4_000_000n]]) },
      gateway: { isReachable: (nodeId: number) => nodeId !== 2 },
      signer: reporter,
      domain: dpinDomain(anvil.chainId, chain.registry.address),
      openClasses: new OpenClasses({ production: false }, createLogger('dpin:test')),
      reporter: reporter.address.toLowerCase(),
      times: { genesisMs: network.genesisTime * 1000, slotMs: 20_000, slotsPerEpoch: 2 },
      minBusyPriceWei: price,
      log: createLogger('dpin:test'),
      signal: new AbortController().signal,
    };
  });

  afterAll(async () => {
    chain.provider.destroy();
    await anvil.stop();
  });

  const round = { round: 2, epoch: 1 };
  const send = async (transaction: Promise<{ wait(): Promise<unknown> }>) => (await transaction).wait();
  const at = (seconds: number) => anvil.provider.send('evm_setNextBlockTimestamp', [seconds]);

  it('challenges the certified nodes that are not retired, and signs for those with a session', async () => {
    const registry = network.contract('NodeRegistry', network.accounts.operators[3]!);
    await send(registry.getFunction('retireNode')(3));
    const { draw, challenges } = await drawRound(ctx, round);
    const head = await chain.blocks.head();
    expect(draw).toMatchObject({ openBlock: head.number, openBlockHash: head.hash });
    expect(challenges.map(({ nodeId }) => nodeId)).toEqual([0, 1, 2, 4, 5, 6, 7]);
    expect(challenges.map(({ signature }) => signature !== null)).toEqual([true, true, false, true, true, true, true]);
    expect(challenges[1]!.workerKey).toBe(network.accounts.workers[1]!.address.toLowerCase());
    expect(new Set(challenges.map(({ taskSeed }) => Buffer.from(taskSeed).toString('hex'))).size).toBe(7);
  });

  it('challenges no node of a closed class', async () => {
    const openClasses = new OpenClasses({ production: true }, createLogger('dpin:test'));
    expect((await drawRound({ ...ctx, openClasses }, round)).challenges).toEqual([]);
  });

  it('excuses a node for a paid shard of another, claimed before the epoch', async () => {
    const { accounts, genesisTime } = network;
    const market = network.contract('JobMarket', accounts.client);
    const token = network.contract('DPNToken', accounts.client);
    await send(token.getFunction('approve')(chain.market.address, 10n * price));
    const post = (pricePerShard: bigint) =>
      send(market.getFunction('postJob')(0, 2, pricePerShard, 0, 0, genesisTime + 500, id('job')));
    await post(price);
    await post(price - 1n);
    const claim = (job: number, shard: number, nodeId: number) =>
      send(network.contract('JobMarket', accounts.operators[nodeId]).getFunction('claimShard')(job, shard, nodeId));
    await claim(0, 0, 0);
    await claim(1, 0, 4);
    // Epoch 1 begins at genesis + 40 s.
    await at(genesisTime + 40);
    await claim(0, 1, 1);
    await at(genesisTime + 45);
    await anvil.provider.send('evm_mine', []);

    const { draw, challenges } = await drawRound(ctx, round);
    const claims: [nodeId: number, jobId: bigint, shard: number][] = [
      [0, 0n, 0],
      [1, 0n, 1],
      [4, 1n, 0],
      [5, 0n, 0],
      [6, 99n, 0],
      [7, 2n ** 256n, 0],
    ];
    const claiming: Challenge[] = claims.map(([nodeId, jobId, shard]) => ({
      ...challenges.find((challenge) => challenge.nodeId === nodeId)!,
      busy: { jobId, shard },
    }));
    const rulings = await rulingsOf(ctx, { ...round, draw }, claiming);
    expect(Object.fromEntries([...rulings].map(([key, { accepted, reason }]) => [key, accepted || reason]))).toEqual({
      '0/0': true,
      '1/0': 'the shard was claimed after the epoch began',
      '4/0': 'the price is below the least that excuses',
      '5/0': 'the node does not hold that shard',
      '6/0': 'there is no such shard',
      '7/0': 'there is no such shard',
    });
  });
});
