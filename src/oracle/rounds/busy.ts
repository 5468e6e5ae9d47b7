import { ContractRevert } from '../../chain/revert';
import { patiently } from '../../runtime/patience';
import { type Challenge, challengeKey, type Round } from '../store/model';
import { epochOf, type RoundContext, slotOf } from './context';
import { type BusyRuling, ruleOnBusy } from './settle';

/** Looks up every busy claim on-chain at the open block. @returns rulings by challengeKey */
export async function rulingsOf(
  ctx: RoundContext,
  round: Round,
  challenges: readonly Challenge[],
): Promise<Map<string, BusyRuling>> {
  const rulings = new Map<string, BusyRuling>();
  for (const challenge of challenges) {
    if (!challenge.busy || challenge.verdict || !round.opening) continue;
    const key = challengeKey(challenge.nodeId, challenge.device);
    rulings.set(
      key,
      await patiently(`busy claim of node ${challenge.nodeId}`, () => ruling(ctx, round, challenge), ctx),
    );
  }
  return rulings;
}

async function ruling(ctx: RoundContext, round: Round, challenge: Challenge): Promise<BusyRuling> {
  const { jobId, shard } = challenge.busy!;
  const { openBlock, openBlockTimeMs } = round.opening!;
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
