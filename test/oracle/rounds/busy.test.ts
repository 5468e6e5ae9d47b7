import { randomBytes, randomInt } from 'node:crypto';
import { createLogger } from '@subsquid/logger';
import { id } from 'ethers';
import { type Chain, connectChain } from '../../../src/chain/connect';
import { ContractChain } from '../../../src/oracle/rounds/chain';
import { type DrawContext, drawRound } from '../../../src/oracle/rounds/draw';
import { OpenClasses } from '../../../src/oracle/rounds/open-classes';
import type { Challenge } from '../../../src/oracle/store/model';
import { dpinDomain, signMessage } from '../../../src/protocol/eip712';
import { startTestChain, type TestChain } from '../../support/chain';
import { deployTestNetwork, type TestNetwork } from '../../support/deploy';

jest.setTimeout(60_000);
const price = 5n * 10n ** 18n;

describe('what a round reads from the chain', () => {
  let anvil: TestChain;
  let network: TestNetwork;
  let chain: Chain;
  let ctx: DrawContext;
  let roundChain: ContractChain;

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
    const domain = dpinDomain(anvil.chainId, chain.registry.address);
    roundChain = chainOf({ production: false });
    ctx = {
      chain: roundChain,
      challenges: { lastRates: async () => new Map([['1/0', 4_000_000n]]) },
      signer: { sign: (message, value) => signMessage(reporter, domain, message, value), isSignedBy: () => false },
      random: { bytes: (count) => randomBytes(count), below: (bound) => randomInt(bound) },
      reporter: reporter.address.toLowerCase(),
    };
  });

  afterAll(async () => {
    chain.provider.destroy();
    await anvil.stop();
  });

  const chainOf = (network: { production: boolean }) =>
    new ContractChain({
      chain,
      sender: { send: () => Promise.reject(new Error('nothing is sent here')) },
      minBusyPriceWei: price,
      openClasses: new OpenClasses(network, createLogger('dpin:test')),
    });
  const draw = async (from: DrawContext = ctx) => drawRound(from, round, await chain.blocks.head());
  const round = { round: 2, epoch: 1 };
  const send = async (transaction: Promise<{ wait(): Promise<unknown> }>) => (await transaction).wait();
  const at = (seconds: number) => anvil.provider.send('evm_setNextBlockTimestamp', [seconds]);

  it('challenges the certified nodes that are not retired, each with a signature', async () => {
    const registry = network.contract('NodeRegistry', network.accounts.operators[3]!);
    await send(registry.getFunction('retireNode')(3));
    const head = await chain.blocks.head();
    const drawn = await drawRound(ctx, round, head);
    const { challenges } = drawn;
    expect(drawn.draw).toMatchObject({ openBlock: head.number, openBlockHash: head.hash });
    expect(challenges.map(({ nodeId }) => nodeId)).toEqual([0, 1, 2, 4, 5, 6, 7]);
    expect(challenges.map(({ signature }) => signature !== null)).toEqual(Array(7).fill(true));
    expect(challenges[1]!.workerKey).toBe(network.accounts.workers[1]!.address.toLowerCase());
    expect(new Set(challenges.map(({ taskSeed }) => Buffer.from(taskSeed).toString('hex'))).size).toBe(7);
  });

  it('challenges no node of a closed class', async () => {
    expect((await draw({ ...ctx, chain: chainOf({ production: true }) })).challenges).toEqual([]);
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

    const drawn = await draw();
    const epochStartMs = (genesisTime + 40) * 1000;
    const claims: [nodeId: number, jobId: bigint, shard: number][] = [
      [0, 0n, 0],
      [1, 0n, 1],
      [4, 1n, 0],
      [5, 0n, 0],
      [6, 99n, 0],
      [7, 2n ** 256n, 0],
    ];
    const said: Record<string, boolean | string> = {};
    for (const [nodeId, jobId, shard] of claims) {
      const found = drawn.challenges.find((other) => other.nodeId === nodeId)!;
      const busy = { jobId, shard, signature: '0x', elapsedMs: 1, receivedMs: 1, ruling: null };
      const challenge: Challenge = { ...found, busy };
      const { accepted, reason } = await roundChain.busyRuling({ challenge, draw: drawn.draw, epochStartMs });
      said[nodeId] = accepted || reason;
    }
    expect(said).toEqual({
      0: true,
      1: 'the shard was claimed after the epoch began',
      4: 'the price is below the least that excuses',
      5: 'the node does not hold that shard',
      6: 'there is no such shard',
      7: 'there is no such shard',
    });
  });
});
