import { toHex } from '../../protocol/bytes';
import { isSignedBy } from '../../protocol/eip712';
import { anchorLeaves, merkleRoot } from '../../protocol/merkle';
import { LATE_MS } from '../../protocol/tasks';
import { aborted } from '../../runtime/stop-signal';
import { type CommittedChallenge, isCommitted } from '../store/model';
import { CommitPhase } from './commit-phase';
import type { RoundContext } from './context';
import { RoundFault } from './fault';
import { judge } from './judge';
import type { RoundMemory } from './memory';
import { latestStartMs } from './open';
import { StallWatch } from './stall-watch';
import type { Committed, Open } from './states';

/**
 * Sends the challenges, waits for the commitments, checks their signatures and fixes the anchor tree. After a restart
 * nothing is sent: what had come in is all there is.
 * @throws RoundFault when it is too late to send, or the oracle itself stood still meanwhile
 */
export async function collect(ctx: RoundContext, round: Open, memory: RoundMemory): Promise<Committed> {
  if (memory.takenUpIn === 'open') {
    await excuseUnanswered(ctx, round, memory);
  } else {
    await excuseSoftwareAdapters(ctx, round, memory);
    if (Date.now() > latestStartMs(round)) throw new RoundFault('the database answered too late to open the round');
    await allInTime(ctx, await send(ctx, round, memory));
  }
  const leaves = await signedInTime(ctx, memory);
  const root = merkleRoot(anchorLeaves(leaves.map(({ nodeId, device, commit }) => ({ nodeId, device, ...commit }))));
  const commitments = { root, count: leaves.length };
  await ctx.rounds.commit(round.round, commitments, leaves);
  memory.challenges.put(leaves.map((challenge, leafIndex) => ({ ...challenge, leafIndex })));
  return { ...round, state: 'committed', commitments };
}

/** Commitments that came while no process listened are lost: that counts against the oracle, not against the nodes. */
async function excuseUnanswered(ctx: RoundContext, round: Open, memory: RoundMemory): Promise<void> {
  for (const challenge of memory.challenges.all()) {
    if (challenge.verdict || challenge.commit || challenge.busy || !challenge.signature) continue;
    const reason = 'the oracle stopped before the deadline';
    await judge(ctx, round, memory, challenge, { code: 'ORACLE_FAULT', reason, numbers: {} });
  }
}

/** A GPU class without a GPU is not measured (protocol section 6). */
async function excuseSoftwareAdapters(ctx: RoundContext, round: Open, memory: RoundMemory): Promise<void> {
  for (const challenge of memory.challenges.all()) {
    const adapter = ctx.gateway.adapter(challenge.nodeId, challenge.device);
    if (challenge.hardwareClass === 0 || !adapter?.software) continue;
    const reason = `device ${challenge.device} is a software adapter`;
    await judge(ctx, round, memory, challenge, { code: 'SOFTWARE_ADAPTER', reason, numbers: {} });
  }
}

async function send(ctx: RoundContext, round: Open, memory: RoundMemory): Promise<CommitPhase> {
  const challenges = memory.challenges.all();
  const phase = new CommitPhase(round.draw, challenges, {
    ask: (frames) => ctx.gateway.ask(frames),
    save: (challenge) => {
      memory.challenges.put([challenge]);
      return isCommitted(challenge)
        ? ctx.challenges.saveCommitment(challenge)
        : ctx.challenges.saveBusyClaim(challenge);
    },
  });
  memory.commits = phase;
  const sentAtMs = Date.now();
  const longestMs = await phase.start();
  ctx.log.info(
    {
      round: round.round,
      epoch: round.epoch,
      task: round.draw.task,
      openBlock: round.draw.openBlock,
      challenges: challenges.length,
      reachable: challenges.filter((challenge) => challenge.signature).length,
      deadlineMs: longestMs,
    },
    'round opened',
  );
  phase.track(ctx.rounds.sent(round.round, sentAtMs, sentAtMs + longestMs + LATE_MS));
  return phase;
}

/** Waits until every commitment that is in time is written down. */
async function allInTime({ signal }: RoundContext, phase: CommitPhase): Promise<void> {
  const watch = new StallWatch();
  await Promise.race([phase.inTime, aborted(signal)]);
  signal.throwIfAborted();
  await phase.saved();
  const stalledMs = watch.stop();
  if (stalledMs > LATE_MS) throw new RoundFault(`the oracle itself stood still for ${stalledMs} ms`);
}

/** Commitments in time that carry the worker key's signature, by nodeId and device. */
async function signedInTime(ctx: RoundContext, memory: RoundMemory): Promise<CommittedChallenge[]> {
  const inTime: CommittedChallenge[] = [];
  for (const challenge of memory.challenges.all().filter(isCommitted)) {
    if (challenge.verdict || challenge.commit.elapsedMs > challenge.deadlineMs) continue;
    if (isSigned(ctx, challenge)) inTime.push(challenge);
    else {
      const detail = `COMMIT of round ${challenge.round} is not signed by the worker key`;
      ctx.gateway.refuse(challenge.nodeId, 'signature', detail);
    }
    // Between two signatures other sockets get their turn.
    await new Promise(setImmediate);
  }
  return inTime.sort((a, b) => a.nodeId - b.nodeId || a.device - b.device);
}

function isSigned({ domain }: RoundContext, { taskSeed, workerKey, commit }: CommittedChallenge): boolean {
  const signed = { taskSeed: toHex(taskSeed), commitment: toHex(commit.commitment) };
  return isSignedBy(workerKey, domain, 'Commit', signed, commit.signature);
}
