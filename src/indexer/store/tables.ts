import {
  Account,
  Activity,
  CommissionChange,
  Delegation,
  EvidenceAnchor,
  GpuNode,
  HardwareClass,
  Job,
  JobShard,
  Methodology,
  Network,
  OracleBatch,
  OracleEpoch,
  Reporter,
  RewardAccrual,
  RewardClaim,
  RoundAnchor,
  ScoreChange,
  UnbondingLock,
  WorkerKeyRotation,
} from '../../model';
import { NETWORK_ID } from '../ids';
import type { EventPlace } from '../source/types';
import * as births from './births';
import { type Born, type EntityClass, type RowRef, type StoreEntity, stamp, Table, type WritableStore } from './table';

/** A table whose rows are born as their event tells them, column by column. */
function table<E extends StoreEntity>(entity: EntityClass<E>): () => Table<E, [facts: Born<E>]>;
/** A table whose rows are born with more than their event tells. */
function table<E extends StoreEntity, Facts extends unknown[]>(
  entity: EntityClass<E>,
  birth: (...facts: Facts) => Born<E>,
): () => Table<E, Facts>;
function table<E extends StoreEntity, Facts extends unknown[]>(
  entity: EntityClass<E>,
  birth?: (...facts: Facts) => Born<E>,
): () => Table<E, Facts> | Table<E, [facts: Born<E>]> {
  return () => (birth ? new Table(entity, birth) : new Table(entity, (facts: Born<E>) => facts));
}

/** Every table of the index, referenced ones before those that reference them: rows are written in this order. */
const TABLES = {
  networks: table(Network, births.newNetwork),
  accounts: table(Account, births.newAccount),
  classes: table(HardwareClass),
  nodes: table(GpuNode, births.newNode),
  reporters: table(Reporter, births.newReporter),
  methodologies: table(Methodology),
  epochs: table(OracleEpoch, births.newEpoch),
  jobs: table(Job, births.newJob),
  delegations: table(Delegation, births.newDelegation),
  locks: table(UnbondingLock, births.newLock),
  shards: table(JobShard, births.newShard),
  batches: table(OracleBatch, births.newBatch),
  rounds: table(RoundAnchor, births.newRound),
  evidence: table(EvidenceAnchor),
  scoreChanges: table(ScoreChange),
  commissionChanges: table(CommissionChange),
  keyRotations: table(WorkerKeyRotation),
  accruals: table(RewardAccrual),
  claims: table(RewardClaim),
  activities: table(Activity, births.newActivity),
};
const NAMES = Object.keys(TABLES) as (keyof typeof TABLES)[];

type Tables = { readonly [Name in keyof typeof TABLES]: ReturnType<(typeof TABLES)[Name]> };

/** The tables as a handler's `rows` sees them: rows can be named, not yet used. */
export type RowNames = { readonly [Name in keyof Tables]: Pick<Tables[Name], 'ref' | 'new' | 'all'> } & {
  /** The row of the whole network. */
  readonly network: NetworkRow;
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
  readonly names: RowNames = {
    ...this.tables,
    network: new NetworkRow(this.tables.networks.ref(NETWORK_ID)),
  };

  /** Loads all named rows, one query per table. */
  async load(store: WritableStore): Promise<void> {
    for (const name of NAMES) await this.tables[name].load(store);
  }

  /** Writes all created and changed rows. */
  async flush(store: WritableStore): Promise<void> {
    for (const name of NAMES) await this.tables[name].flush(store);
  }
}
