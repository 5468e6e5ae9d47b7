import {
  Account,
  Activity,
  BatchState,
  ClassWeightChange,
  CommissionChange,
  Delegation,
  EmissionChange,
  EvidenceAnchor,
  FeeChange,
  GovernanceEvent,
  GpuNode,
  HardwareClass,
  Job,
  JobShard,
  Methodology,
  MethodologyChange,
  Network,
  NetworkDay,
  NetworkEpoch,
  OracleBatch,
  OracleEpoch,
  Reporter,
  ReporterTerm,
  RewardAccrual,
  RewardClaim,
  RewardSettlementSkip,
  RoundAnchor,
  ScoreChange,
  StakeChange,
  UnbondingLock,
  VotesDelegation,
  WeightChange,
  WorkerKeyRotation,
} from '../../model';
import { NETWORK_ID } from '../ids';
import type { EpochClock } from '../rules/periods';
import type { EventPlace } from '../source/types';
import * as births from './births';
import {
  type Born,
  type EntityClass,
  type RowRef,
  type StoreEntity,
  stamp,
  Table,
  type TableOptions,
  type WritableStore,
} from './table';

/** A table whose rows are born as their event tells them, column by column. */
function table<E extends StoreEntity>(entity: EntityClass<E>): () => Table<E, [facts: Born<E>]>;
/** A table whose rows are born with more than their event tells. */
function table<E extends StoreEntity, Facts extends unknown[]>(
  entity: EntityClass<E>,
  birth: (...facts: Facts) => Born<E>,
  options?: TableOptions,
): () => Table<E, Facts>;
function table<E extends StoreEntity, Facts extends unknown[]>(
  entity: EntityClass<E>,
  birth?: (...facts: Facts) => Born<E>,
  options?: TableOptions,
): () => Table<E, Facts> | Table<E, [facts: Born<E>]> {
  return () => (birth ? new Table(entity, birth, options) : new Table(entity, (facts: Born<E>) => facts));
}

/** Every table of the index, referenced ones before those that reference them: rows are written in this order. */
const TABLES = {
  networks: table(Network, births.newNetwork),
  networkDays: table(NetworkDay, births.newPeriod),
  networkEpochs: table(NetworkEpoch, births.newPeriod),
  accounts: table(Account, births.newAccount, { lifetime: true }),
  classes: table(HardwareClass),
  nodes: table(GpuNode, births.newNode, { lifetime: true }),
  reporters: table(Reporter, births.newReporter, { lifetime: true }),
  terms: table(ReporterTerm),
  methodologies: table(Methodology),
  methodologyChanges: table(MethodologyChange),
  epochs: table(OracleEpoch, births.newEpoch, { lifetime: true }),
  jobs: table(Job, births.newJob, { lifetime: true }),
  delegations: table(Delegation, births.newDelegation, { lifetime: true }),
  locks: table(UnbondingLock, births.newLock),
  shards: table(JobShard, births.newShard, { lifetime: true }),
  batches: table(OracleBatch, births.newBatch),
  batchStates: table(BatchState, births.newBatchState),
  rounds: table(RoundAnchor, births.newRound),
  evidence: table(EvidenceAnchor),
  scoreChanges: table(ScoreChange),
  commissionChanges: table(CommissionChange),
  stakeChanges: table(StakeChange, births.newStakeChange),
  weightChanges: table(WeightChange),
  settlementSkips: table(RewardSettlementSkip),
  votesDelegations: table(VotesDelegation),
  emissionChanges: table(EmissionChange),
  feeChanges: table(FeeChange),
  classWeightChanges: table(ClassWeightChange),
  keyRotations: table(WorkerKeyRotation),
  accruals: table(RewardAccrual),
  claims: table(RewardClaim),
  governanceEvents: table(GovernanceEvent, births.newGovernanceEvent),
  activities: table(Activity, births.newActivity),
};
const NAMES = Object.keys(TABLES) as (keyof typeof TABLES)[];

type Tables = { readonly [Name in keyof typeof TABLES]: ReturnType<(typeof TABLES)[Name]> };

/** The tables as a handler's `rows` sees them: rows can be named, not yet used. */
export type RowNames = { readonly [Name in keyof Tables]: Pick<Tables[Name], 'ref' | 'new' | 'all'> } & {
  /** The row of the whole network. */
  readonly network: NetworkRow;
  /** When epochs are: it never changes. */
  readonly clock: EpochClock;
};

/** The network's row; it always says which event changed it last. */
export class NetworkRow {
  constructor(private readonly row: RowRef<Network, []>) {}

  /** The row to be changed, made when there is none yet. */
  edit(at: EventPlace): Network {
    return stamp(this.row.editOrCreate(at), at);
  }
}

/** Everything one batch of blocks reads and writes. */
export class BatchRows {
  private readonly tables = Object.fromEntries(NAMES.map((name) => [name, TABLES[name]()])) as unknown as Tables;

  /** Where handlers name the rows they need. */
  readonly names: RowNames;

  constructor(clock: EpochClock) {
    const network = new NetworkRow(this.tables.networks.ref(NETWORK_ID));
    this.names = { ...this.tables, network, clock };
  }

  /** Loads all named rows, one query per table. */
  async load(store: WritableStore): Promise<void> {
    for (const name of NAMES) await this.tables[name].load(store);
  }

  /** Writes all created and changed rows. */
  async flush(store: WritableStore): Promise<void> {
    for (const name of NAMES) await this.tables[name].flush(store);
  }
}
