import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EventFragment, Interface, type ParamType } from 'ethers';
import fc from 'fast-check';
import { DataSource, QueryFailedError } from 'typeorm';
import { CONTRACT_NAMES, type ContractName } from '../../src/chain/contracts';
import type { Deployment } from '../../src/chain/deployment';
import { readSettings } from '../../src/config/settings';
import { handlerTable, indexBatch } from '../../src/indexer/batch';
import { HANDLERS } from '../../src/indexer/handlers';
import type { Block } from '../../src/indexer/source/types';
import * as births from '../../src/indexer/store/births';
import { BulkDataSource } from '../../src/indexer/store/bulk-writes';
import { ormOptions } from '../../src/indexer/store/orm';
import { applyMigrations } from '../../src/indexer/store/schema';
import type { EntityClass, StoreEntity, WritableStore } from '../../src/indexer/store/table';
import * as model from '../../src/model';
import { startTestPostgres, type TestPostgres } from '../support/postgres';

// Values that contradict each other reach the columns here: this is about width, not about truth.
jest.mock('../../src/indexer/rules/checks', () => ({
  ...jest.requireActual('../../src/indexer/rules/checks'),
  agree: () => undefined,
  less: (_row: unknown, _column: string, held: bigint, taken: bigint) => held - taken,
  oneLess: (_row: unknown, _column: string, count: number) => count - 1,
}));

const CLOCK = { genesisSeconds: 1_600_000_000, epochSeconds: 3_600 };
const INT = 2n ** 31n - 1n;
/**
 * What the contracts keep below the largest value of its ABI type, each largest value with the place that does it. Times
 * and what is counted in them are bounded by the block's own time and height.
 */
const BOUNDS: Readonly<Record<string, bigint>> = {
  // NodeRegistry.registerNode: RegisterFull
  'NodeRegistered.nodeId': INT,
  // Anchors.anchorRound: MAX_COMMITMENTS, NotInRoundSlot, OpenBlockTooOld
  'RoundAnchored.count': 2n ** 24n,
  'RoundAnchored.round': INT,
  'RoundAnchored.openBlock': INT,
  // Epochs._pastEpochEnd
  'EvidenceAnchored.epoch': INT,
  'BatchProven.epoch': INT,
  // ReputationOracle._checkOrder: UnknownBatch
  'BatchProven.batch': INT / 60n,
  // The circuit: fields of the words
  'BatchProven.scoreWords': 2n ** 240n - 1n,
  'BatchProven.states': 2n ** 190n - 1n,
  // Epochs._nextEpoch
  'ReporterAdded.activeFromEpoch': INT,
  'ReporterRetired.retiredFromEpoch': INT,
  'MethodologySet.fromEpoch': INT,
  // ReporterSet._checkParameters
  'MethodologySet.lambda': 65_472n,
  'MethodologySet.eta': 65_536n,
  'MethodologySet.priorWeight': 2n ** 30n - 1n,
  'MethodologySet.establishedAt': INT,
};
/** The bounds that columns need; the others are what the handlers' arithmetic needs. */
const NEEDED_BY_COLUMNS = Object.keys(BOUNDS).filter((name) => !name.startsWith('BatchProven.s'));

const events = CONTRACT_NAMES.flatMap((contract) => {
  const handled = HANDLERS.filter((handler) => handler.contract === contract);
  if (handled.length === 0) return [];
  const abi = new Interface(readFileSync(join(__dirname, '..', '..', 'abi', `${contract}.json`), 'utf8'));
  return handled.map(({ topic }) => ({ contract, abi, fragment: abi.getEvent(topic) as EventFragment }));
});
const contracts = Object.fromEntries(
  CONTRACT_NAMES.map((name, index) => [name, `0x${(index + 1).toString(16).padStart(40, '0')}`]),
) as unknown as Deployment['contracts'];
const table = handlerTable(HANDLERS, contracts);

/** Largest value of an unsigned integer's type, or what the contract allows. */
const largest = (type: string, bound: bigint | undefined): bigint => {
  const most = 2n ** BigInt(type.slice('uint'.length)) - 1n;
  return bound === undefined || bound > most ? most : bound;
};

/** The extremes of a parameter's type; of texts and bytes also what is odd. */
function extremesOf(param: ParamType, bound: bigint | undefined): fc.Arbitrary<unknown> {
  if (param.baseType === 'array') {
    const length = param.arrayLength ?? 0;
    return fc.array(extremesOf(param.arrayChildren as ParamType, bound), { minLength: length, maxLength: length });
  }
  if (param.type.startsWith('uint')) return fc.constantFrom(0n, largest(param.type, bound));
  switch (param.type) {
    case 'bool':
      return fc.boolean();
    case 'address':
      return fc.constantFrom(`0x${'00'.repeat(20)}`, `0x${'ff'.repeat(20)}`);
    case 'bytes32':
    case 'bytes4':
      return fc.constantFrom('00', 'ff').map((byte) => `0x${byte.repeat(Number(param.type.slice('bytes'.length)))}`);
    case 'bytes':
      return fc.uint8Array({ maxLength: 40 });
    case 'string':
      return fc.oneof(fc.string({ unit: 'binary', maxLength: 256 }), fc.constant('\0"\\{},NULL'), fc.constant(''));
  }
  throw new Error(`no extremes for ${param.type}`);
}

/** Rows that an event changes, as they are born, each id with one; of the others an event makes its own. */
const BORN: Readonly<Record<string, () => object>> = {
  Network: births.newNetwork,
  Account: births.newAccount,
  HardwareClass: () => ({ number: 0, weightBps: 0 }),
  GpuNode: () =>
    births.newNode({
      nodeId: 0,
      operator: { id: 'operator' } as model.Account,
      workerKey: '',
      rewardRecipient: '',
      hardwareClass: 0,
      devices: 1,
      region: '',
      metadataURI: '',
    }),
  Reporter: () => births.newReporter({ slot: 0, keyX: 0n, keyY: 0n, activeFromEpoch: 0, retiredFromEpoch: 0 }),
  Job: () =>
    births.newJob({
      client: { id: 'client' } as model.Account,
      hardwareClass: 0,
      shardCount: 1,
      pricePerShard: 0n,
      minScoreBps: 0,
      maxScoreAge: 0n,
      deadline: new Date(0),
      specHash: '',
    }),
  Delegation: () =>
    births.newDelegation({ node: { id: 'n' } as model.GpuNode, delegator: { id: 'd' } as model.Account }),
  UnbondingLock: () =>
    births.newLock({
      node: { id: 'n' } as model.GpuNode,
      owner: { id: 'o' } as model.Account,
      isSelfStake: true,
      shares: 0n,
      amount: 0n,
      withdrawableAt: new Date(0),
    }),
  JobShard: () =>
    births.newShard({
      job: { id: 'j' } as model.Job,
      shard: 0,
      node: null,
      state: model.ShardState.CLAIMED,
      claimedAt: null,
    }),
  RoundAnchor: () =>
    births.newRound({
      round: 0,
      reporter: { id: 'r' } as model.Reporter,
      openBlock: 0,
      openBlockHash: '',
      root: '',
      count: 0,
      coinHash: '',
      txHash: '',
    }),
};
const METHODOLOGY = {
  id: '0',
  fromEpoch: 0,
  methodologyHash: '',
  lambda: 1,
  eta: 1,
  failWeight: 1,
  priorWeight: 1,
  quorum: 1,
  maxIdle: 0,
  establishedAt: 0,
};

/** Real tables, in which every row that an event changes is there. */
class EverythingThere implements WritableStore {
  constructor(private readonly source: DataSource) {}

  async all<E extends StoreEntity>(entity: EntityClass<E>): Promise<E[]> {
    return entity.name === 'Methodology' ? [this.row(entity, '0', METHODOLOGY)] : [];
  }

  async byIds<E extends StoreEntity>(entity: EntityClass<E>, ids: string[]): Promise<E[]> {
    const born = BORN[entity.name];
    return born === undefined ? [] : ids.map((id) => this.row(entity, id, born()));
  }

  insert<E extends StoreEntity>(entity: EntityClass<E>, rows: E[]): Promise<void> {
    return this.upsert(entity, rows);
  }

  async upsert<E extends StoreEntity>(entity: EntityClass<E>, rows: E[]): Promise<void> {
    if (rows.length > 0) await this.source.manager.upsert(entity as never, rows as never, ['id']);
  }

  private row<E extends StoreEntity>(entity: EntityClass<E>, id: string, values: object): E {
    const place = { block: 1, timestamp: new Date(0) };
    const lifetime = { createdBlock: 1, createdAt: new Date(0), updatedBlock: 1, updatedAt: new Date(0) };
    return Object.assign(new entity(), values, place, lifetime, { id });
  }
}

describe('the columns of the index', () => {
  let postgres: TestPostgres;
  let source: DataSource;
  let store: WritableStore;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    const settings = readSettings('indexer', {
      ...postgres.env,
      RPC_URL: 'http://127.0.0.1:1',
      CHAIN_ID: '31337',
      DEPLOYMENT_FILE: 'deployment.json',
    });
    await applyMigrations(settings);
    source = await new BulkDataSource(ormOptions(settings)).initialize();
    store = new EverythingThere(source);
  }, 60_000);
  afterAll(async () => {
    await source?.destroy();
    await postgres?.remove();
  });

  const header = {
    height: 7,
    hash: `0x${'ab'.repeat(32)}`,
    parentHash: `0x${'cd'.repeat(32)}`,
    timestamp: 1_700_000_000_000,
  };
  const take = async (contract: ContractName, abi: Interface, fragment: EventFragment, values: readonly unknown[]) => {
    const { topics, data } = abi.encodeEventLog(fragment, values);
    const address = contracts[contract] as string;
    const block: Block = {
      header,
      logs: [{ logIndex: 0, transactionHash: `0x${'ef'.repeat(32)}`, address, topics, data }],
    };
    await indexBatch(table, CLOCK, store, [block]);
  };

  it.each(events.map((event) => [`${event.contract}.${event.fragment.format()}`, event] as const))(
    'hold whatever %s can say',
    async (_, { contract, abi, fragment }) => {
      const values = fragment.inputs.map((param) => extremesOf(param, BOUNDS[`${fragment.name}.${param.name}`]));
      await fc.assert(
        fc.asyncProperty(fc.tuple(...values), (drawn) => take(contract, abi, fragment, drawn)),
        { numRuns: 16 },
      );
    },
  );

  it.each(NEEDED_BY_COLUMNS)(
    'would not hold more than the contract allows of %s, so the bound is needed',
    async (name) => {
      const { contract, abi, fragment } = events.find((event) => name.startsWith(`${event.fragment.name}.`))!;
      const values = fragment.inputs.map((param) => {
        if (`${fragment.name}.${param.name}` === name) return largest(param.type, undefined);
        return fc.sample(extremesOf(param, 0n), { numRuns: 1, seed: 1 })[0];
      });
      await expect(take(contract, abi, fragment, values)).rejects.toBeInstanceOf(QueryFailedError);
    },
  );
});
