import { ZeroAddress, ZeroHash } from 'ethers';
import { functions as token } from '../../abi/DPNToken';
import { functions as market } from '../../abi/JobMarket';
import { functions as registry } from '../../abi/NodeRegistry';
import { functions as staking } from '../../abi/NodeStaking';
import { functions as oracle } from '../../abi/ReputationOracle';
import { functions as rewards } from '../../abi/RewardDistributor';
import { BATCH_SIZE, SCORE_STATUSES } from '../../protocol/scoring/words';
import { wordBytes } from '../rules/scores';
import { dateOf } from '../rules/storable';
import type { Audited, FACTS, Facts } from '../store/audit/facts';
import { NoKey, type Read } from './reads';

/** What the chain says of a row: values by the name of the fact that must be the same. */
type Said<E extends Audited> = Partial<Record<keyof (typeof FACTS)[E]['values'], unknown>>;
type FactsOf<E extends Audited> = Record<keyof (typeof FACTS)[E]['values'], string | null>;
/** Gives what the chain says of a row; undefined when it knows none like it. @throws NoKey */
type View<E extends Audited> = (facts: FactsOf<E>, read: Read) => Promise<Said<E> | undefined>;

/** States of a shard by their number in the contract. */
const SHARD_STATES = ['OPEN', 'CLAIMED', 'SUBMITTED', 'ACCEPTED', 'EXPIRED'];
/** An epoch that no term has ended before, but those that have ended. */
const FAR_EPOCH = 2n ** 47n;

const time = (seconds: bigint): bigint => BigInt(dateOf(seconds).getTime()) / 1_000n;
/** Null where the contract has nothing yet. */
const unlessZero = <T extends string | bigint>(value: T | undefined): T | null =>
  value === 0n || value === ZeroAddress || value === ZeroHash || value === undefined ? null : value;

/** What the chain says; null where the index says that it does not know it. */
const unlessUnknown = <T>(fact: string | null, said: T): T | null => (fact === null ? null : said);

/** A number by which contracts know a row. @throws NoKey when it is none */
function numberOf(text: string | null): bigint {
  if (text === null || !/^-?\d+$/.test(text)) throw new NoKey(`${text} is no number`);
  return BigInt(text);
}

/** How each row is found on the chain. */
const VIEWS: { readonly [E in Audited]: View<E> } = {
  Network: async (facts, read) => ({
    ...(await all({
      totalSupply: read('DPNToken', token.totalSupply, {}),
      totalStaked: read('NodeStaking', staking.totalStaked, {}),
      totalUnbonding: read('NodeStaking', staking.totalUnbonding, {}),
      unbondingLockCount: read('NodeStaking', staking.lockCount, {}),
      rewardDistributor: read('NodeStaking', staking.rewardDistributor, {}).then(unlessZero),
      certificationThreshold: read('NodeStaking', staking.certificationThreshold, {}),
      nodeCount: read('NodeRegistry', registry.nodeCount, {}),
      jobCount: read('JobMarket', market.jobCount, {}),
      escrowed: read('JobMarket', market.escrowed, {}),
      jobFeeBps: read('JobMarket', market.feeBps, {}),
      treasury: read('JobMarket', market.treasury, {}),
      emissionFunded: read('RewardDistributor', rewards.funded, {}),
      stakeCap: read('RewardDistributor', rewards.stakeCap, {}),
      totalWeight: read('RewardDistributor', rewards.totalWeight, {}),
      emissionRate: read('RewardDistributor', rewards.ratePerSecond, {}),
      emissionEndsAt: read('RewardDistributor', rewards.endsAt, {}).then((endsAt) => (endsAt ? time(endsAt) : null)),
    })),
    holders: facts['rows with a balance'],
    certifiedNodeCount: facts['rows of certified nodes'],
    retiredNodeCount: facts['rows of retired nodes'],
    unratedNodeCount: facts['rows of unrated nodes'],
    provisionalNodeCount: facts['rows of provisional nodes'],
    establishedNodeCount: facts['rows of established nodes'],
    failingNodeCount: facts['rows of failing nodes'],
    scoreSumBps: facts['sum of scores'],
    openShardCount: facts['sum of open shards'],
    delegationCount: facts['rows with shares'],
    reporterCount: facts['rows of running terms'],
    roundCount: facts['rows of rounds'],
    batchCount: facts['rows of batches'],
    rewardsAccrued: facts['sum of accrued rewards'],
    rewardsClaimed: facts['sum of claimed rewards'],
  }),

  NetworkDay: async (facts) => ({ figures: facts['figures of the network'] }),
  NetworkEpoch: async (facts) => ({ figures: facts['figures of the network'] }),

  Sums: async (facts, read) => ({
    ...(await all({
      balances: read('DPNToken', token.totalSupply, {}),
      stakes: read('NodeStaking', staking.totalStaked, {}),
      unbonding: read('NodeStaking', staking.totalUnbonding, {}),
      weights: read('RewardDistributor', rewards.totalWeight, {}),
      escrows: read('JobMarket', market.escrowed, {}),
      nodes: read('NodeRegistry', registry.nodeCount, {}),
      locks: read('NodeStaking', staking.lockCount, {}),
      jobs: read('JobMarket', market.jobCount, {}),
      'classes with a weight': weightedClasses(read),
      'states of batches': provenBatches(read),
      'running terms': read('ReputationOracle', oracle.reportersOf, { epoch: FAR_EPOCH }).then(
        (now) => now?.reporters.filter((reporter) => reporter !== ZeroAddress).length,
      ),
      'newest methodology': read('ReputationOracle', oracle.methodologyOf, { epoch: FAR_EPOCH }).then(
        (newest) => newest?.methodologyHash,
      ),
    })),
    classes: facts['rows of classes'],
    terms: facts['rows of terms'],
    methodologies: facts['rows of methodologies'],
    epochs: facts['rows of epochs'],
  }),

  HardwareClass: async ({ number }, read) =>
    all({ weightBps: read('RewardDistributor', rewards.classWeightBps, { hardwareClass: Number(numberOf(number)) }) }),

  GpuNode: async (facts, read) => {
    const nodeId = Number(numberOf(facts.nodeId));
    const [node, pool, pending, score, weight, accrued, claimable] = await Promise.all([
      read('NodeRegistry', registry.getNode, { nodeId }),
      read('NodeStaking', staking.getPool, { nodeId }),
      read('NodeStaking', staking.pendingCommission, { nodeId }),
      read('ReputationOracle', oracle.scoreOf, { nodeId }),
      read('RewardDistributor', rewards.weightOf, { nodeId }),
      read('RewardDistributor', rewards.accruedOf, { nodeId }),
      read('RewardDistributor', rewards.pendingOperator, { nodeId }),
    ]);
    if (!node || !pool || !pending || !score) return undefined;
    const isPending = pending.effectiveAt !== 0n;
    return {
      operator: node.operator,
      workerKey: node.workerKey,
      rewardRecipient: node.rewardRecipient,
      hardwareClass: node.hardwareClass,
      devices: node.devices,
      retired: node.retired,
      registeredAt: node.registeredAt,
      certified: pool.certified,
      selfStake: pool.selfStake,
      delegatedStake: pool.delegatedStake,
      totalStake: pool.selfStake + pool.delegatedStake,
      totalShares: pool.totalShares,
      'sum of shares': pool.totalShares,
      delegatorCount: facts['rows with shares'],
      passCount: facts['rows of passes'],
      failCount: facts['rows of failures'],
      commissionBps: pool.commissionBps,
      pendingCommissionBps: isPending ? pending.commissionBps : null,
      pendingCommissionAt: isPending ? time(pending.effectiveAt) : null,
      scoreBps: score.scoreBps,
      scoreStatus: SCORE_STATUSES[score.status]?.toUpperCase(),
      scoreUpdatedAt: unlessZero(score.updatedAt),
      weight,
      accruedRewards: accrued,
      'sum of accruals': accrued,
      claimedRewards: facts['sum of claims'],
      claimable: unlessUnknown(facts.claimable, claimable),
      claimedShardCount: facts['rows of shards'],
    };
  },

  Account: async (facts, read) => {
    const account = facts.address ?? '';
    return {
      ...(await all({
        balance: read('DPNToken', token.balanceOf, { account }),
        votes: read('DPNToken', token.getVotes, { account }),
        votesDelegate: read('DPNToken', token.delegates, { account }).then(unlessZero),
      })),
      delegationCount: facts['rows with shares'],
      unbonding: facts['sum of locks'],
      claimedRewards: facts['sum of claims'],
    };
  },

  Delegation: async (facts, read) => {
    const which = { nodeId: Number(numberOf(facts.nodeId)), delegator: facts.delegator ?? '' };
    return all({
      shares: read('NodeStaking', staking.sharesOf, which),
      claimable: read('RewardDistributor', rewards.pendingOf, which).then((claimable) =>
        unlessUnknown(facts.claimable, claimable),
      ),
    });
  },

  UnbondingLock: async ({ lockId }, read) => {
    const lock = await read('NodeStaking', staking.getLock, { lockId: numberOf(lockId) });
    return lock && { ...lock, withdrawableAt: time(lock.withdrawableAt) };
  },

  Job: async (facts, read) => {
    const job = await read('JobMarket', market.getJob, { jobId: numberOf(facts.jobId) });
    return (
      job && {
        ...job,
        openShardCount: facts['shards left'],
        'rows of settled shards': job.settledShards,
        deadline: time(job.deadline),
      }
    );
  },

  JobShard: async ({ jobId, shard: number }, read) => {
    const which = { jobId: numberOf(jobId), shard: Number(numberOf(number)) };
    const shard = await read('JobMarket', market.getShard, which);
    if (shard === undefined) return undefined;
    const claimedAt = unlessZero(shard.claimedAt);
    return {
      state: SHARD_STATES[shard.state],
      node: claimedAt === null ? null : shard.nodeId,
      claimedAt,
      submittedAt: unlessZero(shard.submittedAt),
      resultHash: unlessZero(shard.resultHash),
    };
  },

  BatchState: async ({ number }, read) => {
    const batch = await read('ReputationOracle', oracle.getBatch, { batch: Number(numberOf(number)) });
    if (!batch?.proven) return undefined;
    const { epoch, observedAt, commitment, scoreWords } = batch;
    return { epoch, observedAt, commitment, scoreWords: Buffer.from(wordBytes(scoreWords)).toString('hex') };
  },

  RoundAnchor: async ({ round: number }, read) => {
    const round = await read('ReputationOracle', oracle.getRound, { round: numberOf(number) });
    if (round === undefined || round.anchorBlock === 0n) return undefined;
    const { reporter, anchorBlock: block, openBlock, openBlockHash, root, count, coinHash } = round;
    const anchorBlockHash = unlessZero(round.anchorBlockHash);
    return { reporter, block, openBlock, openBlockHash, root, count, coinHash, anchorBlockHash };
  },

  EvidenceAnchor: async (facts, read) => {
    const which = { epoch: numberOf(facts.epoch), reporter: facts.reporter ?? '' };
    return all({
      evidenceRoot: read('ReputationOracle', oracle.evidenceOf, which),
      measurementsHash: read('ReputationOracle', oracle.measurementsHashOf, which),
    });
  },

  OracleEpoch: async (facts) => ({
    batchCount: facts['rows of batches'],
    evidenceCount: facts['rows of evidence'],
  }),

  Reporter: async (facts, read) => {
    const now = await inSlot(read, FAR_EPOCH, Number(facts.slot));
    const runs = now?.reporter === facts.reporter;
    const counts = { roundCount: facts['rows of rounds'], evidenceCount: facts['rows of evidence'] };
    return { retired: !runs, ...(runs && { keyX: now?.keyX, keyY: now?.keyY }), ...counts };
  },

  ReporterTerm: async (facts, read) => {
    // Ended before it began: no epoch shows it.
    if (facts.retiredFromEpoch === facts.activeFromEpoch) return {};
    return inSlot(read, numberOf(facts.activeFromEpoch), Number(facts.slot));
  },

  Methodology: async ({ fromEpoch }, read) => {
    const answer = await read('ReputationOracle', oracle.methodologyOf, { epoch: numberOf(fromEpoch) });
    return answer && { methodologyHash: answer.methodologyHash, ...answer.parameters };
  },
};

/**
 * Facts that are compared with nothing of their own: they say which row of the contracts is meant, or are what other
 * facts must come to. All the others must be compared.
 */
export const NOT_COMPARED: { readonly [E in Audited]?: readonly (keyof (typeof FACTS)[E]['values'])[] } = {
  Network: [
    'rows with a balance',
    'rows of certified nodes',
    'rows of retired nodes',
    'rows of unrated nodes',
    'rows of provisional nodes',
    'rows of established nodes',
    'rows of failing nodes',
    'sum of scores',
    'sum of open shards',
    'rows with shares',
    'rows of running terms',
    'rows of rounds',
    'rows of batches',
    'sum of accrued rewards',
    'sum of claimed rewards',
  ],
  Sums: ['rows of classes', 'rows of terms', 'rows of methodologies', 'rows of epochs'],
  NetworkDay: ['figures of the network'],
  NetworkEpoch: ['figures of the network'],
  HardwareClass: ['number'],
  GpuNode: ['nodeId', 'rows with shares', 'sum of claims', 'rows of shards', 'rows of passes', 'rows of failures'],
  Account: ['address', 'rows with shares', 'sum of locks', 'sum of claims'],
  Delegation: ['nodeId', 'delegator'],
  UnbondingLock: ['lockId'],
  Job: ['jobId', 'shards left'],
  JobShard: ['jobId', 'shard'],
  BatchState: ['number'],
  RoundAnchor: ['round'],
  EvidenceAnchor: ['epoch', 'reporter'],
  OracleEpoch: ['rows of batches', 'rows of evidence'],
  Reporter: ['reporter', 'slot', 'rows of rounds', 'rows of evidence'],
  ReporterTerm: ['slot', 'activeFromEpoch', 'retiredFromEpoch'],
  Methodology: ['fromEpoch'],
};

/** Number of classes that weigh something. */
async function weightedClasses(read: Read): Promise<number> {
  const classes = (await read('RewardDistributor', rewards.CLASSES, {})) ?? 0;
  const weights = await Promise.all(
    Array.from({ length: classes }, (_, hardwareClass) =>
      read('RewardDistributor', rewards.classWeightBps, { hardwareClass }),
    ),
  );
  return weights.filter(Boolean).length;
}

/** Number of batches with a proof: only nodes that are registered have any. */
async function provenBatches(read: Read): Promise<number> {
  const nodes = (await read('NodeRegistry', registry.nodeCount, {})) ?? 0;
  const batches = await Promise.all(
    Array.from({ length: Math.ceil(nodes / BATCH_SIZE) }, (_, batch) =>
      read('ReputationOracle', oracle.getBatch, { batch }),
    ),
  );
  return batches.filter((batch) => batch?.proven).length;
}

/** Who reports in a slot in an epoch, with which key. */
async function inSlot(
  read: Read,
  epoch: bigint,
  slot: number,
): Promise<{ reporter: string; keyX: bigint; keyY: bigint } | undefined> {
  const answer = await read('ReputationOracle', oracle.reportersOf, { epoch });
  const reporter = answer?.reporters[slot];
  const [keyX, keyY] = answer?.keys.slice(2 * slot, 2 * slot + 2) ?? [];
  if (reporter === undefined || keyX === undefined || keyY === undefined) return undefined;
  return { reporter, keyX, keyY };
}

/** Asks for all at once. */
async function all<T extends Record<string, Promise<unknown>>>(reads: T): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const values = await Promise.all(Object.values(reads));
  return Object.fromEntries(Object.keys(reads).map((name, index) => [name, values[index]])) as {
    [K in keyof T]: Awaited<T[K]>;
  };
}

/**
 * What the chain says of a row of the index, as the text that the facts are; undefined when it knows none like it.
 * @throws NoKey when it cannot be asked for such a row; RangeError when a view speaks of what is no fact: misspelt, the
 * fact that is meant would never be compared
 */
export async function onChain(
  entity: Audited,
  facts: Facts,
  read: Read,
): Promise<Record<string, string | null> | undefined> {
  const view = VIEWS[entity] as (facts: Facts, read: Read) => Promise<Record<string, unknown> | undefined>;
  const said = await view(facts, read);
  if (said === undefined) return undefined;
  const unknown = Object.keys(said).filter((name) => !(name in facts));
  if (unknown.length > 0) throw new RangeError(`${entity} has no fact ${unknown.join(', ')} that an audit takes`);
  return Object.fromEntries(Object.entries(said).map(([name, value]) => [name, value == null ? null : String(value)]));
}
