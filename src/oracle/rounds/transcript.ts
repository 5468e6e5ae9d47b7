import { toHex } from '../../protocol/bytes';
import { canonicalJson, type Json } from '../../protocol/canonical-json';
import { sha256 } from '../../protocol/hash';
import type { Sample } from '../../protocol/messages';
import { coins } from '../../protocol/seeds';
import type { Challenge } from '../store/model';
import { type Anchored, anchoredOf, type Draw, drawOf, type Round } from './states';

export interface TranscriptSource {
  chainId: number;
  oracle: string;
  registry: string;
  reporter: string;
  software: string;
  round: Round;
  challenge: Challenge;
  /** Inclusion path of the commitment, 0x hex. */
  path: readonly string[];
  /** The sampled entry that was wrong. */
  sample: Sample | null;
  /** Text of an accepted opening that anyone can attest on-chain. */
  proof: string | null;
}

/**
 * Public record of one challenge (protocol section 7): what was asked, every signature, the anchor, the coins, the
 * reveal's hash (under which its bytes can be fetched), the facts that decided, and the verdict. The draw appears only
 * of a round whose challenges went out, the coin secret only with a final anchor.
 * @returns canonical JSON and its SHA-256
 */
export function transcriptOf(source: TranscriptSource): { document: string; sha256: Uint8Array } {
  const { round, challenge } = source;
  const { commit, busy, reveal, verdict } = challenge;
  const { task, ...params } = challenge.params;
  const document = canonicalJson({
    transcript: 2,
    software: source.software,
    chainId: source.chainId,
    oracle: source.oracle,
    registry: source.registry,
    reporter: source.reporter,
    round: round.round,
    epoch: round.epoch,
    timetable: round.timetable,
    nodeId: challenge.nodeId,
    device: challenge.device,
    hardwareClass: challenge.hardwareClass,
    workerKey: challenge.workerKey,
    operator: challenge.operator,
    rewardRecipient: challenge.rewardRecipient,
    opening: verdict?.facts?.opened ? openingOf(drawOf(round)) : null,
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
    busy: busy && { job: busy.jobId.toString(), shard: busy.shard, signature: busy.signature },
    anchor: anchorOf(anchoredOf(round), challenge, source.path),
    open: {
      sha256: reveal && toHex(reveal.digest),
      bytes: reveal?.bytes ?? null,
      proof: source.proof,
    },
    facts: verdict?.facts ?? null,
    verdict: verdict && {
      code: verdict.code,
      reason: verdict.reason,
      numbers: verdict.numbers,
      perfBps: verdict.perfBps,
      opsPerMs: verdict.opsPerMs?.toString() ?? null,
      sample: source.sample && { ...source.sample },
      signature: verdict.signature,
    },
  });
  return { document, sha256: sha256(Buffer.from(document, 'utf8')) };
}

function openingOf(draw: Draw | null): Json {
  return (
    draw && {
      openBlock: draw.openBlock,
      openBlockHash: draw.openBlockHash,
      nonce: toHex(draw.nonce),
      coinHash: toHex(draw.coinHash),
    }
  );
}

function anchorOf(round: Anchored | null, challenge: Challenge, path: readonly string[]): Json {
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
    path: [...path],
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
