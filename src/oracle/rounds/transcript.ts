import { toHex } from '../../protocol/bytes';
import { canonicalJson, type Json } from '../../protocol/canonical-json';
import { sha256 } from '../../protocol/hash';
import { coins } from '../../protocol/seeds';
import type { Challenge } from '../store/model';
import { type Anchored, anchoredOf, drawOf, type Round } from './states';

export interface TranscriptSource {
  chainId: number;
  oracle: string;
  reporter: string;
  software: string;
  round: Round;
  challenge: Challenge;
}

/**
 * Public record of one challenge (protocol section 7): what was asked, every signature, the anchor, the coins, the
 * opening's digest (of an accepted tree opening the proof itself, so that anyone can attest it on-chain) and the
 * verdict. The coin secret appears only with a final anchor.
 * @returns canonical JSON and its SHA-256
 */
export function transcriptOf(source: TranscriptSource): { document: string; sha256: Uint8Array } {
  const { round, challenge } = source;
  const { commit, reveal } = challenge;
  const draw = drawOf(round);
  const { task, ...params } = challenge.params;
  const document = canonicalJson({
    transcript: 1,
    software: source.software,
    chainId: source.chainId,
    oracle: source.oracle,
    reporter: source.reporter,
    round: round.round,
    epoch: round.epoch,
    nodeId: challenge.nodeId,
    device: challenge.device,
    hardwareClass: challenge.hardwareClass,
    workerKey: challenge.workerKey,
    operator: challenge.operator,
    rewardRecipient: challenge.rewardRecipient,
    opening: draw && {
      openBlock: draw.openBlock,
      openBlockHash: draw.openBlockHash,
      nonce: toHex(draw.nonce),
      coinHash: toHex(draw.coinHash),
    },
    challenge: {
      task,
      params,
      taskSeed: toHex(challenge.taskSeed),
      referencePerMs: challenge.referencePerMs.toString(),
      expectedMs: challenge.expectedMs,
      deadlineMs: challenge.deadlineMs,
      signature: challenge.signature,
    },
    commit: {
      commitment: commit && toHex(commit.commitment),
      signature: commit?.signature ?? null,
      elapsedMs: commit?.elapsedMs ?? null,
    },
    busy: challenge.busy && { job: challenge.busy.jobId.toString(), shard: challenge.busy.shard },
    anchor: anchorOf(anchoredOf(round), challenge),
    open: {
      sha256: reveal && toHex(reveal.digest),
      bytes: reveal?.bytes ?? null,
      proof: reveal?.proof ?? null,
    },
    verdict: challenge.verdict && {
      code: challenge.verdict.code,
      reason: challenge.verdict.reason,
      numbers: challenge.verdict.numbers,
      perfBps: challenge.verdict.perfBps,
      opsPerMs: challenge.verdict.opsPerMs?.toString() ?? null,
      sample: challenge.verdict.sample && { ...challenge.verdict.sample },
      signature: challenge.verdict.signature,
    },
  });
  return { document, sha256: sha256(Buffer.from(document, 'utf8')) };
}

function anchorOf(round: Anchored | null, challenge: Challenge): Json {
  if (!round) return null;
  const { anchor, commitments, draw } = round;
  return {
    block: anchor.blockNumber,
    blockHash: anchor.blockHash,
    blockTime: anchor.blockTimeMs / 1000,
    tx: anchor.txHash,
    root: toHex(commitments.root),
    count: commitments.count,
    index: challenge.leafIndex,
    coinSecret: toHex(draw.coinSecret),
    coins: challenge.leafIndex === null ? null : toHex(coinsOf(round, challenge)),
  };
}

/** The coins of a challenge (protocol section 2). */
export function coinsOf(
  { anchor, commitments, draw }: Anchored,
  { nodeId, device }: Pick<Challenge, 'nodeId' | 'device'>,
): Uint8Array {
  return coins({
    anchorBlockHash: anchor.blockHash,
    coinSecret: draw.coinSecret,
    root: commitments.root,
    nodeId,
    device,
  });
}
