import type { JobMarketContract, MarketJob, MarketShard } from '../../chain/market';
import { ContractRevert } from '../../chain/revert';
import type { BusyRuling } from '../../protocol/rounds/facts';
import type { Challenge } from '../store/model';

/**
 * Looks a busy claim up on-chain at the round's open block; endpoints keep that state for minutes only, so this is done
 * when the claim comes.
 * @throws RetryableError when the chain is away
 */
export async function lookUpBusy(
  market: Pick<JobMarketContract, 'job' | 'shard'>,
  claim: {
    challenge: Challenge;
    openBlock: number;
    openBlockTimeMs: number;
    epochStartMs: number;
    minPriceWei: bigint;
  },
): Promise<BusyRuling> {
  const { challenge, openBlock, openBlockTimeMs, epochStartMs, minPriceWei } = claim;
  if (!challenge.busy) throw new RangeError('the challenge has no busy claim');
  const { jobId, shard } = challenge.busy;
  const at = { blockTag: openBlock };
  const [job, record] = await Promise.all([
    unlessUnknown(() => market.job(jobId, at)),
    unlessUnknown(() => market.shard(jobId, shard, at)),
  ]);
  return ruleOnBusy({
    challenge,
    job,
    shard: record,
    epochStartSeconds: epochStartMs / 1000,
    openBlockSeconds: openBlockTimeMs / 1000,
    minPriceWei,
  });
}

/** The market reverts for ids it never gave out; a number beyond uint256 cannot even be asked for. */
async function unlessUnknown<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ContractRevert || (error as { code?: string }).code === 'INVALID_ARGUMENT') return null;
    throw error;
  }
}

/**
 * Whether a shard excuses a node (protocol section 2): claimed by it before the epoch began, still being worked on and
 * unexpired at the open block, for a client that is neither its operator nor its reward recipient, at `minBusyPrice` or
 * more.
 * @param job, shard as they were at the open block; null when the market has none
 */
export function ruleOnBusy(input: {
  challenge: Pick<Challenge, 'nodeId' | 'operator' | 'rewardRecipient'>;
  job: MarketJob | null;
  shard: MarketShard | null;
  epochStartSeconds: number;
  openBlockSeconds: number;
  minPriceWei: bigint;
}): BusyRuling {
  const { challenge, job, shard } = input;
  const refuse = (reason: string): BusyRuling => ({ accepted: false, reason });
  if (!job || !shard) return refuse('there is no such shard');
  if (shard.state !== 'claimed' || shard.nodeId !== challenge.nodeId)
    return refuse('the node does not hold that shard');
  if (shard.claimedAt >= input.epochStartSeconds) return refuse('the shard was claimed after the epoch began');
  if (job.deadline <= input.openBlockSeconds) return refuse('the job has expired');
  if (job.client === challenge.operator || job.client === challenge.rewardRecipient) {
    return refuse('the client is the node itself');
  }
  if (job.pricePerShardWei < input.minPriceWei) return refuse('the price is below the least that excuses');
  return { accepted: true, reason: 'working on a paid shard claimed before the epoch began' };
}
