import type { Database } from './database';

/** A frame or socket that was refused. */
export interface Incident {
  round: number | null;
  nodeId: number | null;
  /** Address the socket came from. */
  remote: string;
  kind: string;
  closeCode: number | null;
  frameType: string | null;
  frameBytes: number | null;
  detail: string;
}

/** Table `incidents`. */
export class IncidentStore {
  constructor(private readonly db: Database) {}

  async add(incident: Incident): Promise<void> {
    await this.db.query(
      `INSERT INTO incidents (round, node_id, remote, kind, close_code, frame_type, frame_bytes, detail)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        incident.round,
        incident.nodeId,
        incident.remote.slice(0, 100),
        incident.kind,
        incident.closeCode,
        incident.frameType,
        incident.frameBytes,
        incident.detail.slice(0, 500),
      ],
    );
  }
}
