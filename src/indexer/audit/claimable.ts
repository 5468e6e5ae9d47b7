import { delegatorClaimable, operatorClaimable, rewardPerWeightAt, settlementOf } from '../../protocol/rewards/stream';
import type { Facts } from '../store/audit/facts';

/**
 * Facts with what can be claimed at a time, DPN wei, in the place of the columns that it follows from. It is null where
 * an update of the index began since the last settlement. Columns that are no whole numbers stay: the chain's amount is
 * something else.
 * @param atSeconds the block's time, seconds since 1970
 */
export function withClaimable(facts: Facts, atSeconds: bigint): Facts {
  if (typeof facts['claimable'] !== 'string') return facts;
  const columns: Facts = JSON.parse(facts['claimable']);
  if (columns['rewardPerWeightPaid'] === null || columns['rewardPerSharePaid'] === null) {
    return { ...facts, claimable: null };
  }
  const isSound = Object.values(columns).every((value) => value === null || /^-?\d+$/.test(value));
  return isSound ? { ...facts, claimable: claimable(columns, atSeconds).toString() } : facts;
}

function claimable(columns: Facts, atSeconds: bigint): bigint {
  const number = (name: string): bigint => BigInt(columns[name] ?? 0);
  const timeOrNull = (name: string): bigint | null => (columns[name] === null ? null : number(name));
  const rewardPerWeight = rewardPerWeightAt(
    {
      rewardPerWeight: number('rewardPerWeight'),
      rewardPerWeightAt: timeOrNull('rewardPerWeightAt'),
      ratePerSecond: number('emissionRate'),
      endsAt: timeOrNull('emissionEndsAt'),
      totalWeight: number('totalWeight'),
    },
    atSeconds,
  );
  const rewardPerShare = number('rewardPerShare');
  const settlement = settlementOf(
    {
      weight: number('weight'),
      rewardPerWeightPaid: number('rewardPerWeightPaid'),
      rewardPerShare,
      selfStake: number('selfStake'),
      delegatedStake: number('delegatedStake'),
      totalShares: number('totalShares'),
      commissionBps: number('commissionBps'),
    },
    rewardPerWeight,
  );
  if (!('shares' in columns)) {
    const operator = {
      operatorRewards: number('operatorRewards'),
      operatorClaimedRewards: number('operatorClaimedRewards'),
    };
    return operatorClaimable(operator, settlement);
  }
  const delegator = {
    pendingRewards: number('pendingRewards'),
    rewardPerSharePaid: number('rewardPerSharePaid'),
    shares: number('shares'),
  };
  return delegatorClaimable(delegator, rewardPerShare + settlement.rewardPerShareGain);
}
