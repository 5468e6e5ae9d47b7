import type { Handler } from '../handler';
import { authoritiesUpdated } from './access-manager/authority-updated';
import { operationCanceled } from './access-manager/operation-canceled';
import { operationExecuted } from './access-manager/operation-executed';
import { operationScheduled } from './access-manager/operation-scheduled';
import { roleAdminChanged } from './access-manager/role-admin-changed';
import { roleGrantDelayChanged } from './access-manager/role-grant-delay-changed';
import { roleGranted } from './access-manager/role-granted';
import { roleGuardianChanged } from './access-manager/role-guardian-changed';
import { roleLabel } from './access-manager/role-label';
import { roleRevoked } from './access-manager/role-revoked';
import { targetAdminDelayUpdated } from './access-manager/target-admin-delay-updated';
import { targetClosed } from './access-manager/target-closed';
import { targetFunctionRoleUpdated } from './access-manager/target-function-role-updated';
import { delegateChanged } from './dpn-token/delegate-changed';
import { delegateVotesChanged } from './dpn-token/delegate-votes-changed';
import { transfer } from './dpn-token/transfer';
import { feeSet } from './job-market/fee-set';
import { jobCancelled } from './job-market/job-cancelled';
import { jobCompleted } from './job-market/job-completed';
import { jobPosted } from './job-market/job-posted';
import { paymentReleased } from './job-market/payment-released';
import { shardAccepted } from './job-market/shard-accepted';
import { shardClaimed } from './job-market/shard-claimed';
import { shardExpired } from './job-market/shard-expired';
import { shardSubmitted } from './job-market/shard-submitted';
import { nodeRegistered } from './node-registry/node-registered';
import { nodeRetired } from './node-registry/node-retired';
import { nodeUpdated } from './node-registry/node-updated';
import { workerKeyRotated } from './node-registry/worker-key-rotated';
import { certificationThresholdSet } from './node-staking/certification-threshold-set';
import { certified } from './node-staking/certified';
import { commissionApplied } from './node-staking/commission-applied';
import { commissionScheduled } from './node-staking/commission-scheduled';
import { decertified } from './node-staking/decertified';
import { delegated } from './node-staking/delegated';
import { rewardDistributorSet } from './node-staking/reward-distributor-set';
import { rewardSettlementSkipped } from './node-staking/reward-settlement-skipped';
import { stakeDeposited } from './node-staking/stake-deposited';
import { unbondingStarted } from './node-staking/unbonding-started';
import { unbondingWithdrawn } from './node-staking/unbonding-withdrawn';
import { anchorPinned } from './reputation-oracle/anchor-pinned';
import { batchProven } from './reputation-oracle/batch-proven';
import { evidenceAnchored } from './reputation-oracle/evidence-anchored';
import { methodologySet } from './reputation-oracle/methodology-set';
import { reporterAdded } from './reputation-oracle/reporter-added';
import { reporterRetired } from './reputation-oracle/reporter-retired';
import { roundAnchored } from './reputation-oracle/round-anchored';
import { classWeightSet } from './reward-distributor/class-weight-set';
import { delegatorSettled } from './reward-distributor/delegator-settled';
import { emissionSet } from './reward-distributor/emission-set';
import { rewardAccrued } from './reward-distributor/reward-accrued';
import { rewardClaimed } from './reward-distributor/reward-claimed';
import { stakeCapSet } from './reward-distributor/stake-cap-set';
import { weightUpdated } from './reward-distributor/weight-updated';

/** Every event the index follows, in the order of the imports: by contract, by name. */
export const HANDLERS: readonly Handler[] = [
  ...authoritiesUpdated,
  operationCanceled,
  operationExecuted,
  operationScheduled,
  roleAdminChanged,
  roleGrantDelayChanged,
  roleGranted,
  roleGuardianChanged,
  roleLabel,
  roleRevoked,
  targetAdminDelayUpdated,
  targetClosed,
  targetFunctionRoleUpdated,
  delegateChanged,
  delegateVotesChanged,
  transfer,
  feeSet,
  jobCancelled,
  jobCompleted,
  jobPosted,
  paymentReleased,
  shardAccepted,
  shardClaimed,
  shardExpired,
  shardSubmitted,
  nodeRegistered,
  nodeRetired,
  nodeUpdated,
  workerKeyRotated,
  certificationThresholdSet,
  certified,
  commissionApplied,
  commissionScheduled,
  decertified,
  delegated,
  rewardDistributorSet,
  rewardSettlementSkipped,
  stakeDeposited,
  unbondingStarted,
  unbondingWithdrawn,
  anchorPinned,
  batchProven,
  evidenceAnchored,
  methodologySet,
  reporterAdded,
  reporterRetired,
  roundAnchored,
  classWeightSet,
  delegatorSettled,
  emissionSet,
  rewardAccrued,
  rewardClaimed,
  stakeCapSet,
  weightUpdated,
];
