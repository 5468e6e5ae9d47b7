import { createHash } from 'node:crypto';
import { HAS_NATIVE_SHA256, sha256 } from './hash';

describe('sha256', () => {
  it('hashes natively where Node.js runs it', () => {
    expect(HAS_NATIVE_SHA256).toBe(true);
  });

  it.each([[[]], [['']], [['abc']], [['a', '', 'bc']]])('hashes the joined parts %j', (texts) => {
    const expected = createHash('sha256').update(texts.join('')).digest('hex');
    expect(Buffer.from(sha256(...texts.map((text) => Buffer.from(text)))).toString('hex')).toBe(expected);
  });
});
