import type { Queryable } from './database';
import { insert } from './insert';

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
  constructor(private readonly db: Queryable) {}

  async add(incident: Incident): Promise<void> {
    const row = {
      round: incident.round,
      node_id: incident.nodeId,
      remote: incident.remote.slice(0, 100),
      kind: incident.kind,
      close_code: incident.closeCode,
      frame_type: incident.frameType,
      frame_bytes: incident.frameBytes,
      detail: incident.detail.slice(0, 500),
    };
    await insert(this.db, 'incidents', [row]);
  }
}
