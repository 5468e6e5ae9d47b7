import { leafHash, rootOfLeafHashes } from '../../protocol/merkle';

export interface Evidence {
  /** Merkle root over the epoch's transcripts, 32 bytes. */
  root: Uint8Array;
  transcripts: number;
}

/**
 * Root over an epoch's transcripts (protocol section 7): leaves are the UTF-8 bytes of the canonical documents, sorted
 * by (round, nodeId, device).
 */
export async function evidenceOf(documents: AsyncIterable<string>): Promise<Evidence> {
  const hashes: Uint8Array[] = [];
  for await (const document of documents) hashes.push(leafHash(Buffer.from(document, 'utf8')));
  return { root: rootOfLeafHashes(hashes), transcripts: hashes.length };
}
