import { FIELD_ORDER } from '../protocol/field';
import { reporterKeyFromSeed, SUBGROUP_ORDER, signReport, verifyReport } from './eddsa';

const seed = new Uint8Array(32).fill(9);
const message = 123456789n;

describe('report signatures', () => {
  it('verifies a signature under the signer’s key and this message only', async () => {
    const key = await reporterKeyFromSeed(seed);
    const other = await reporterKeyFromSeed(new Uint8Array(32).fill(8));
    const signature = await signReport(key, message);
    expect(await verifyReport(key.publicKey, message, signature)).toBe(true);
    expect(await verifyReport(key.publicKey, message + 1n, signature)).toBe(false);
    expect(await verifyReport(other.publicKey, message, signature)).toBe(false);
  });

  it('derives the same key and signs to the same bytes every time', async () => {
    const key = await reporterKeyFromSeed(seed);
    expect((await reporterKeyFromSeed(seed)).publicKey).toEqual(key.publicKey);
    expect(await signReport(key, message)).toEqual(await signReport(key, message));
  });

  it('refuses every other form of a signature, unreduced numbers and points off the curve, without throwing', async () => {
    const key = await reporterKeyFromSeed(seed);
    const { R8, S } = await signReport(key, message);
    expect(await verifyReport(key.publicKey, message, { R8, S: S + SUBGROUP_ORDER })).toBe(false);
    expect(await verifyReport(key.publicKey, message + FIELD_ORDER, { R8, S })).toBe(false);
    expect(await verifyReport(key.publicKey, message, { R8: [R8[0] + FIELD_ORDER, R8[1]], S })).toBe(false);
    expect(await verifyReport(key.publicKey, message, { R8: [1n, 2n], S })).toBe(false);
    expect(await verifyReport([0n, 0n], message, { R8, S })).toBe(false);
    expect(await verifyReport(key.publicKey, message, { R8, S: -1n })).toBe(false);
  });

  it('needs a seed of 32 bytes and a field element', async () => {
    await expect(reporterKeyFromSeed(new Uint8Array(31))).rejects.toThrow(RangeError);
    const key = await reporterKeyFromSeed(seed);
    await expect(signReport(key, FIELD_ORDER)).rejects.toThrow(RangeError);
  });
});
