import { toHex } from '../../protocol/bytes';
import { hardwareClass } from '../../protocol/classes';
import { encodeFrame, MAX_WORDS, type Sample } from '../../protocol/messages';
import type { Finding } from '../../protocol/rounds/decide';
import type { Facts } from '../../protocol/rounds/facts';
import { verdictValue } from '../../protocol/signed-values';
import { measuredRate, perfBps, TASKS } from '../../protocol/tasks';
import { verdictGroup } from '../../protocol/verdicts';
import type { Challenge, JudgedChallenge, Verdict } from '../store/model';
import type { RoundContext } from './context';
import type { Round } from './states';
import { transcriptOf } from './transcript';
import { persistently } from './waiting';

/** What giving a verdict takes. */
export interface VerdictContext
  extends Pick<RoundContext, 'reporter' | 'software' | 'signer' | 'evidence' | 'clock' | 'log' | 'signal'> {
  chain: Pick<RoundContext['chain'], 'chainId' | 'oracleAddress' | 'registry'>;
  challenges: Pick<RoundContext['challenges'], 'saveVerdict'>;
  gateway: Pick<RoundContext['gateway'], 'send'>;
}

/** What was found of a challenge. */
export interface Judgement {
  finding: Finding;
  /** The recorded facts that decided it. */
  facts: Facts;
  /** The sampled entry that was wrong, for WRONG_RESULT. */
  sample: Sample | null;
  /** Inclusion path of the commitment under the round's root, 0x hex. */
  path: readonly string[];
  /** Overwrites an earlier verdict (the backstop); otherwise the first one stands. */
  replace?: boolean;
}

/**
 * Gives a challenge its verdict: rate and performance, signature, row and transcript, then VERDICT to the node.
 * @returns the challenge with its verdict
 */
export async function giveVerdict(
  ctx: VerdictContext,
  round: Round,
  challenge: Challenge,
  { finding, facts, sample: found, path, replace = false }: Judgement,
): Promise<JudgedChallenge> {
  const { code } = finding;
  const { commit, reveal, nodeId, device } = challenge;
  const reason = finding.reason.slice(0, MAX_WORDS);
  const { perfBps, opsPerMs } = performanceOf(challenge, code);
  const numbers: Record<string, number> = { ...finding.numbers };
  if (commit) numbers['elapsedMs'] = commit.elapsedMs;
  const sample = code === 'WRONG_RESULT' ? found : null;
  const told = {
    round: round.round,
    device,
    taskSeed: toHex(challenge.taskSeed),
    commitment: commit && toHex(commit.commitment),
    revealDigest: reveal && toHex(reveal.digest),
    code,
    reason,
    elapsedMs: commit?.elapsedMs ?? 0,
    perfBps: perfBps ?? 0,
    sample,
  };
  const signature = await ctx.signer.sign('Verdict', verdictValue(told, nodeId));
  const group = verdictGroup(code);
  const verdict: Verdict = { code, group, reason, numbers, perfBps, opsPerMs, signature, facts };
  const judged = { ...challenge, verdict };
  const transcript = transcriptOf({
    chainId: ctx.chain.chainId,
    oracle: ctx.chain.oracleAddress,
    registry: ctx.chain.registry,
    reporter: ctx.reporter,
    software: ctx.software,
    round,
    challenge: judged,
    path,
    sample,
    proof: await publicProof(ctx, judged),
  });
  const bytes = Buffer.from(transcript.document, 'utf8');
  // A verdict without its public record would be nobody's to check: it waits for the disk as it waits for the database.
  await persistently(ctx, `transcript of node ${nodeId}`, ctx.signal, () => ctx.evidence.put(bytes));
  await ctx.challenges.saveVerdict(judged, transcript, replace);
  // A challenge that was never sent means nothing to the node.
  if (challenge.sentMs === null) return judged;
  ctx.gateway.send(nodeId, encodeFrame('VERDICT', { ...told, numbers, signature }));
  return judged;
}

/** Text of an accepted opening that the transcript shows, so that anyone can attest it on-chain. */
async function publicProof(
  { evidence }: Pick<RoundContext, 'evidence'>,
  { verdict, params, reveal }: JudgedChallenge,
): Promise<string | null> {
  if (verdict.code !== 'OK' || !TASKS[params.task].hasPublicOpening || !reveal) return null;
  const bytes = await evidence.get(toHex(reveal.digest));
  return bytes && Buffer.from(bytes).toString('utf8');
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
