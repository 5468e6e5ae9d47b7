import { toHex } from '../../protocol/bytes';
import { anchorLeaves, merklePath } from '../../protocol/merkle';
import { type AnchoredChallenge, challengeKey } from '../store/model';

/** Inclusion paths of anchored commitments, 0x hex, by challengeKey. @param anchored all of the round */
export function anchorPaths(anchored: readonly AnchoredChallenge[]): ReadonlyMap<string, readonly string[]> {
  const leaves = anchorLeaves(anchored.map(({ nodeId, device, commit }) => ({ nodeId, device, ...commit })));
  return new Map(anchored.map((c) => [challengeKey(c), merklePath(leaves, c.leafIndex).map(toHex)]));
}
