import { toHex } from '../../protocol/bytes';
import type { AnchoredChallenge } from '../store/model';
import type { RoundContext } from './context';

/** A kept reveal that is gone: pruned because the disk given was too small, or damaged on it. */
export class RevealGone extends Error {
  override readonly name = 'RevealGone';
}

/** The bytes of a kept reveal. @throws RevealGone when they are there no more; RetryableError when the disk fails */
export async function openingOf(
  { evidence }: Pick<RoundContext, 'evidence'>,
  { round, nodeId, device, reveal }: AnchoredChallenge,
): Promise<Uint8Array> {
  const bytes = reveal && (await evidence.get(toHex(reveal.digest)));
  if (!bytes)
    throw new RevealGone(`the reveal of round ${round} node ${nodeId} device ${device} is not there any more`);
  return bytes;
}
