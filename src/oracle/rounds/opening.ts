import { toHex } from '../../protocol/bytes';
import { RetryableError } from '../../runtime/errors';
import type { AnchoredChallenge } from '../store/model';
import type { RoundContext } from './context';

/** The bytes of a kept reveal. @throws RetryableError when they are not there */
export async function openingOf(
  { evidence }: Pick<RoundContext, 'evidence'>,
  { round, nodeId, device, reveal }: AnchoredChallenge,
): Promise<Uint8Array> {
  const bytes = reveal && (await evidence.get(toHex(reveal.digest)));
  if (!bytes) throw new RetryableError('a kept reveal is not there', { round, nodeId, device });
  return bytes;
}
