import fc from 'fast-check';
import { chacha8Words } from './chacha';
import { ProtocolError } from './errors';
import { SampleStream } from './sampling';

const coins = new Uint8Array(32).fill(0xc0);

describe('draws', () => {
  it('draws u32le words of the stream `smpl` modulo the bound', () => {
    const stream = new SampleStream(coins);
    const words = chacha8Words(coins, 'smpl', 0);
    for (let i = 0; i < 100; i++) expect(stream.below(2 ** (i % 33))).toBe(words.next().value % 2 ** (i % 33));
  });

  it('rejects words at or above the largest multiple of the bound', () => {
    const bound = 3 * 2 ** 30;
    const stream = new SampleStream(coins);
    const words = chacha8Words(coins, 'smpl', 0);
    const accepted: number[] = [];
    let rejected = 0;
    while (accepted.length < 200) {
      const word = words.next().value;
      if (word < bound) accepted.push(word);
      else rejected++;
    }
    expect(Array.from({ length: 200 }, () => stream.below(bound))).toEqual(accepted);
    expect(rejected).toBeGreaterThan(20);
  });

  it('stays below any bound, and draws only 0 below 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (bound) => {
        const value = new SampleStream(coins).below(bound);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(bound);
      }),
    );
    expect(new SampleStream(coins).below(1)).toBe(0);
  });

  it('refuses bounds that are no bounds', () => {
    for (const bound of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
      expect(() => new SampleStream(coins).below(bound)).toThrow(ProtocolError);
    }
  });
});
