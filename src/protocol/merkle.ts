import { concat, equalBytes, sized, u8, u32 } from './bytes';
import { ProtocolError } from './errors';
import { sha256 } from './hash';

/**
 * Merkle trees of the protocol (section 2): SHA-256, leaf `0x00 ‖ data`, node `0x01 ‖ left ‖ right`, an odd node is
 * promoted unchanged, the empty root is 32 zero bytes.
 */
export const EMPTY_ROOT: Uint8Array = new Uint8Array(32);

const LEAF_PREFIX = Uint8Array.of(0x00);
const NODE_PREFIX = Uint8Array.of(0x01);

/** Hash of a leaf's data. */
export function leafHash(data: Uint8Array): Uint8Array {
  return sha256(LEAF_PREFIX, data);
}

/** Hash of an inner node. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE_PREFIX, left, right);
}

/** Root over leaf data. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return rootOfLeafHashes(leaves.map(leafHash));
}

/** Root over leaves of which only the hashes are at hand (the data is read in pieces). */
export function rootOfLeafHashes(hashes: readonly Uint8Array[]): Uint8Array {
  let level = [...hashes];
  if (level.length === 0) return EMPTY_ROOT;
  while (level.length > 1) level = levelAbove(level);
  return level[0]!;
}

/**
 * Sibling hashes from the leaf upwards; levels where the node is promoted contribute nothing.
 * @throws ProtocolError when there is no such leaf
 */
export function merklePath(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  checkIndex(index, leaves.length);
  const path: Uint8Array[] = [];
  let level = leaves.map(leafHash);
  for (let i = index; level.length > 1; i >>= 1) {
    const sibling = level[i ^ 1];
    if (sibling) path.push(sibling);
    level = levelAbove(level);
  }
  return path;
}

/** Number of siblings on the path of leaf `index` in a tree of `count` leaves. */
export function merklePathLength(index: number, count: number): number {
  checkIndex(index, count);
  let length = 0;
  for (let i = index, width = count; width > 1; i >>= 1, width = (width + 1) >> 1) {
    if ((i ^ 1) < width) length++;
  }
  return length;
}

/**
 * Root that a leaf and its path lead to.
 * @param count leaves in the tree; it fixes where odd nodes are promoted
 * @throws ProtocolError when index or path cannot belong to a tree of that size
 */
export function rootFromPath(
  leafData: Uint8Array,
  index: number,
  count: number,
  path: readonly Uint8Array[],
): Uint8Array {
  if (path.length !== merklePathLength(index, count)) throw new ProtocolError('path of the wrong length');
  let hash = leafHash(leafData);
  let used = 0;
  for (let i = index, width = count; width > 1; i >>= 1, width = (width + 1) >> 1) {
    if ((i ^ 1) >= width) continue;
    const sibling = sized(path[used++]!, 32, 'path element');
    hash = i & 1 ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  }
  return hash;
}

/** Whether a leaf lies under a root; false, never an error, for anything that does not fit. */
export function isUnderRoot(
  root: Uint8Array,
  leafData: Uint8Array,
  index: number,
  count: number,
  path: readonly Uint8Array[],
): boolean {
  try {
    return equalBytes(rootFromPath(leafData, index, count, path), root);
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

/** A commitment received in time, as it stands in the anchor tree. */
export interface AnchoredCommitment {
  nodeId: number;
  device: number;
  /** 32 bytes */
  commitment: Uint8Array;
  elapsedMs: number;
}

/** Leaf of the anchor tree: nodeId u32 ‖ device u8 ‖ commitment ‖ elapsedMs u32 (section 2); 41 bytes. */
export function anchorLeaf({ nodeId, device, commitment, elapsedMs }: AnchoredCommitment): Uint8Array {
  return concat(u32(nodeId), u8(device), sized(commitment, 32, 'commitment'), u32(elapsedMs));
}

/**
 * Leaves of a round's anchor tree in their order: by (nodeId, device), each pair once.
 * @throws ProtocolError when a pair stands twice
 */
export function anchorLeaves(commitments: readonly AnchoredCommitment[]): Uint8Array[] {
  const sorted = [...commitments].sort((a, b) => a.nodeId - b.nodeId || a.device - b.device);
  sorted.forEach((entry, i) => {
    const before = sorted[i - 1];
    if (before && before.nodeId === entry.nodeId && before.device === entry.device) {
      throw new ProtocolError(`node ${entry.nodeId} device ${entry.device} stands twice in the anchor tree`);
    }
  });
  return sorted.map(anchorLeaf);
}

function levelAbove(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i]!;
    const right = level[i + 1];
    above.push(right ? nodeHash(left, right) : left);
  }
  return above;
}

function checkIndex(index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new ProtocolError(`no leaf ${index} in a tree of ${count}`);
  }
}
