import { buildEddsa, type Eddsa } from 'circomlibjs';
import { FIELD_ORDER } from '../protocol/field';
import type { CurvePoint, ReportSignature } from '../protocol/scoring/batch';

/** Order of Baby Jubjub's prime subgroup. */
export const SUBGROUP_ORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;

/** A reporter's key pair for reports; `seed` is secret. */
export interface ReporterKey {
  seed: Uint8Array;
  publicKey: CurvePoint;
}

let loading: Promise<Eddsa> | undefined;
const load = () => {
  loading ??= buildEddsa();
  return loading;
};

/**
 * Derives a reporter's Baby Jubjub key from 32 secret bytes (circomlib's EdDSA: BLAKE-512 of the seed, pruned).
 * The public key lies in the prime subgroup.
 * @throws RangeError when the seed is not 32 bytes.
 */
export async function reporterKeyFromSeed(seed: Uint8Array): Promise<ReporterKey> {
  if (seed.length !== 32) throw new RangeError(`a reporter seed has 32 bytes, not ${seed.length}`);
  const eddsa = await load();
  const [x, y] = eddsa.prv2pub(seed);
  return { seed, publicKey: [eddsa.F.toObject(x), eddsa.F.toObject(y)] };
}

/** Signs a `reportMessage` with EdDSA-Poseidon; deterministic. */
export async function signReport(key: ReporterKey, message: bigint): Promise<ReportSignature> {
  if (message < 0n || message >= FIELD_ORDER) throw new RangeError('a report message is a field element');
  const eddsa = await load();
  const { R8, S } = eddsa.signPoseidon(key.seed, eddsa.F.e(message));
  return { R8: [eddsa.F.toObject(R8[0]), eddsa.F.toObject(R8[1])], S };
}

/** Verifies a report signature; false, never an exception, for values that are no signature at all. */
export async function verifyReport(key: CurvePoint, message: bigint, { R8, S }: ReportSignature): Promise<boolean> {
  const elements = [...key, message, ...R8];
  if (elements.some((value) => value < 0n || value >= FIELD_ORDER) || S < 0n || S >= SUBGROUP_ORDER) return false;
  const eddsa = await load();
  const point = ([x, y]: CurvePoint): [Uint8Array, Uint8Array] => [eddsa.F.e(x), eddsa.F.e(y)];
  return eddsa.verifyPoseidon(eddsa.F.e(message), { R8: point(R8), S }, point(key));
}
