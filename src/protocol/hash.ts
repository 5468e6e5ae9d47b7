import { sha256 as portableSha256 } from '@noble/hashes/sha256';
import { concat } from './bytes';

// Taken from the running process rather than imported, so that bundles for a browser hold no trace of Node.js.
const nodeCrypto = globalThis.process?.getBuiltinModule?.('node:crypto');

/** Whether SHA-256 is computed by OpenSSL (Node.js) or in JavaScript (browsers), which is many times slower. */
export const HAS_NATIVE_SHA256 = nodeCrypto !== undefined;

/** SHA-256 of the joined parts, 32 bytes. */
export const sha256: (...parts: readonly Uint8Array[]) => Uint8Array = nodeCrypto
  ? (...parts) => nodeCrypto.hash('sha256', parts.length === 1 ? parts[0]! : concat(...parts), 'buffer')
  : (...parts) => portableSha256(concat(...parts));
