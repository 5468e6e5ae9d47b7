import { chacha8Bytes, chacha8Words, nonceWords } from './chacha';
import { ProtocolError } from './errors';

describe('ChaCha8', () => {
  const zeroNonceTag = '\0\0\0\0';

  it('gives the published keystream for the zero key and nonce (draft-strombergson-chacha-test-vectors, TC1)', () => {
    expect(Buffer.from(chacha8Bytes(new Uint8Array(32), zeroNonceTag, 0, 64)).toString('hex')).toBe(
      '3e00ef2f895f40d67f5bb8e81f09a5a12c840ec3ce9a7f3b181be188ef711a1e' +
        '984ce172b9216f419f445367456d5619314a42a3da86b001387bfdb80e0cfe42',
    );
  });

  it('gives the published keystream for a key with one bit set (TC2)', () => {
    const key = new Uint8Array(32);
    key[0] = 1;
    expect(Buffer.from(chacha8Bytes(key, zeroNonceTag, 0, 64)).toString('hex')).toBe(
      'cf5ee9a0494aa9613e05d5ed725b804b12f4a465ee635acc3a311de8740489ea' +
        '289d04f43c7518db56eb4433e498a1238cd8464d3763ddbb9222ee3bd8fae3c8',
    );
  });

  it('reads tag and t as little-endian nonce words', () => {
    expect(nonceWords('smpl', 7)).toEqual([0x6c706d73, 7]);
    expect(nonceWords('X0\0\0', 0)).toEqual([0x3058, 0]);
  });

  it('gives other streams for other tags, layers and keys', () => {
    const key = new Uint8Array(32).fill(5);
    const streams = [
      chacha8Bytes(key, 'row\0', 0, 64),
      chacha8Bytes(key, 'row\0', 1, 64),
      chacha8Bytes(key, 'col\0', 0, 64),
      chacha8Bytes(new Uint8Array(32), 'row\0', 0, 64),
    ];
    expect(new Set(streams.map((stream) => Buffer.from(stream).toString('hex'))).size).toBe(4);
  });

  it('numbers blocks onwards: words and bytes are one stream', () => {
    const key = Uint8Array.from({ length: 32 }, (_, i) => i);
    const bytes = Buffer.from(chacha8Bytes(key, 'col\0', 3, 200));
    const words = chacha8Words(key, 'col\0', 3);
    for (let i = 0; i < 50; i++) expect(words.next().value).toBe(bytes.readUInt32LE(4 * i));
  });

  it('refuses keys and tags of the wrong size', () => {
    expect(() => chacha8Bytes(new Uint8Array(31), 'smpl', 0, 1)).toThrow(ProtocolError);
    expect(() => nonceWords('abc', 0)).toThrow(ProtocolError);
  });
});
