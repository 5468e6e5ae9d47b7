import type { MarketJob, MarketShard } from '../../chain/market';
import { toHex } from '../../protocol/bytes';
import type { Sample } from '../../protocol/messages';
import type { VerdictCode } from '../../protocol/verdicts';
import { type AnchoredChallenge, type Challenge, challengeKey, isAnchored } from '../store/model';

/** A verdict before it is signed. */
export interface Finding {
  code: VerdictCode;
  reason: string;
  numbers: Record<string, number>;
  /** Of WRONG_RESULT: the sampled entry that was wrong. */
  sample?: Sample;
}

/** What was learnt about a round besides its challenges. */
export interface Facts {
  /** Keys of challenges whose node broke the protocol before committing. */
  malformed: ReadonlySet<string>;
  /** Commitments (0x hex) recorded in any earlier round. */
  seenBefore: ReadonlySet<string>;
  /** Outcome of each busy claim by challengeKey. */
  busy: ReadonlyMap<string, BusyRuling>;
}

/**
 * Verdicts that need no opening (protocol sections 2 and 6), given once the round can no longer become void: everything
 * but the anchored, fresh commitments, whose openings decide. Pure, so that a restart finds the same.
 * @param challenges all of the round
 * @returns findings by challengeKey; challenges with a verdict and those waiting for an opening have none
 */
export function settleWithoutOpening(challenges: readonly Challenge[], facts: Facts): Map<string, Finding> {
  const found = new Map<string, Finding>();
  const firstInRound = firstOwners(challenges);
  for (const challenge of challenges) {
    if (challenge.verdict) continue;
    const key = challengeKey(challenge);
    const finding = isAnchored(challenge)
      ? replayed(challenge, facts, firstInRound)
      : missed(challenge, facts.malformed.has(key), facts.busy.get(key));
    if (finding) found.set(key, finding);
  }
  return found;
}

/** Of equal commitments in one round the fastest keeps its chance; the seeds differ, so at most one can be right. */
function firstOwners(challenges: readonly Challenge[]): Map<string, AnchoredChallenge> {
  const first = new Map<string, AnchoredChallenge>();
  for (const challenge of challenges.filter(isAnchored)) {
    const commitment = toHex(challenge.commit.commitment);
    const other = first.get(commitment);
    if (!other || challenge.commit.elapsedMs < other.commit.elapsedMs) first.set(commitment, challenge);
  }
  return first;
}

function replayed(
  challenge: AnchoredChallenge,
  facts: Facts,
  firstInRound: ReadonlyMap<string, Challenge>,
): Finding | null {
  const commitment = toHex(challenge.commit.commitment);
  const numbers = { elapsedMs: challenge.commit.elapsedMs };
  if (facts.seenBefore.has(commitment)) {
    return { code: 'REPLAYED', reason: 'the commitment was already given in an earlier round', numbers };
  }
  const owner = firstInRound.get(commitment);
  if (owner && owner !== challenge) {
    return { code: 'REPLAYED', reason: 'the commitment is another one of this round', numbers };
  }
  return null;
}

function missed(challenge: Challenge, malformed: boolean, busy: BusyRuling | undefined): Finding {
  const { deadlineMs, commit } = challenge;
  if (!challenge.signature) {
    return { code: 'UNREACHABLE', reason: 'the node had no session when the round opened', numbers: {} };
  }
  if (malformed) {
    return { code: 'MALFORMED', reason: 'the node sent a frame that breaks the protocol', numbers: { deadlineMs } };
  }
  if (commit) {
    const { elapsedMs } = commit;
    const numbers = { elapsedMs, deadlineMs };
    return elapsedMs > deadlineMs
      ? { code: 'LATE', reason: `committed after ${elapsedMs} ms; the deadline was ${deadlineMs} ms`, numbers }
      : { code: 'MALFORMED', reason: 'the commitment is not signed by the worker key', numbers };
  }
  if (busy) {
    return busy.accepted
      ? { code: 'BUSY', reason: busy.reason, numbers: {} }
      : {
          code: 'TIMEOUT',
          reason: `no commitment, and the busy claim does not excuse: ${busy.reason}`,
          numbers: { deadlineMs },
        };
  }
  return { code: 'TIMEOUT', reason: `no commitment within ${deadlineMs} ms`, numbers: { deadlineMs } };
}

export interface BusyRuling {
  accepted: boolean;
  reason: string;
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
