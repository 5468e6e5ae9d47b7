import type { Kernels } from '../../../kernels';
import { u32 } from '../../bytes';
import { sha256 } from '../../hash';
import { merkleRoot } from '../../merkle';

const COMMITMENT_PREFIX = Uint8Array.of(0x02);
const ROOT_BYTES = 32;

/**
 * `commitment = SHA-256(0x02 ‖ u32 T ‖ MerkleRoot(root_1 … root_T))` (protocol section 3): a proof about one transition
 * brings T, its root and a path instead of all roots.
 * @param roots root_1 ‖ … ‖ root_T, 32 bytes each
 */
export function gemmCommitment(roots: Uint8Array): Uint8Array {
  const T = roots.length / ROOT_BYTES;
  const leaves = Array.from({ length: T }, (_, t) => roots.subarray(ROOT_BYTES * t, ROOT_BYTES * (t + 1)));
  return gemmCommitmentOver(T, merkleRoot(leaves));
}

/**
 * The commitment over the Merkle root of all T roots; with `rootFromPath` it binds a single root_t.
 * @param root 32 bytes
 */
export function gemmCommitmentOver(T: number, root: Uint8Array): Uint8Array {
  return sha256(COMMITMENT_PREFIX, u32(T), root);
}

/** Merkle tree over the w leaf hashes of one layer; w is a power of two, so no node is ever promoted. */
export class LayerTree {
  /** Levels from the leaves to the root, hashes of 32 bytes joined. */
  private readonly levels: Uint8Array[];

  /** @param leafHashes w hashes of 32 bytes, joined */
  constructor(wasm: Kernels, leafHashes: Uint8Array) {
    wasm.reset();
    const address = wasm.allocateBytes(leafHashes);
    this.levels = [leafHashes];
    for (let nodes = leafHashes.length / 64; nodes >= 1; nodes /= 2) {
      wasm.run.hashLevel(address, nodes, address);
      this.levels.push(wasm.bytes(address, 32 * nodes).slice());
    }
  }

  get root(): Uint8Array {
    return this.levels[this.levels.length - 1]!;
  }

  /** Sibling hashes of leaf j from the leaf upwards, joined. */
  path(j: number): Uint8Array {
    const path = new Uint8Array(32 * (this.levels.length - 1));
    for (let level = 0; level < this.levels.length - 1; level++) {
      const sibling = (j >> level) ^ 1;
      path.set(this.levels[level]!.subarray(32 * sibling, 32 * sibling + 32), 32 * level);
    }
    return path;
  }
}
