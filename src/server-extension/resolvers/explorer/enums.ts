import { registerEnumType } from 'type-graphql';

/** The index has these enums, too: the API knows them under one name, and their values are those of schema.graphql. */

export enum ScoreStatus {
  UNRATED = 'UNRATED',
  PROVISIONAL = 'PROVISIONAL',
  ESTABLISHED = 'ESTABLISHED',
  FAILING = 'FAILING',
}
registerEnumType(ScoreStatus, { name: 'ScoreStatus', description: 'Standing of a proven score' });

export enum ScoreOutcome {
  NONE = 'NONE',
  PASS = 'PASS',
  FAIL = 'FAIL',
}
registerEnumType(ScoreOutcome, {
  name: 'ScoreOutcome',
  description: "What the reporters' quorum said about a node in an epoch",
});

export enum ActivityKind {
  TRANSFER = 'TRANSFER',
  VOTES_DELEGATED = 'VOTES_DELEGATED',
  NODE_REGISTERED = 'NODE_REGISTERED',
  NODE_UPDATED = 'NODE_UPDATED',
  WORKER_KEY_ROTATED = 'WORKER_KEY_ROTATED',
  NODE_RETIRED = 'NODE_RETIRED',
  STAKE_DEPOSITED = 'STAKE_DEPOSITED',
  DELEGATED = 'DELEGATED',
  UNBONDING_STARTED = 'UNBONDING_STARTED',
  UNBONDING_WITHDRAWN = 'UNBONDING_WITHDRAWN',
  REWARD_SETTLEMENT_SKIPPED = 'REWARD_SETTLEMENT_SKIPPED',
  REWARD_DISTRIBUTOR_SET = 'REWARD_DISTRIBUTOR_SET',
  COMMISSION_SCHEDULED = 'COMMISSION_SCHEDULED',
  COMMISSION_APPLIED = 'COMMISSION_APPLIED',
  CERTIFIED = 'CERTIFIED',
  DECERTIFIED = 'DECERTIFIED',
  CERTIFICATION_THRESHOLD_SET = 'CERTIFICATION_THRESHOLD_SET',
  JOB_POSTED = 'JOB_POSTED',
  SHARD_CLAIMED = 'SHARD_CLAIMED',
  SHARD_SUBMITTED = 'SHARD_SUBMITTED',
  SHARD_ACCEPTED = 'SHARD_ACCEPTED',
  PAYMENT_RELEASED = 'PAYMENT_RELEASED',
  SHARD_EXPIRED = 'SHARD_EXPIRED',
  JOB_COMPLETED = 'JOB_COMPLETED',
  JOB_CANCELLED = 'JOB_CANCELLED',
  FEE_SET = 'FEE_SET',
  EMISSION_SET = 'EMISSION_SET',
  CLASS_WEIGHT_SET = 'CLASS_WEIGHT_SET',
  STAKE_CAP_SET = 'STAKE_CAP_SET',
  WEIGHT_UPDATED = 'WEIGHT_UPDATED',
  REWARD_ACCRUED = 'REWARD_ACCRUED',
  REWARD_CLAIMED = 'REWARD_CLAIMED',
  REPORTER_ADDED = 'REPORTER_ADDED',
  REPORTER_RETIRED = 'REPORTER_RETIRED',
  METHODOLOGY_SET = 'METHODOLOGY_SET',
  ROUND_ANCHORED = 'ROUND_ANCHORED',
  ANCHOR_PINNED = 'ANCHOR_PINNED',
  EVIDENCE_ANCHORED = 'EVIDENCE_ANCHORED',
  BATCH_PROVEN = 'BATCH_PROVEN',
}
registerEnumType(ActivityKind, {
  name: 'ActivityKind',
  description: 'What an activity row tells of; one kind per contract event',
});

export enum SortDirection {
  ASC = 'ASC',
  DESC = 'DESC',
}
registerEnumType(SortDirection, { name: 'SortDirection', description: 'Smallest first, or largest first' });
