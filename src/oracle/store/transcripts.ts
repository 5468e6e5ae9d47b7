import type { Queryable } from './database';
import { insert } from './insert';

/** Transcripts read at once: an epoch of a large network has more than fit in memory together. */
const PAGE = 1_000;

/** A transcript as it is stored: the canonical document and its hash. */
export type TranscriptRow = Readonly<
  Record<'round' | 'node_id' | 'device' | 'epoch', number> & { document: string; sha256: Uint8Array }
>;

/** Writes a transcript. @param replace one that is there already; else that one stays */
export async function saveTranscript(tx: Queryable, row: TranscriptRow, replace: boolean): Promise<void> {
  const replaced = 'UPDATE SET document = excluded.document, sha256 = excluded.sha256';
  await insert(tx, 'transcripts', [row], replace ? `(round, node_id, device) DO ${replaced}` : 'DO NOTHING');
}

/** Table `transcripts`, as the closing of an epoch reads it. */
export class TranscriptStore {
  constructor(private readonly db: Queryable) {}

  /** The canonical documents of an epoch by (round, nodeId, device), a page at a time. */
  async *documentsOf(epoch: number): AsyncGenerator<string> {
    let after: [string, string, number] = ['-1', '-1', -1];
    for (;;) {
      const rows = await this.db.query<{ round: string; node_id: string; device: number; document: string }>(
        `SELECT round, node_id, device, document FROM transcripts
         WHERE epoch = $1 AND (round, node_id, device) > ($2::bigint, $3::bigint, $4::smallint)
         ORDER BY round, node_id, device LIMIT ${PAGE}`,
        [epoch, ...after],
      );
      for (const { document } of rows) yield document;
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = [last.round, last.node_id, last.device];
    }
  }
}
