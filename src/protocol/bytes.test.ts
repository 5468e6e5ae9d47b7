import fc from 'fast-check';
import { ascii, concat, equalBytes, fromHex, toHex, u8, uintBytes, uintFromBytes } from './bytes';
import { ProtocolError } from './errors';

describe('bytes', () => {
  it('writes integers big-endian and reads them back', () => {
    expect([...uintBytes(0x0102, 4)]).toEqual([0, 0, 1, 2]);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (value) => {
        expect(uintFromBytes(uintBytes(value, 32))).toBe(value);
      }),
    );
  });

  it('refuses integers that do not fit', () => {
    for (const value of [-1, 256, 0.5, Number.NaN]) expect(() => u8(value)).toThrow(ProtocolError);
    expect(() => uintBytes(1n << 64n, 8)).toThrow(ProtocolError);
  });

  it('writes hex and reads it back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(fromHex(toHex(bytes), bytes.length)).toEqual(bytes);
        expect(toHex(bytes)).toBe(toHex(bytes).toLowerCase());
      }),
    );
    for (const text of ['', '12', '0x1', '0xgg']) expect(() => fromHex(text)).toThrow(ProtocolError);
    expect(() => fromHex('0x1234', 3)).toThrow(ProtocolError);
  });

  it('joins and compares bytes', () => {
    expect([...concat(ascii('ab'), new Uint8Array(0), u8(3))]).toEqual([97, 98, 3]);
    expect(equalBytes(u8(1), u8(1))).toBe(true);
    expect(equalBytes(u8(1), u8(2))).toBe(false);
    expect(equalBytes(u8(1), new Uint8Array(2))).toBe(false);
    expect(() => ascii('ü')).toThrow(ProtocolError);
  });
});
