import {
  Account,
  Activity,
  type ActivityKind,
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
import { newAccount, newNetwork } from './births';
import { Table } from './table';
import type { WritableStore } from './types';

/** What an activity row says beside its kind and place. */
export interface ActivityFacts {
  node?: GpuNode;
  account?: Account;
  counterparty?: string;
  job?: Job;
  amount?: bigint;
}

/** Everything one batch of blocks reads and writes. */
export class Rows {
  readonly networks = new Table(Network);
  readonly accounts = new Table(Account);
  readonly classes = new Table(HardwareClass);
  readonly nodes = new Table(GpuNode);
  readonly reporters = new Table(Reporter);
  readonly methodologies = new Table(Methodology);
  readonly epochs = new Table(OracleEpoch);
  readonly jobs = new Table(Job);
  readonly delegations = new Table(Delegation);
  readonly locks = new Table(UnbondingLock);
  readonly shards = new Table(JobShard);
  readonly batches = new Table(OracleBatch);
  readonly rounds = new Table(RoundAnchor);
  readonly evidence = new Table(EvidenceAnchor);
  readonly scoreChanges = new Table(ScoreChange);
  readonly commissionChanges = new Table(CommissionChange);
  readonly keyRotations = new Table(WorkerKeyRotation);
  readonly accruals = new Table(RewardAccrual);
  readonly claims = new Table(RewardClaim);
  readonly activities = new Table(Activity);

  /** Referenced tables before those that reference them. */
  private readonly tables = [
    this.networks,
    this.accounts,
    this.classes,
    this.nodes,
    this.reporters,
    this.methodologies,
    this.epochs,
    this.jobs,
    this.delegations,
    this.locks,
    this.shards,
    this.batches,
    this.rounds,
    this.evidence,
    this.scoreChanges,
    this.commissionChanges,
    this.keyRotations,
    this.accruals,
    this.claims,
    this.activities,
  ];

  /** Loads all wanted rows, one query per table. */
  async load(store: WritableStore): Promise<void> {
    this.networks.want(NETWORK_ID);
    for (const table of this.tables) await table.load(store);
  }

  /** Writes all created and changed rows. */
  async flush(store: WritableStore): Promise<void> {
    for (const table of this.tables) await table.flush(store);
  }

  /** The network's row, to be changed. */
  network(at: EventPlace): Network {
    const network = this.networks.editOr(NETWORK_ID, () => newNetwork(at));
    network.block = at.block;
    network.timestamp = at.timestamp;
    return network;
  }

  /** An account to be changed; an address seen for the first time becomes one. */
  account(address: string, at: EventPlace): Account {
    return this.accounts.editOr(address, () => newAccount(address, at));
  }

  /** An account to refer to, written only if the address is new. */
  accountRef(address: string, at: EventPlace): Account {
    return this.accounts.find(address) ?? this.accounts.add(newAccount(address, at));
  }

  /** Adds the event's row to the feed. */
  activity(kind: ActivityKind, at: EventPlace, facts: ActivityFacts): void {
    this.activities.add(
      new Activity({
        id: at.id,
        kind,
        node: facts.node ?? null,
        account: facts.account ?? null,
        counterparty: facts.counterparty ?? null,
        job: facts.job ?? null,
        amount: facts.amount ?? null,
        txHash: at.txHash,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
  }
}
