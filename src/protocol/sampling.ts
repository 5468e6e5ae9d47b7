import { chacha8Words } from './chacha';
import { ProtocolError } from './errors';

/**
 * Draws from the sampling stream (protocol section 3): u32le words of ChaCha8 under the coins with tag `smpl`; a draw
 * below b rejects words at or above ⌊2^32/b⌋·b, so that every value is equally likely.
 */
export class SampleStream {
  private readonly words: Generator<number, never, undefined>;

  /** @param coins 32 bytes that nobody knew before the commitment was anchored */
  constructor(coins: Uint8Array) {
    this.words = chacha8Words(coins, 'smpl', 0);
  }

  /**
   * A number in 0..bound−1.
   * @throws ProtocolError when bound is not in 1..2^32
   */
  below(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) throw new ProtocolError(`cannot draw below ${bound}`);
    const limit = Math.floor(2 ** 32 / bound) * bound;
    for (;;) {
      const word = this.words.next().value;
      if (word < limit) return word % bound;
    }
  }
}
