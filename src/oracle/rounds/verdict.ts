import { toHex } from '../../protocol/bytes';
import { hardwareClass } from '../../protocol/classes';
import { signMessage } from '../../protocol/eip712';
import { encodeFrame } from '../../protocol/messages';
import { measuredRate, perfBps } from '../../protocol/tasks';
import { verdictGroup } from '../../protocol/verdicts';
import type { Challenge, Round, Verdict } from '../store/model';
import type { RoundContext } from './context';
import type { Finding } from './settle';
import { transcriptOf } from './transcript';

const REASON_LENGTH = 400;

/**
 * Gives a challenge its verdict: rate and performance, signature, row and transcript, then VERDICT to the node.
 * @param replace overwrites an earlier verdict (the backstop); otherwise the first one stands
 */
export async function giveVerdict(
  ctx: RoundContext,
  round: Round,
  challenge: Challenge,
  finding: Finding,
  replace = false,
): Promise<void> {
  const reason = finding.reason.slice(0, REASON_LENGTH);
  const { perfBps, opsPerMs } = performanceOf(challenge, finding.code);
  const numbers: Record<string, number> = { ...finding.numbers };
  if (challenge.elapsedMs !== null) numbers['elapsedMs'] = challenge.elapsedMs;
  const signed = {
    round: round.round,
    nodeId: challenge.nodeId,
    device: challenge.device,
    taskSeed: toHex(challenge.taskSeed),
    code: finding.code,
    reason,
    elapsedMs: challenge.elapsedMs ?? 0,
    perfBps: perfBps ?? 0,
  };
  const signature = await signMessage(ctx.signer, ctx.domain, 'Verdict', signed);
  const verdict: Verdict = {
    code: finding.code,
    group: verdictGroup(finding.code),
    reason,
    numbers,
    perfBps,
    opsPerMs,
    signature,
  };
  challenge.verdict = verdict;
  const transcript = transcriptOf({
    chainId: ctx.chain.chainId,
    oracle: ctx.oracleAddress,
    reporter: ctx.reporter,
    software: ctx.software,
    round,
    challenge,
  });
  await ctx.challenges.saveVerdict({ ...challenge, verdict }, transcript, replace);
  // A challenge that was never sent means nothing to the node.
  if (!challenge.signature) return;
  const { round: number, device, taskSeed, code, elapsedMs, perfBps: perf } = signed;
  ctx.gateway.send(
    challenge.nodeId,
    encodeFrame('VERDICT', {
      round: number,
      device,
      taskSeed,
      code,
      reason,
      numbers,
      elapsedMs,
      perfBps: perf,
      signature,
    }),
  );
}

/** Only a pass is a measurement; a miss counts 0, the other groups have no figure. */
function performanceOf(challenge: Challenge, code: Finding['code']): Pick<Verdict, 'perfBps' | 'opsPerMs'> {
  const { params, elapsedMs } = challenge;
  if (code === 'OK' && elapsedMs !== null) {
    return {
      perfBps: perfBps(hardwareClass(challenge.hardwareClass), params, elapsedMs),
      opsPerMs: measuredRate(params, elapsedMs),
    };
  }
  return { perfBps: verdictGroup(code) === 'missed' ? 0 : null, opsPerMs: null };
}
