import {
  type Account,
  type Activity,
  type BatchState,
  type Delegation,
  type GovernanceEvent,
  type GpuNode,
  type Job,
  type JobShard,
  JobStatus,
  type Network,
  type NetworkDay,
  type OracleBatch,
  type OracleEpoch,
  type Reporter,
  type RoundAnchor,
  ScoreStatus,
  type StakeChange,
  type UnbondingLock,
} from '../../model';
import type { Period } from '../rules/periods';
import { EMPTY_STATE_COMMITMENT } from '../rules/scores';
import type { Born } from './table';

/**
 * Rows as they are born whose event does not say all of it: what it says comes in as facts, the rest is what holds
 * before anything else happened. The types ask for every column, so a column new in the schema is missed here first.
 */

export const newNetwork = (): Born<Network> => ({
  totalSupply: 0n,
  holders: 0,
  transferCount: 0,
  transferVolume: 0n,
  totalStaked: 0n,
  totalUnbonding: 0n,
  unbondingLockCount: 0,
  rewardDistributor: null,
  certificationThreshold: null,
  nodeCount: 0,
  certifiedNodeCount: 0,
  retiredNodeCount: 0,
  unratedNodeCount: 0,
  provisionalNodeCount: 0,
  establishedNodeCount: 0,
  failingNodeCount: 0,
  scoreSumBps: 0n,
  delegationCount: 0,
  jobCount: 0,
  completedJobCount: 0,
  cancelledJobCount: 0,
  openShardCount: 0n,
  acceptedShardCount: 0,
  expiredShardCount: 0,
  escrowed: 0n,
  jobPayments: 0n,
  jobFees: 0n,
  jobFeeBps: null,
  treasury: null,
  emissionRate: 0n,
  emissionEndsAt: null,
  emissionFunded: 0n,
  emissionUndistributed: 0n,
  stakeCap: null,
  totalWeight: 0n,
  rewardPerWeight: 0n,
  rewardPerWeightAt: null,
  rewardsAccrued: 0n,
  rewardsClaimed: 0n,
  reporterCount: 0,
  roundCount: 0,
  batchCount: 0,
  lastProvenEpoch: null,
  lastProvenAt: null,
  historiesAfterBlock: 0,
});

/** A day or an epoch of the network's series: `NetworkEpoch` has the same columns. */
export const newPeriod = (period: Period, network: Network): Born<NetworkDay> => ({
  number: period.number,
  startsAt: new Date(period.startSeconds * 1000),
  totalSupply: network.totalSupply,
  holders: network.holders,
  transferCount: network.transferCount,
  transferVolume: network.transferVolume,
  totalStaked: network.totalStaked,
  totalUnbonding: network.totalUnbonding,
  nodeCount: network.nodeCount,
  certifiedNodeCount: network.certifiedNodeCount,
  retiredNodeCount: network.retiredNodeCount,
  unratedNodeCount: network.unratedNodeCount,
  provisionalNodeCount: network.provisionalNodeCount,
  establishedNodeCount: network.establishedNodeCount,
  failingNodeCount: network.failingNodeCount,
  scoreSumBps: network.scoreSumBps,
  delegationCount: network.delegationCount,
  jobCount: network.jobCount,
  completedJobCount: network.completedJobCount,
  cancelledJobCount: network.cancelledJobCount,
  openShardCount: network.openShardCount,
  acceptedShardCount: network.acceptedShardCount,
  expiredShardCount: network.expiredShardCount,
  escrowed: network.escrowed,
  jobPayments: network.jobPayments,
  jobFees: network.jobFees,
  totalWeight: network.totalWeight,
  rewardsAccrued: network.rewardsAccrued,
  rewardsClaimed: network.rewardsClaimed,
  roundCount: network.roundCount,
  batchCount: network.batchCount,
});

export const newAccount = (): Born<Account> => ({
  balance: 0n,
  transferCount: 0,
  votesDelegate: null,
  votes: 0n,
  delegationCount: 0,
  unbonding: 0n,
  claimedRewards: 0n,
  jobCount: 0,
});

type NodeFacts = 'nodeId' | 'operator' | 'workerKey' | 'rewardRecipient' | 'hardwareClass' | 'devices' | 'region';

export const newNode = (facts: Pick<GpuNode, NodeFacts | 'metadataURI'>): Born<GpuNode> => ({
  ...facts,
  retired: false,
  certified: false,
  selfStake: 0n,
  delegatedStake: 0n,
  totalStake: 0n,
  totalShares: 0n,
  delegatorCount: 0,
  commissionBps: 0,
  pendingCommissionBps: null,
  pendingCommissionAt: null,
  scoreBps: 0,
  scoreStatus: ScoreStatus.UNRATED,
  scoreUpdatedAt: null,
  scoreEpoch: null,
  alpha: 0n,
  beta: 0n,
  perf: 0n,
  idle: 0,
  passCount: 0,
  failCount: 0,
  weight: 0n,
  rewardPerWeightPaid: 0n,
  rewardPerShare: 0n,
  operatorRewardPerStake: 0n,
  settledAt: null,
  accruedRewards: 0n,
  operatorRewards: 0n,
  commissionRewards: 0n,
  claimedRewards: 0n,
  operatorClaimedRewards: 0n,
  activeShardCount: 0,
  claimedShardCount: 0,
  acceptedShardCount: 0,
  expiredShardCount: 0,
  jobEarnings: 0n,
});

type ReporterFacts = 'slot' | 'keyX' | 'keyY' | 'activeFromEpoch' | 'retiredFromEpoch';

export const newReporter = (facts: Pick<Reporter, ReporterFacts>): Born<Reporter> => ({
  ...facts,
  roundCount: 0,
  evidenceCount: 0,
});

export const newEpoch = (facts: Pick<OracleEpoch, 'number'>): Born<OracleEpoch> => ({
  ...facts,
  observedAt: null,
  batchCount: 0,
  evidenceCount: 0,
  changedNodeCount: 0,
});

type JobFacts =
  | 'client'
  | 'hardwareClass'
  | 'shardCount'
  | 'pricePerShard'
  | 'minScoreBps'
  | 'maxScoreAge'
  | 'deadline';

export const newJob = (facts: Pick<Job, JobFacts | 'specHash'>): Born<Job> => ({
  ...facts,
  status: JobStatus.OPEN,
  openShardCount: facts.shardCount,
  activeShardCount: 0,
  acceptedShardCount: 0,
  expiredShardCount: 0,
  paid: 0n,
  fees: 0n,
  refunded: 0n,
  closedAt: null,
});

export const newDelegation = (facts: Pick<Delegation, 'node' | 'delegator'>): Born<Delegation> => ({
  ...facts,
  shares: 0n,
  deposited: 0n,
  unbonded: 0n,
  pendingRewards: 0n,
  rewardPerSharePaid: 0n,
  claimedRewards: 0n,
});

export const newLock = (facts: Omit<Born<UnbondingLock>, 'withdrawnAt'>): Born<UnbondingLock> => ({
  ...facts,
  withdrawnAt: null,
});

/** Born by a claim, or by the expiry of a shard that nobody claimed. */
export const newShard = (facts: Pick<JobShard, 'job' | 'shard' | 'node' | 'state' | 'claimedAt'>): Born<JobShard> => ({
  ...facts,
  submittedAt: null,
  autoAcceptAt: null,
  resultHash: null,
  acceptedAutomatically: null,
  settledAt: null,
  payment: null,
  fee: null,
  recipient: null,
});

export const newBatch = (facts: Omit<Born<OracleBatch>, 'nodeCount'>): Born<OracleBatch> => ({
  ...facts,
  nodeCount: 0,
});

/** Born by its first proof, which fills it in. */
export const newBatchState = (facts: Pick<BatchState, 'number'>): Born<BatchState> => ({
  ...facts,
  epoch: -1,
  observedAt: new Date(0),
  commitment: EMPTY_STATE_COMMITMENT,
  scoreWords: new Uint8Array(),
  states: new Uint8Array(),
  proofCount: 0,
});

export const newRound = (facts: Omit<Born<RoundAnchor>, 'anchorBlockHash'>): Born<RoundAnchor> => ({
  ...facts,
  anchorBlockHash: null,
});

type StakeFacts = 'kind' | 'node' | 'account' | 'amount' | 'shares' | 'accountShares';

/** Takes what is left from the node, which must be changed already. */
export const newStakeChange = (facts: Pick<StakeChange, StakeFacts> & { lock?: UnbondingLock }): Born<StakeChange> => ({
  ...facts,
  lock: facts.lock ?? null,
  selfStake: facts.node.selfStake,
  delegatedStake: facts.node.delegatedStake,
  totalShares: facts.node.totalShares,
});

type GovernanceFacts = 'kind' | 'contract' | 'txHash';

export const newGovernanceEvent = (
  facts: Pick<GovernanceEvent, GovernanceFacts> & Partial<Born<GovernanceEvent>>,
): Born<GovernanceEvent> => ({
  role: null,
  byRole: null,
  account: null,
  target: null,
  selector: null,
  operationId: null,
  nonce: null,
  data: null,
  delaySeconds: null,
  effectiveAt: null,
  newMember: null,
  closed: null,
  label: null,
  ...facts,
});

/** What an activity says beside its kind and place. */
export type ActivityFacts = Partial<Pick<Activity, 'node' | 'account' | 'counterparty' | 'job' | 'amount'>>;

export const newActivity = (
  kind: Activity['kind'],
  txHash: Activity['txHash'],
  facts: ActivityFacts,
): Born<Activity> => ({
  kind,
  txHash,
  node: facts.node ?? null,
  account: facts.account ?? null,
  counterparty: facts.counterparty ?? null,
  job: facts.job ?? null,
  amount: facts.amount ?? null,
});
