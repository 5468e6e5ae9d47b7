import { toHex } from '../../protocol/bytes';
import { hardwareClass } from '../../protocol/classes';
import { signMessage } from '../../protocol/eip712';
import { encodeFrame, MAX_WORDS } from '../../protocol/messages';
import { verdictValue } from '../../protocol/signed-values';
import { measuredRate, perfBps } from '../../protocol/tasks';
import { verdictGroup } from '../../protocol/verdicts';
import type { Challenge, JudgedChallenge, Verdict } from '../store/model';
import type { RoundContext } from './context';
import type { Finding } from './settle';
import type { Round } from './states';
import { transcriptOf } from './transcript';

/** What giving a verdict takes. */
export interface VerdictContext
  extends Pick<RoundContext, 'oracleAddress' | 'reporter' | 'software' | 'signer' | 'domain'> {
  chain: Pick<RoundContext['chain'], 'chainId'>;
  challenges: Pick<RoundContext['challenges'], 'saveVerdict'>;
  gateway: Pick<RoundContext['gateway'], 'send'>;
}

/**
 * Gives a challenge its verdict: rate and performance, signature, row and transcript, then VERDICT to the node.
 * @param replace overwrites an earlier verdict (the backstop); otherwise the first one stands
 * @returns the challenge with its verdict
 */
export async function giveVerdict(
  ctx: VerdictContext,
  round: Round,
  challenge: Challenge,
  finding: Finding,
  replace = false,
): Promise<JudgedChallenge> {
  const reason = finding.reason.slice(0, MAX_WORDS);
  const { perfBps, opsPerMs } = performanceOf(challenge, finding.code);
  const numbers: Record<string, number> = { ...finding.numbers };
  if (challenge.commit) numbers['elapsedMs'] = challenge.commit.elapsedMs;
  const told = {
    round: round.round,
    device: challenge.device,
    taskSeed: toHex(challenge.taskSeed),
    commitment: challenge.commit && toHex(challenge.commit.commitment),
    revealDigest: challenge.reveal && toHex(challenge.reveal.digest),
    code: finding.code,
    reason,
    elapsedMs: challenge.commit?.elapsedMs ?? 0,
    perfBps: perfBps ?? 0,
    sample: finding.sample ?? null,
  };
  const signature = await signMessage(ctx.signer, ctx.domain, 'Verdict', verdictValue(told, challenge.nodeId));
  const verdict: Verdict = {
    code: finding.code,
    group: verdictGroup(finding.code),
    reason,
    numbers,
    perfBps,
    opsPerMs,
    signature,
    sample: told.sample,
  };
  const judged = { ...challenge, verdict };
  const transcript = transcriptOf({
    chainId: ctx.chain.chainId,
    oracle: ctx.oracleAddress,
    reporter: ctx.reporter,
    software: ctx.software,
    round,
    challenge: judged,
  });
  await ctx.challenges.saveVerdict(judged, transcript, replace);
  // A challenge that was never sent means nothing to the node.
  if (!challenge.signature) return judged;
  ctx.gateway.send(challenge.nodeId, encodeFrame('VERDICT', { ...told, numbers, signature }));
  return judged;
}

/** Only a pass is a measurement; a miss counts 0, the other groups have no figure. */
function performanceOf(challenge: Challenge, code: Finding['code']): Pick<Verdict, 'perfBps' | 'opsPerMs'> {
  const { params, commit } = challenge;
  if (code === 'OK' && commit) {
    const { elapsedMs } = commit;
    return {
      perfBps: perfBps(hardwareClass(challenge.hardwareClass), params, elapsedMs),
      opsPerMs: measuredRate(params, elapsedMs),
    };
  }
  return { perfBps: verdictGroup(code) === 'missed' ? 0 : null, opsPerMs: null };
}
