import { toHex, utf8 } from './bytes';
import { canonicalJson } from './canonical-json';
import type { SignedValue } from './eip712';
import { sha256 } from './hash';
import type { Frame } from './messages';
import { busyAnswer } from './seeds';

/**
 * What is signed under each frame (protocol section 2), so that the side that signs and the side that checks build the
 * same value. All are pure; hex is lower-case with 0x.
 */
const ZERO_32 = `0x${'00'.repeat(32)}`;

type Body<F> = Omit<F, 'v' | 'type' | 'signature'>;

/**
 * Hello. `details` is the SHA-256 of the canonical JSON of all that the node says about itself.
 * @param reporter address of the WELCOME's reporter
 * @param nonce of the WELCOME, 32 bytes
 */
export function helloValue(hello: Body<Frame<'HELLO'>>, reporter: string, nonce: string): SignedValue<'Hello'> {
  const { nodeId, devices, adapters, software } = hello;
  const details = toHex(sha256(utf8(canonicalJson({ adapters, software }))));
  return { reporter, nodeId, devices, nonce, details };
}

/** Busy. @param taskSeed of the challenge that the node does not work on, 32 bytes */
export function busyValue({ jobId, shard }: Pick<Frame<'BUSY'>, 'jobId' | 'shard'>, taskSeed: string) {
  return { taskSeed, jobId, shard } satisfies SignedValue<'Busy'>;
}

/** The `answer` of a receipt for BUSY; for COMMIT it is the commitment itself. */
export function answerOfBusy({ jobId, shard }: Pick<Frame<'BUSY'>, 'jobId' | 'shard'>): string {
  return toHex(busyAnswer(BigInt(jobId), shard));
}

/** Receipt: what the reporter has received of this node, and when. */
export function receiptValue(receipt: Body<Frame<'RECEIPT'>>, nodeId: number): SignedValue<'Receipt'> {
  const { round, device, taskSeed, answer, elapsedMs } = receipt;
  return { round, nodeId, device, taskSeed, answer, elapsedMs };
}

/** Verdict: the code with the work that it is about. Without commitment, reveal or sample zeros stand there. */
export function verdictValue(verdict: Omit<Body<Frame<'VERDICT'>>, 'numbers'>, nodeId: number): SignedValue<'Verdict'> {
  const { round, device, taskSeed, commitment, revealDigest, code, reason, elapsedMs, perfBps, sample } = verdict;
  return {
    round,
    nodeId,
    device,
    taskSeed,
    commitment: commitment ?? ZERO_32,
    revealDigest: revealDigest ?? ZERO_32,
    code,
    reason,
    elapsedMs,
    perfBps,
    sampleT: sample?.t ?? 0,
    sampleJ: sample?.j ?? 0,
    sampleI: sample?.i ?? 0,
  };
}
