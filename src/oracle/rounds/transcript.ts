import { toHex } from '../../protocol/bytes';
import { sha256 } from '../../protocol/hash';
import { coins } from '../../protocol/seeds';
import type { Challenge, Round } from '../store/model';

/** Anything a transcript may hold. Whole numbers beyond 2^53 stand as decimal text. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** JSON with sorted keys and no spaces: equal content gives equal bytes. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

export interface TranscriptSource {
  chainId: number;
  oracle: string;
  reporter: string;
  software: string;
  round: Round;
  challenge: Challenge;
}

const hexOrNull = (bytes: Uint8Array | null) => bytes && toHex(bytes);

/**
 * Public record of one challenge (protocol section 7): what was asked, every signature, the anchor, the coins, the opening's digest (of an
 * accepted tree opening the proof itself, so that anyone can attest it on-chain) and the verdict. The coin secret appears only with a final anchor.
 * @returns canonical JSON and its SHA-256
 */
export function transcriptOf(source: TranscriptSource): { document: string; sha256: Uint8Array } {
  const { round, challenge } = source;
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
    opening: round.opening && {
      openBlock: round.opening.openBlock,
      openBlockHash: round.opening.openBlockHash,
      nonce: toHex(round.opening.nonce),
      coinHash: toHex(round.opening.coinHash),
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
      commitment: hexOrNull(challenge.commitment),
      signature: challenge.commitSignature,
      elapsedMs: challenge.elapsedMs,
    },
    busy: challenge.busy && { job: challenge.busy.jobId.toString(), shard: challenge.busy.shard },
    anchor: anchorOf(round, challenge),
    open: {
      sha256: hexOrNull(challenge.openingDigest),
      bytes: challenge.openingBytes,
      proof: challenge.attestation,
    },
    verdict: challenge.verdict && {
      code: challenge.verdict.code,
      reason: challenge.verdict.reason,
      numbers: challenge.verdict.numbers,
      perfBps: challenge.verdict.perfBps,
      opsPerMs: challenge.verdict.opsPerMs?.toString() ?? null,
      signature: challenge.verdict.signature,
    },
  });
  return { document, sha256: sha256(Buffer.from(document, 'utf8')) };
}

function anchorOf(round: Round, challenge: Challenge): Json {
  const { anchor, committed, opening } = round;
  if (!anchor || !committed || !opening) return null;
  return {
    block: anchor.blockNumber,
    blockHash: anchor.blockHash,
    blockTime: anchor.blockTimeMs / 1000,
    tx: anchor.txHash,
    root: toHex(committed.root),
    count: committed.commitCount,
    index: challenge.leafIndex,
    coinSecret: toHex(opening.coinSecret),
    coins: challenge.inAnchor ? toHex(coinsOf(round, challenge)) : null,
  };
}

/** The coins of a challenge (protocol section 2). @throws TypeError when the round has no final anchor yet */
export function coinsOf(round: Round, challenge: Pick<Challenge, 'nodeId' | 'device'>): Uint8Array {
  const { anchor, committed, opening } = round;
  if (!anchor || !committed || !opening) throw new TypeError(`round ${round.round} is not anchored`);
  return coins({
    anchorBlockHash: anchor.blockHash,
    coinSecret: opening.coinSecret,
    root: committed.root,
    nodeId: challenge.nodeId,
    device: challenge.device,
  });
}
