import { id, keccak256, toBeHex } from 'ethers';
import { functions } from '../../abi/JobMarket';
import { SHARD_STATES } from '../../chain/market';
import { ACTOR_PARAMETERS, HARDWARE_CLASS, NODES } from '../network';
import { type ActorContext, send } from './context';

/** What becomes of a job, by its id: most are delivered, some are left to expire, some are taken back. */
type Fate = 'delivered' | 'ignored' | 'cancelled';
const FATES: readonly Fate[] = ['delivered', 'delivered', 'cancelled', 'delivered', 'ignored'];
/** Jobs older than this are settled; looking at all of a long-lived devnet would only grow. */
const JOBS_WATCHED = 8n;
/** From this job on clients ask for a proven score. */
const FIRST_SCORED_JOB = 3n;
const MIN_SCORE_BPS = 100;
const MAX_SCORE_AGE_SECONDS = 600;

interface JobView {
  jobId: bigint;
  deadline: number;
  shardCount: number;
  cancelled: boolean;
}

/**
 * One step of the market's people: the client posts a job now and then; operators of honest nodes claim and deliver;
 * the client accepts, leaves the last shard to the accept window, and takes back or lets expire some jobs.
 */
export async function stepJobs(context: ActorContext): Promise<void> {
  const { JobMarket: market } = context.contracts;
  const jobCount = await market.read(functions.jobCount, {});
  if (context.step % 5 === 0) await postJob(context, jobCount);
  for (let jobId = jobCount > JOBS_WATCHED ? jobCount - JOBS_WATCHED : 0n; jobId < jobCount; jobId++) {
    const { deadline, shardCount, cancelled } = await market.read(functions.getJob, { jobId });
    await moveJob(context, { jobId, deadline: Number(deadline), shardCount, cancelled });
  }
}

async function postJob(context: ActorContext, jobId: bigint): Promise<void> {
  const { accounts, contracts, now } = context;
  const scored = jobId >= FIRST_SCORED_JOB;
  await send(context, accounts.client, contracts.JobMarket, functions.postJob, {
    hardwareClass: HARDWARE_CLASS,
    shardCount: ACTOR_PARAMETERS.jobShards,
    pricePerShard: ACTOR_PARAMETERS.shardPriceWei,
    minScoreBps: scored ? MIN_SCORE_BPS : 0,
    maxScoreAge: scored ? MAX_SCORE_AGE_SECONDS : 0,
    deadline: now + ACTOR_PARAMETERS.jobDeadlineSeconds,
    specHash: id(`devnet job ${jobId}`),
  });
}

async function moveJob(context: ActorContext, job: JobView): Promise<void> {
  if (job.cancelled) return;
  const { jobId } = job;
  const fate = FATES[Number(jobId % BigInt(FATES.length))];
  const { accounts, contracts, now } = context;
  const { JobMarket: market } = contracts;
  if (fate === 'cancelled' && now <= job.deadline) {
    await send(context, accounts.client, market, functions.cancelJob, { jobId });
    return;
  }
  for (let shard = 0; shard < job.shardCount; shard++) {
    const record = await market.read(functions.getShard, { jobId, shard });
    const state = SHARD_STATES[record.state];
    const operator = accounts.operators[record.nodeId];
    if ((state === 'open' || state === 'claimed') && now > job.deadline) {
      await send(context, accounts.client, market, functions.expireShard, { jobId, shard });
    } else if (state === 'open' && fate === 'delivered') {
      await claim(context, jobId, shard);
    } else if (state === 'claimed' && operator) {
      await send(context, operator, market, functions.submitShard, {
        jobId,
        shard,
        resultHash: resultOf(jobId, shard),
      });
    } else if (state === 'submitted') {
      await accept(context, job, shard, Number(record.submittedAt));
    }
  }
}

/** An honest node in turn claims the shard; without the score asked for it tries again at a later step. */
async function claim(context: ActorContext, jobId: bigint, shard: number): Promise<void> {
  const honest = NODES.flatMap(({ behaviour }, nodeId) => (behaviour === 'honest' ? [nodeId] : []));
  const nodeId = honest[(Number(jobId) + shard) % honest.length]!;
  const operator = context.accounts.operators[nodeId]!;
  const { JobMarket: market } = context.contracts;
  const deed = { jobId, shard, nodeId };
  const wouldWork = await market.read(functions.claimShard, deed, { from: operator.address }).then(
    () => true,
    () => false,
  );
  if (wouldWork) await send(context, operator, market, functions.claimShard, deed);
}

async function accept(context: ActorContext, job: JobView, shard: number, submittedAt: number): Promise<void> {
  const { accounts, now } = context;
  const { JobMarket: market } = context.contracts;
  const { jobId } = job;
  const isLast = shard === job.shardCount - 1;
  if (!isLast) {
    await send(context, accounts.client, market, functions.acceptShard, { jobId, shard });
    return;
  }
  const window = Number(await market.read(functions.acceptWindow, {}));
  if (now > submittedAt + window) {
    await send(context, accounts.stakers[0]!, market, functions.autoAcceptShard, { jobId, shard });
  }
}

function resultOf(jobId: bigint, shard: number): string {
  return keccak256(toBeHex((jobId << 16n) + BigInt(shard), 32));
}
