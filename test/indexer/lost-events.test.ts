import { handlerTable, indexBatch, logFilters } from '../../src/indexer/batch';
import { LostEventsError } from '../../src/indexer/failures';
import { HANDLERS } from '../../src/indexer/handlers';
import type { EpochClock } from '../../src/indexer/rules/periods';
import type { Block } from '../../src/indexer/source/types';
import { GpuNode, Network, NetworkDay, NetworkEpoch } from '../../src/model';
import { Fixture } from './fixture';
import { MemoryStore } from './memory-store';
import { Scenario } from './scenario';

const DPN = 10n ** 18n;
/**
 * Events whose loss no later event can show, because none repeats or builds on what they say. Sources guard against it
 * (they compare blocks' blooms with what came), and `dpin audit` finds it.
 */
const UNSEEN = [
  'AccessManager.RoleGranted',
  'AccessManager.RoleGuardianChanged',
  'AccessManager.RoleLabel',
  'AccessManager.RoleRevoked',
  'AccessManager.TargetClosed',
  'AccessManager.TargetFunctionRoleUpdated',
  'JobMarket.AuthorityUpdated',
  'JobMarket.FeeSet',
  'JobMarket.JobCompleted',
  'NodeRegistry.NodeUpdated',
  'NodeStaking.AuthorityUpdated',
  'NodeStaking.CertificationThresholdSet',
  'NodeStaking.RewardDistributorSet',
  'NodeStaking.RewardSettlementSkipped',
  'ReputationOracle.AnchorPinned',
  'ReputationOracle.AuthorityUpdated',
  'ReputationOracle.EvidenceAnchored',
  'RewardDistributor.AuthorityUpdated',
];

describe('an index that lost an event', () => {
  let fixture: Fixture;
  let blocks: Block[];
  let clock: EpochClock;
  const table = () => handlerTable(HANDLERS, fixture.network.deployment.contracts);

  beforeAll(async () => {
    fixture = await Fixture.start();
    const scenario = new Scenario(fixture);
    await scenario.all();
    // Node 2 has retired by then.
    for (let choice = 0; choice < 20; choice++) if (choice % 4 !== 2) await scenario.step(choice);
    await again(scenario);
    blocks = await readBlocks();
    clock = {
      genesisSeconds: fixture.network.genesisTime,
      epochSeconds: Number(await scenario.read('ReputationOracle', 'epochSeconds', [])),
    };
  }, 120_000);
  afterAll(() => fixture.stop());

  /** What the scenario does once, so that there is an event to follow. */
  async function again(scenario: Scenario): Promise<void> {
    const { client, deployer, operators, stakers, reporters } = fixture.network.accounts;
    const [operator, staker] = [operators[0]!, stakers[0]!];
    const rewardDistributor = fixture.network.deployment.contracts.RewardDistributor;
    await scenario.send(client, 'DPNToken', 'delegate', [deployer.address]);
    await scenario.send(operator, 'NodeRegistry', 'rotateWorkerKey', [0, `0x${'6'.repeat(40)}`]);
    await scenario.send(deployer, 'DPNToken', 'approve', [rewardDistributor, DPN]);
    await scenario.send(deployer, 'RewardDistributor', 'fundEmission', [DPN, 3_600]);
    await scenario.pass(30);
    await scenario.send(deployer, 'RewardDistributor', 'sync', [[0, 1, 2]]);
    await scenario.send(operator, 'RewardDistributor', 'claimOperator', [0]);
    await scenario.send(staker, 'RewardDistributor', 'claim', [0]);
    const [x, y] = fixture.network.reporterKey.publicKey;
    await scenario.send(deployer, 'ReputationOracle', 'addReporter', [reporters[0]!.address, x, y]);
  }

  /** All blocks with events of the network, as a source gives them. */
  async function readBlocks(): Promise<Block[]> {
    const { provider } = fixture.chain;
    const filters = logFilters(table(), fixture.network.deployment.contracts, { ReputationOracle: 0 });
    const logs = await provider.getLogs({
      fromBlock: 0,
      toBlock: 'latest',
      address: filters.map((f) => f.address) as never,
    });
    const byHeight = new Map<number, Block>();
    for (const log of logs) {
      let block = byHeight.get(log.blockNumber);
      if (block === undefined) {
        const { number, hash, parentHash, timestamp } = (await provider.getBlock(log.blockNumber))!;
        block = { header: { height: number, hash: hash!, parentHash, timestamp: timestamp * 1000 }, logs: [] };
        byHeight.set(number, block);
      }
      block.logs.push({
        logIndex: log.index,
        transactionHash: log.transactionHash,
        address: log.address.toLowerCase(),
        topics: [...log.topics],
        data: log.data,
      });
    }
    return [...byHeight.values()];
  }

  /** Indexes block by block, as at the head. */
  async function index(chain: readonly Block[]): Promise<MemoryStore> {
    const store = new MemoryStore();
    for (const block of chain) await indexBatch(table(), clock, store, [block]);
    return store;
  }

  const without = (address: string, logIndex: number, height: number): Block[] =>
    blocks.map(({ header, logs }) => ({
      header,
      logs: logs.filter((log) => !(header.height === height && log.logIndex === logIndex && log.address === address)),
    }));

  it('takes in every event of the chain as it is, block by block and at once', async () => {
    const store = await index(blocks);
    const whole = new MemoryStore();
    await indexBatch(table(), clock, whole, blocks);
    expect(whole.rows(GpuNode)).toEqual(store.rows(GpuNode));
    expect(whole.rows(Network)).toEqual(store.rows(Network));
    expect(store.rows(GpuNode).length).toBeGreaterThan(0);
    for (const entity of [NetworkDay, NetworkEpoch]) {
      expect(whole.rows(entity)).toEqual(store.rows(entity));
      expect(store.rows(entity).length).toBeGreaterThan(0);
    }
    expect(store.rows(NetworkEpoch).length).toBeGreaterThan(1);
  });

  it('stops at a batch whose epoch ends at another time than by the clock of the oracle', async () => {
    const store = new MemoryStore();
    const wrong = { ...clock, epochSeconds: clock.epochSeconds + 1 };
    const error = await indexBatch(table(), wrong, store, blocks).catch((e) => e);
    expect(error).toBeInstanceOf(LostEventsError);
    expect(error.message).toContain('ReputationOracle.BatchProven');
    expect(error.message).toContain('observedAt');
  });

  it('stops at the next event that says otherwise, for every event but those that nothing builds on', async () => {
    const seen = new Map<string, boolean>();
    for (const { header, logs } of blocks) {
      for (const { address, logIndex, topics } of logs) {
        const handler = table()
          .get(address)
          ?.get(topics[0] ?? '');
        if (handler === undefined) continue;
        const error = await index(without(address, logIndex, header.height)).catch((caught: unknown) => caught);
        const isStopped = error instanceof Error;
        if (isStopped && !(error instanceof LostEventsError)) throw error;
        const name = handler.name.slice(0, handler.name.indexOf('('));
        // The last of a kind has no successor; once seen is what the kind can do.
        seen.set(name, (seen.get(name) ?? false) || isStopped);
      }
    }
    const never = [...seen].filter(([, isSeen]) => !isSeen).map(([name]) => name);
    expect(never.sort()).toEqual(UNSEEN);
  }, 120_000);

  it('names event, block, transaction, row, both values, and the way out, and writes nothing', async () => {
    const posted = blocks.flatMap(({ header, logs }) =>
      logs
        .filter(({ address, topics }) => table().get(address)?.get(topics[0]!)?.name.startsWith('JobMarket.JobPosted'))
        .map((log) => ({ header, log })),
    );
    const [lost, next] = posted as [(typeof posted)[number], (typeof posted)[number]];
    const error = await index(without(lost.log.address, lost.log.logIndex, lost.header.height)).catch((e) => e);
    expect(error).toBeInstanceOf(LostEventsError);
    expect(error.message).toContain('contradicts the index');
    expect(error.message).toContain('JobMarket.JobPosted');
    expect(error.message).toContain(`in block ${next.header.height} (${next.header.hash})`);
    expect(error.message).toContain(next.log.transactionHash);
    expect(error.message).toContain('Network dpin jobCount: the index comes to 0, the event says 1');
    for (const way of ['another endpoint', 'dpin rewind', 'dpin resync']) expect(error.advice).toContain(way);
    expect(error.facts).toMatchObject({ fromBlock: next.header.height, toBlock: next.header.height });
  });

  it('stops at an event that comes twice', async () => {
    const twice = blocks.map(({ header, logs }) => ({ header, logs: [...logs, ...logs] }));
    await expect(index(twice)).rejects.toThrow();
  });
});
