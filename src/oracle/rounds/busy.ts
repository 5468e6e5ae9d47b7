import { ContractRevert } from '../../chain/revert';
import { patiently } from '../../runtime/patience';
import { type Challenge, challengeKey } from '../store/model';
import { epochOf, type RoundContext, slotOf } from './context';
import { type BusyRuling, ruleOnBusy } from './settle';
import type { Open } from './states';

/** What looking up busy claims takes. */
export interface BusyContext extends Pick<RoundContext, 'times' | 'minBusyPriceWei' | 'log' | 'signal'> {
  chain: Pick<RoundContext['chain'], 'market'>;
}
type Drawn = Pick<Open, 'round' | 'draw'>;
type Claim = NonNullable<Challenge['busy']>;

/** Looks up every busy claim on-chain at the open block. @returns rulings by challengeKey */
export async function rulingsOf(
  ctx: BusyContext,
  round: Drawn,
  challenges: readonly Challenge[],
): Promise<Map<string, BusyRuling>> {
  const rulings = new Map<string, BusyRuling>();
  for (const challenge of challenges) {
    const { busy, nodeId } = challenge;
    if (!busy || challenge.verdict) continue;
    const ruled = await patiently(`busy claim of node ${nodeId}`, () => ruling(ctx, round, challenge, busy), ctx);
    rulings.set(challengeKey(challenge), ruled);
  }
  return rulings;
}

async function ruling(
  ctx: BusyContext,
  round: Drawn,
  challenge: Challenge,
  { jobId, shard }: Claim,
): Promise<BusyRuling> {
  const { openBlock, openBlockTimeMs } = round.draw;
  const at = { blockTag: openBlock };
  const firstRound = epochOf(round.round, ctx.times) * ctx.times.slotsPerEpoch;
  const [job, record] = await Promise.all([
    unlessUnknown(() => ctx.chain.market.job(jobId, at)),
    unlessUnknown(() => ctx.chain.market.shard(jobId, shard, at)),
  ]);
  return ruleOnBusy({
    challenge,
    job,
    shard: record,
    epochStartSeconds: slotOf(firstRound, ctx.times).startMs / 1000,
    openBlockSeconds: openBlockTimeMs / 1000,
    minPriceWei: ctx.minBusyPriceWei,
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
