import { type SharePool, shareValue } from '../shares';
import { REWARD_SCALE } from './stream';

/** A year of 365 days, as interest is quoted. */
export const YEAR_SECONDS = 31_536_000n;
/** Shortest window over which a rate is told where there is so much history. */
export const APR_WINDOW_SECONDS = 604_800n;
const BPS = 10_000n;

/** Growth of an accumulator (DPN wei times 10^18) over a time. */
export interface RewardGrowth {
  /** Its value at the window's end less that at its beginning */
  gain: bigint;
  /** Length of the window */
  seconds: bigint;
}

/**
 * Yearly rate of a delegator, net of commission, in basis points, without compounding:
 * gain of the reward of one share ÷ what one share is worth now × year ÷ window.
 * What shares are worth is their part of the node's delegated stake; stake that unbonds earns nothing and is not in it.
 * @returns null without a window or without shares
 */
export function delegatorAprBps({ gain, seconds }: RewardGrowth, pool: SharePool): bigint | null {
  if (seconds <= 0n || pool.totalShares === 0n) return null;
  const worth = shareValue(pool.totalShares, pool);
  if (worth === 0n) return null;
  return (gain * pool.totalShares * YEAR_SECONDS * BPS) / (REWARD_SCALE * worth * seconds);
}

/**
 * Yearly rate of an operator on its own stake, commission included, in basis points, without compounding:
 * gain of the reward of one DPN wei of self-stake × year ÷ window.
 * @returns null without a window
 */
export function operatorAprBps({ gain, seconds }: RewardGrowth): bigint | null {
  return seconds <= 0n ? null : (gain * YEAR_SECONDS * BPS) / (REWARD_SCALE * seconds);
}
