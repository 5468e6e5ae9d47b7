import type { Queryable } from './database';

/** Transcripts read at once: an epoch of a large network has more than fit in memory together. */
const PAGE = 1_000;

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
