import type { Check, CheckResult } from '../oracle/verification/check';
import { toHex } from '../protocol/bytes';
import { sha256 } from '../protocol/hash';
import { SeededRandom } from './random';

/**
 * The simulation's stand-in for the tasks: a commitment binds the task seed and the share of the work that was skipped,
 * a reveal says both, and a check catches a skipped share as often as the real samples would (protocol section 3).
 */

/** A reveal that brings every checker down. */
export const DEADLY = Buffer.from('deadly');

/** @param skipped share of the work that was not done, 0 for honest work */
export function commitmentOf(taskSeed: string, skipped: number): Uint8Array {
  return sha256(revealOf(taskSeed, skipped));
}

export function revealOf(taskSeed: string, skipped: number): Uint8Array {
  return Buffer.from(`${taskSeed} ${skipped}`, 'utf8');
}

/** Chance that a check of `samples` samples misses a skipped share. */
export function chanceToPass(skipped: number, samples: number): number {
  return (1 - skipped) ** samples;
}

/** Checks a reveal; the same check always finds the same. */
export async function checkWork({ taskSeed, commitment, coins, params, opening }: Check): Promise<CheckResult> {
  const bytes = await opening();
  const result = (code: CheckResult['code'], reason: string): CheckResult => ({ code, reason, numbers: {}, cpuMs: 0 });
  const text = Buffer.from(bytes).toString('utf8');
  if (text === DEADLY.toString()) return result('UNCHECKABLE', 'the check brought every process down');
  const [seed, share] = text.split(' ');
  if (seed !== toHex(taskSeed) || toHex(sha256(bytes)) !== toHex(commitment)) {
    return result('BAD_OPENING', 'the roots do not hash to the commitment');
  }
  const drawn = new SeededRandom(new DataView(coins.buffer, coins.byteOffset).getUint32(0)).next();
  if (Number(share) > 0 && drawn >= chanceToPass(Number(share), params.K)) {
    return { ...result('WRONG_RESULT', 'a sampled entry is wrong'), sample: { t: 0, j: 0, i: 0 } };
  }
  return result('OK', 'every sampled entry is right');
}
