import { leafHash, rootOfLeafHashes } from '../../protocol/merkle';
import type { Queryable } from '../store/database';

/** Transcripts read at once: an epoch of a large network has more than fit in memory together. */
const PAGE = 1_000;

export interface Evidence {
  /** Merkle root over the epoch's transcripts, 32 bytes. */
  root: Uint8Array;
  transcripts: number;
}

/**
 * Root over an epoch's transcripts (protocol section 7): leaves are the UTF-8 bytes of the canonical documents, sorted by
 * (round, nodeId, device).
 */
export async function epochEvidence(db: Queryable, epoch: bigint): Promise<Evidence> {
  const hashes: Uint8Array[] = [];
  let after: [string, string, number] = ['-1', '-1', -1];
  for (;;) {
    const rows = await db.query<{ round: string; node_id: string; device: number; document: string }>(
      `SELECT round, node_id, device, document FROM transcripts
       WHERE epoch = $1 AND (round, node_id, device) > ($2::bigint, $3::bigint, $4::smallint)
       ORDER BY round, node_id, device LIMIT ${PAGE}`,
      [String(epoch), ...after],
    );
    for (const row of rows) hashes.push(leafHash(Buffer.from(row.document, 'utf8')));
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return { root: rootOfLeafHashes(hashes), transcripts: hashes.length };
    after = [last.round, last.node_id, last.device];
  }
}
