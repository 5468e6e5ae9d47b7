import { ProtocolError } from './errors';

/** Joins byte strings; the `‖` of the protocol page. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Whether two byte strings are equal; public data only, so it need not take constant time. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Text of UTF-8 bytes; what is no UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** ASCII bytes of a tag. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => {
    const code = char.charCodeAt(0);
    if (code > 0x7f) throw new ProtocolError(`tag ${JSON.stringify(text)} is not ASCII`);
    return code;
  });
}

/**
 * Big-endian integer of a fixed width (protocol page, preamble).
 * @param width bytes
 * @throws ProtocolError when the value is negative, not whole or does not fit
 */
export function uintBytes(value: bigint | number, width: number): Uint8Array {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new ProtocolError(`${value} is not an integer`);
  let rest = BigInt(value);
  if (rest < 0n || rest >> BigInt(8 * width) !== 0n) throw new ProtocolError(`${value} does not fit u${8 * width}`);
  const bytes = new Uint8Array(width);
  for (let i = width - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

export const u8 = (value: number): Uint8Array => uintBytes(value, 1);
export const u16 = (value: number): Uint8Array => uintBytes(value, 2);
export const u32 = (value: number): Uint8Array => uintBytes(value, 4);
export const u64 = (value: bigint | number): Uint8Array => uintBytes(value, 8);
export const u256 = (value: bigint | number): Uint8Array => uintBytes(value, 32);

/** Big-endian unsigned integer. */
export function uintFromBytes(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case 0x hex. */
export function toHex(bytes: Uint8Array): string {
  let text = '0x';
  for (const byte of bytes) text += HEX_OF_BYTE[byte];
  return text;
}

/**
 * Bytes of a 0x hex text.
 * @param width expected bytes; leave out for any
 * @throws ProtocolError when the text is not hex of that width
 */
export function fromHex(text: string, width?: number): Uint8Array {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(text)) throw new ProtocolError('not a 0x hex text');
  const bytes = Uint8Array.from({ length: text.length / 2 - 1 }, (_, i) =>
    parseInt(text.slice(2 * i + 2, 2 * i + 4), 16),
  );
  if (width !== undefined && bytes.length !== width)
    throw new ProtocolError(`${bytes.length} bytes instead of ${width}`);
  return bytes;
}

/** Checks that a byte string has the width that a formula asks for, and returns it. */
export function sized(bytes: Uint8Array, width: number, what: string): Uint8Array {
  if (bytes.length !== width) throw new ProtocolError(`${what} has ${bytes.length} bytes instead of ${width}`);
  return bytes;
}
