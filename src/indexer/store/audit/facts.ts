import { NETWORK_ID } from '../../ids';

/**
 * What an audit takes from the index: of each row the values that contracts, or other rows, have a say about. All of
 * them come out as text, or null: times in seconds, bytes as hex without 0x. A row is taken whatever stands in it, and
 * whatever rows it belongs to are gone: what cannot be true is for the comparison to say.
 */

/** Values of one row by name. */
export type Facts = Readonly<Record<string, string | null>>;

interface Source {
  /** FROM of the statement; `t.id` is the id. */
  from: string;
  /** SQL of each value, by name. */
  values: Readonly<Record<string, string>>;
}

/** A time that is none, such as infinity, stays as it is. */
const seconds = (column: string): string =>
  `CASE WHEN isfinite(${column}) THEN extract(epoch FROM ${column})::bigint::text ELSE ${column}::text END`;
const hex = (column: string): string => `encode(${column}, 'hex')`;
const count = (table: string, where = 'true'): string => `(SELECT count(*) FROM ${table} WHERE ${where})`;
const sum = (table: string, value: string, where = 'true'): string =>
  `(SELECT coalesce(sum(${value}), 0) FROM ${table} WHERE ${where})`;

/** Rows of a table that belong to a row of `t`, counted and summed once for all. */
const joined = (name: string, table: string, key: string, columns: string): string =>
  `LEFT JOIN (SELECT ${key} AS id, ${columns} FROM ${table} GROUP BY ${key}) ${name} ON ${name}.id = t.id`;

/** Pairs of name and text in one JSON object. */
const textsOf = (values: Readonly<Record<string, string>>): string =>
  `jsonb_build_object(${Object.entries(values)
    .map(([name, sql]) => `'${name}', (${sql})::text`)
    .join(', ')})`;

/** The columns that what can be claimed of a node follows from, with those of its claimant. */
const claimable = (node: string, claimant: Readonly<Record<string, string>>): string =>
  textsOf({
    ...claimant,
    rewardPerWeight: 'w.reward_per_weight',
    rewardPerWeightAt: seconds('w.reward_per_weight_at'),
    emissionRate: 'w.emission_rate',
    emissionEndsAt: seconds('w.emission_ends_at'),
    totalWeight: 'w.total_weight',
    weight: `${node}.weight`,
    rewardPerWeightPaid: `${node}.reward_per_weight_paid`,
    rewardPerShare: `${node}.reward_per_share`,
    selfStake: `${node}.self_stake`,
    delegatedStake: `${node}.delegated_stake`,
    totalShares: `${node}.total_shares`,
    commissionBps: `${node}.commission_bps`,
  });
const NETWORK = `LEFT JOIN network w ON w.id = '${NETWORK_ID}'`;

/** The newest row of a series, and what it is a copy of, each as one text. */
const series = (table: string): Source => ({
  from: `(SELECT * FROM ${table} ORDER BY id DESC LIMIT 1) t LEFT JOIN network n ON true`,
  values: {
    figures: `(to_jsonb(t) - 'id' - 'number' - 'starts_at')::text`,
    'figures of the network': `(SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(n))
      WHERE key <> 'id' AND to_jsonb(t) ? key)::text`,
  },
});
const scored = (status: string): string => count('gpu_node', `NOT retired AND score_status = '${status}'`);

/** What is compared though no row may be there. */
const ALWAYS = `(SELECT '${NETWORK_ID}' AS id) t`;
/** Rows since histories are whole; an earlier release kept fewer of them. */
const SINCE_WHOLE = 'block > coalesce((SELECT max(histories_after_block) FROM network), 0)';

/** By entity; an entity that is not here is in HISTORIES, whose rows have a checksum. */
export const FACTS = {
  Network: {
    from: `${ALWAYS} LEFT JOIN network n ON n.id = t.id`,
    values: {
      totalSupply: 'n.total_supply',
      holders: 'n.holders',
      totalStaked: 'n.total_staked',
      totalUnbonding: 'n.total_unbonding',
      unbondingLockCount: 'n.unbonding_lock_count',
      rewardDistributor: 'n.reward_distributor',
      certificationThreshold: 'n.certification_threshold',
      nodeCount: 'n.node_count',
      certifiedNodeCount: 'n.certified_node_count',
      retiredNodeCount: 'n.retired_node_count',
      unratedNodeCount: 'n.unrated_node_count',
      provisionalNodeCount: 'n.provisional_node_count',
      establishedNodeCount: 'n.established_node_count',
      failingNodeCount: 'n.failing_node_count',
      scoreSumBps: 'n.score_sum_bps',
      openShardCount: 'n.open_shard_count',
      delegationCount: 'n.delegation_count',
      jobCount: 'n.job_count',
      escrowed: 'n.escrowed',
      jobFeeBps: 'n.job_fee_bps',
      treasury: 'n.treasury',
      emissionRate: 'n.emission_rate',
      emissionEndsAt: seconds('n.emission_ends_at'),
      emissionFunded: 'n.emission_funded',
      stakeCap: 'n.stake_cap',
      totalWeight: 'n.total_weight',
      reporterCount: 'n.reporter_count',
      roundCount: 'n.round_count',
      batchCount: 'n.batch_count',
      rewardsAccrued: 'n.rewards_accrued',
      rewardsClaimed: 'n.rewards_claimed',
      'rows with a balance': count('account', 'balance > 0'),
      'rows of certified nodes': count('gpu_node', 'certified'),
      'rows of retired nodes': count('gpu_node', 'retired'),
      'rows of unrated nodes': scored('UNRATED'),
      'rows of provisional nodes': scored('PROVISIONAL'),
      'rows of established nodes': scored('ESTABLISHED'),
      'rows of failing nodes': scored('FAILING'),
      'sum of scores': sum('gpu_node', 'score_bps', 'NOT retired'),
      'sum of open shards': sum('job', 'open_shard_count'),
      'rows with shares': count('delegation', 'shares > 0'),
      'rows of running terms': count('reporter', 'retired_from_epoch IS NULL'),
      'rows of rounds': count('round_anchor'),
      'rows of batches': count('oracle_batch'),
      'sum of accrued rewards': sum('gpu_node', 'accrued_rewards'),
      'sum of claimed rewards': sum('gpu_node', 'claimed_rewards'),
    },
  },
  Sums: {
    from: ALWAYS,
    values: {
      balances: sum('account', 'balance'),
      stakes: sum('gpu_node', 'self_stake + delegated_stake'),
      unbonding: sum('unbonding_lock', 'amount', 'withdrawn_at IS NULL'),
      weights: sum('gpu_node', 'weight'),
      escrows: sum(
        'job',
        'price_per_shard * (shard_count::bigint - accepted_shard_count - expired_shard_count)',
        `status = 'OPEN'`,
      ),
      nodes: count('gpu_node'),
      locks: count('unbonding_lock'),
      jobs: count('job'),
      'classes with a weight': count('hardware_class', 'weight_bps > 0'),
      'states of batches': count('batch_state'),
      'running terms': count('reporter_term', 'retired_from_epoch IS NULL'),
      'newest methodology': '(SELECT methodology_hash FROM methodology ORDER BY from_epoch DESC LIMIT 1)',
      classes: count('hardware_class', SINCE_WHOLE),
      terms: count('reporter_term', SINCE_WHOLE),
      methodologies: count('methodology', SINCE_WHOLE),
      epochs: count('oracle_epoch'),
      'rows of classes': '(SELECT count(DISTINCT hardware_class_id) FROM class_weight_change)',
      'rows of terms': count('activity', `kind = 'REPORTER_ADDED' AND ${SINCE_WHOLE}`),
      'rows of methodologies': '(SELECT count(DISTINCT from_epoch) FROM methodology_change)',
      'rows of epochs': count('(SELECT epoch_id FROM oracle_batch UNION SELECT epoch_id FROM evidence_anchor) e'),
    },
  },
  NetworkDay: series('network_day'),
  NetworkEpoch: series('network_epoch'),
  HardwareClass: { from: 'hardware_class t', values: { number: 't.number', weightBps: 't.weight_bps' } },
  GpuNode: {
    from: `gpu_node t ${NETWORK}
      ${joined('d', 'delegation', 'node_id', 'sum(shares) AS shares, count(*) FILTER (WHERE shares > 0) AS delegators')}
      ${joined('a', 'reward_accrual', 'node_id', 'sum(amount) AS amount')}
      ${joined('c', 'reward_claim', 'node_id', 'sum(amount) AS amount')}
      ${joined('s', 'job_shard', 'node_id', 'count(*) AS claimed')}
      ${joined(
        'v',
        'score_change',
        'node_id',
        `count(*) FILTER (WHERE outcome = 'PASS') AS passed, count(*) FILTER (WHERE outcome = 'FAIL') AS failed`,
      )}`,
    values: {
      nodeId: 't.node_id',
      operator: 't.operator_id',
      workerKey: 't.worker_key',
      rewardRecipient: 't.reward_recipient',
      hardwareClass: 't.hardware_class',
      devices: 't.devices',
      retired: 't.retired',
      registeredAt: seconds('t.timestamp'),
      certified: 't.certified',
      selfStake: 't.self_stake',
      delegatedStake: 't.delegated_stake',
      totalStake: 't.total_stake',
      totalShares: 't.total_shares',
      delegatorCount: 't.delegator_count',
      commissionBps: 't.commission_bps',
      pendingCommissionBps: 't.pending_commission_bps',
      pendingCommissionAt: seconds('t.pending_commission_at'),
      scoreBps: 't.score_bps',
      scoreStatus: 't.score_status',
      scoreUpdatedAt: seconds('t.score_updated_at'),
      weight: 't.weight',
      accruedRewards: 't.accrued_rewards',
      claimedRewards: 't.claimed_rewards',
      claimable: claimable('t', {
        operatorRewards: 't.operator_rewards',
        operatorClaimedRewards: 't.operator_claimed_rewards',
      }),
      claimedShardCount: 't.claimed_shard_count',
      'sum of shares': 'coalesce(d.shares, 0)',
      'rows with shares': 'coalesce(d.delegators, 0)',
      'sum of accruals': 'coalesce(a.amount, 0)',
      'sum of claims': 'coalesce(c.amount, 0)',
      'rows of shards': 'coalesce(s.claimed, 0)',
      passCount: 't.pass_count',
      failCount: 't.fail_count',
      'rows of passes': 'coalesce(v.passed, 0)',
      'rows of failures': 'coalesce(v.failed, 0)',
    },
  },
  Account: {
    from: `account t
      ${joined('d', 'delegation', 'delegator_id', 'count(*) FILTER (WHERE shares > 0) AS delegations')}
      ${joined('l', 'unbonding_lock', 'owner_id', 'sum(amount) FILTER (WHERE withdrawn_at IS NULL) AS amount')}
      ${joined('c', 'reward_claim', 'account_id', 'sum(amount) AS amount')}`,
    values: {
      address: 't.id',
      balance: 't.balance',
      votesDelegate: 't.votes_delegate',
      votes: 't.votes',
      delegationCount: 't.delegation_count',
      unbonding: 't.unbonding',
      claimedRewards: 't.claimed_rewards',
      'rows with shares': 'coalesce(d.delegations, 0)',
      'sum of locks': 'coalesce(l.amount, 0)',
      'sum of claims': 'coalesce(c.amount, 0)',
    },
  },
  Delegation: {
    from: `delegation t LEFT JOIN gpu_node n ON n.id = t.node_id ${NETWORK}`,
    values: {
      nodeId: 'n.node_id',
      delegator: 't.delegator_id',
      shares: 't.shares',
      claimable: claimable('n', {
        pendingRewards: 't.pending_rewards',
        rewardPerSharePaid: 't.reward_per_share_paid',
        shares: 't.shares',
      }),
    },
  },
  UnbondingLock: {
    from: 'unbonding_lock t LEFT JOIN gpu_node n ON n.id = t.node_id',
    values: {
      lockId: 't.id',
      nodeId: 'n.node_id',
      owner: 't.owner_id',
      amount: 't.amount',
      withdrawableAt: seconds('t.withdrawable_at'),
      withdrawn: 't.withdrawn_at IS NOT NULL',
    },
  },
  Job: {
    from: `job t
      ${joined('s', 'job_shard', 'job_id', `count(*) FILTER (WHERE state IN ('ACCEPTED', 'EXPIRED')) AS settled`)}`,
    values: {
      jobId: 't.id',
      client: 't.client_id',
      hardwareClass: 't.hardware_class',
      shardCount: 't.shard_count',
      pricePerShard: 't.price_per_shard',
      minScoreBps: 't.min_score_bps',
      maxScoreAge: 't.max_score_age',
      deadline: seconds('t.deadline'),
      specHash: 't.spec_hash',
      settledShards: 't.accepted_shard_count::bigint + t.expired_shard_count',
      'rows of settled shards': 'coalesce(s.settled, 0)',
      openShardCount: 't.open_shard_count',
      'shards left': `CASE WHEN t.status = 'OPEN'
        THEN t.shard_count::bigint - t.active_shard_count - t.accepted_shard_count - t.expired_shard_count ELSE 0 END`,
      cancelled: `t.status = 'CANCELLED'`,
    },
  },
  JobShard: {
    from: 'job_shard t LEFT JOIN gpu_node n ON n.id = t.node_id',
    values: {
      jobId: 't.job_id',
      shard: 't.shard',
      node: 'n.node_id',
      state: 't.state',
      claimedAt: seconds('t.claimed_at'),
      submittedAt: seconds('t.submitted_at'),
      resultHash: 't.result_hash',
    },
  },
  BatchState: {
    from: 'batch_state t',
    values: {
      number: 't.number',
      epoch: 't.epoch',
      observedAt: seconds('t.observed_at'),
      commitment: 't.commitment',
      scoreWords: hex('t.score_words'),
    },
  },
  RoundAnchor: {
    from: 'round_anchor t',
    values: {
      round: 't.round',
      reporter: 't.reporter_id',
      block: 't.block',
      openBlock: 't.open_block',
      openBlockHash: 't.open_block_hash',
      root: 't.root',
      count: 't.count',
      coinHash: 't.coin_hash',
      anchorBlockHash: 't.anchor_block_hash',
    },
  },
  EvidenceAnchor: {
    from: 'evidence_anchor t LEFT JOIN oracle_epoch e ON e.id = t.epoch_id',
    values: {
      epoch: 'e.number',
      reporter: 't.reporter_id',
      evidenceRoot: 't.evidence_root',
      measurementsHash: 't.measurements_hash',
    },
  },
  OracleEpoch: {
    from: `oracle_epoch t
      ${joined('b', 'oracle_batch', 'epoch_id', 'count(*) AS rows')}
      ${joined('e', 'evidence_anchor', 'epoch_id', 'count(*) AS rows')}`,
    values: {
      batchCount: 't.batch_count',
      evidenceCount: 't.evidence_count',
      'rows of batches': 'coalesce(b.rows, 0)',
      'rows of evidence': 'coalesce(e.rows, 0)',
    },
  },
  Reporter: {
    from: `reporter t
      ${joined('r', 'round_anchor', 'reporter_id', 'count(*) AS rows')}
      ${joined('e', 'evidence_anchor', 'reporter_id', 'count(*) AS rows')}`,
    values: {
      reporter: 't.id',
      slot: 't.slot',
      keyX: 't.key_x',
      keyY: 't.key_y',
      retired: 't.retired_from_epoch IS NOT NULL',
      roundCount: 't.round_count',
      evidenceCount: 't.evidence_count',
      'rows of rounds': 'coalesce(r.rows, 0)',
      'rows of evidence': 'coalesce(e.rows, 0)',
    },
  },
  ReporterTerm: {
    from: 'reporter_term t',
    values: {
      reporter: 't.reporter_id',
      slot: 't.slot',
      keyX: 't.key_x',
      keyY: 't.key_y',
      activeFromEpoch: 't.active_from_epoch',
      retiredFromEpoch: 't.retired_from_epoch',
    },
  },
  Methodology: {
    from: 'methodology t',
    values: {
      fromEpoch: 't.from_epoch',
      methodologyHash: 't.methodology_hash',
      lambda: 't.lambda',
      eta: 't.eta',
      failWeight: 't.fail_weight',
      priorWeight: 't.prior_weight',
      quorum: 't.quorum',
      maxIdle: 't.max_idle',
      establishedAt: 't.established_at',
    },
  },
} as const satisfies Record<string, Source>;

/** What an audit compares, by name: entities of the index, and `Sums` over all their rows. */
export type Audited = keyof typeof FACTS;

/** A SELECT of entity, id and values of every row, in order of the ids. */
export function factsQuery(entity: Audited): string {
  const { from, values }: Source = FACTS[entity];
  return `SELECT '${entity}', t.id, ${textsOf(values)} FROM ${from} ORDER BY t.id`;
}
