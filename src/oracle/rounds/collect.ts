import { toHex } from '../../protocol/bytes';
import { anchorLeaves, merkleRoot } from '../../protocol/merkle';
import { encodeFrame } from '../../protocol/messages';
import {
  type Challenge,
  type CommittedChallenge,
  challengeKey,
  isCommitted,
  isSigned,
  type SignedChallenge,
} from '../store/model';
import { Answers } from './answers';
import { lookUpClaim } from './claims';
import type { RoundContext } from './context';
import { RoundFault } from './fault';
import type { RoundMemory } from './memory';
import { latestSendMs, sendAtMs } from './open';
import { anchorPaths } from './paths';
import type { Committed, Draw, Open } from './states';
import { heard } from './waiting';

/**
 * Sends the challenges at the round's start, takes answers until the commit window ends, and fixes the anchor tree with
 * what has arrived. What an earlier process sent is not sent again.
 * @throws RoundFault when it is too late to send
 */
export async function collect(
  ctx: RoundContext,
  round: Open,
  memory: RoundMemory,
  signal: AbortSignal,
): Promise<Committed> {
  const sentAtMs = round.sentAtMs ?? (await send(ctx, round, memory, signal));
  const originMs = memory.originMs!;
  const endMs = originMs + memory.times.commitEndMs;
  await ctx.clock.until(endMs, signal);
  await heard(ctx, originMs, endMs);
  await memory.answers?.saved();
  signal.throwIfAborted();
  const leaves = inTime(memory);
  const root = merkleRoot(anchorLeaves(leaves.map(({ nodeId, device, commit }) => ({ nodeId, device, ...commit }))));
  const commitments = { root, count: leaves.length };
  await ctx.rounds.commit(round.round, commitments, leaves);
  const anchored = leaves.map((challenge, leafIndex) => ({ ...challenge, leafIndex }));
  memory.challenges.put(anchored);
  memory.paths = anchorPaths(anchored);
  return { ...round, state: 'committed', sentAtMs, commitments };
}

/** Commitments that came by their deadlines, in the order of the anchor tree. */
function inTime({ challenges }: RoundMemory): CommittedChallenge[] {
  return challenges
    .all()
    .filter(isCommitted)
    .filter(({ verdict, commit, deadlineMs }) => !verdict && commit.elapsedMs <= deadlineMs)
    .sort((a, b) => a.nodeId - b.nodeId || a.device - b.device);
}

/**
 * Sends the challenges at the start. That they go out is written down before: a process after this one must not send
 * them again, as nodes would gain the time between.
 * @returns wall-clock time of the sending
 */
async function send(ctx: RoundContext, round: Open, memory: RoundMemory, signal: AbortSignal): Promise<number> {
  const { clock } = ctx;
  await clock.until(sendAtMs(ctx, round), signal);
  const atMs = clock.wallMs();
  if (atMs > latestSendMs(ctx, round)) throw new RoundFault('the draw was ready too late to send the challenges');
  await ctx.rounds.sending(round.round, atMs);
  // A standstill that has just ended is known before the round's time begins: none of it is the round's.
  await ctx.gateway.heardUpTo(clock.monotonicMs()).catch(() => undefined);
  if (clock.wallMs() > latestSendMs(ctx, round))
    throw new RoundFault('the database answered too late to open the round');
  const asked = memory.challenges.all().filter(isSigned);
  const frames = asked.map((challenge) => {
    const { nodeId, device } = challenge;
    return { nodeId, device, text: challengeFrame(challenge, round.draw) };
  });
  const originMs = clock.monotonicMs();
  memory.originMs = originMs;
  const times = await ctx.gateway.ask(frames);
  const sentAt = new Map<string, number>();
  const sent = asked.map((challenge, index): Challenge => {
    const sentAtMs = times[index] ?? null;
    if (sentAtMs === null)
      return { ...challenge, turnedAway: ctx.gateway.wasTurnedAway(challenge.nodeId, challenge.workerKey) };
    sentAt.set(challengeKey(challenge), sentAtMs);
    const software = ctx.gateway.adapter(challenge.nodeId, challenge.device)?.software === true;
    const softwareAdapter = challenge.hardwareClass !== 0 && software;
    return { ...challenge, sentMs: Math.floor(sentAtMs - originMs), softwareAdapter };
  });
  memory.challenges.put(sent);
  const onClaim = (challenge: Challenge) => lookUpClaim(ctx, round, memory, challenge);
  memory.answers = new Answers(ctx, memory.challenges, originMs, sentAt, onClaim);
  memory.answers.track(ctx.rounds.sent(round.round, sent));
  ctx.log.info(
    {
      round: round.round,
      epoch: round.epoch,
      task: round.draw.task,
      openBlock: round.draw.openBlock,
      challenges: memory.challenges.all().length,
      reachable: sentAt.size,
      anchorInMs: memory.times.commitEndMs,
    },
    'round opened',
  );
  return atMs;
}

/** CHALLENGE, as the node gets it. */
function challengeFrame(challenge: SignedChallenge, draw: Draw): string {
  const { task, ...params } = challenge.params;
  return encodeFrame('CHALLENGE', {
    round: challenge.round,
    openBlock: { number: draw.openBlock, hash: draw.openBlockHash },
    nonce: toHex(draw.nonce),
    device: challenge.device,
    task,
    params,
    taskSeed: toHex(challenge.taskSeed),
    deadlineMs: challenge.deadlineMs,
    signature: challenge.signature,
  });
}
