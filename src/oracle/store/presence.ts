import type { PresenceRecords, WrittenAbsence } from '../rounds/presence';
import type { Queryable } from './database';
import { insert } from './insert';

const at = (ms: number) => new Date(ms);

/** Tables `presence` and `absences`. Every write may run twice. */
export class PresenceStore implements PresenceRecords {
  constructor(private readonly db: Queryable) {}

  async aliveAt(): Promise<number | null> {
    const [row] = await this.db.query<{ alive_at: Date }>('SELECT alive_at FROM presence');
    return row?.alive_at.getTime() ?? null;
  }

  async beat(atMs: number): Promise<void> {
    const later = '(only_row) DO UPDATE SET alive_at = greatest(presence.alive_at, excluded.alive_at)';
    await insert(this.db, 'presence', [{ only_row: true, alive_at: at(atMs) }], later);
  }

  async add({ fromMs, toMs, lostMs, why }: WrittenAbsence): Promise<void> {
    const row = { from_at: at(fromMs), to_at: at(toMs), lost_ms: Math.ceil(lostMs), why };
    await insert(this.db, 'absences', [row], 'DO NOTHING');
  }

  async since(atMs: number): Promise<WrittenAbsence[]> {
    const rows = await this.db.query<{ from_at: Date; to_at: Date; lost_ms: string; why: WrittenAbsence['why'] }>(
      'SELECT from_at, to_at, lost_ms, why FROM absences WHERE to_at > $1 ORDER BY from_at, to_at',
      [at(atMs)],
    );
    return rows.map((row) => ({
      fromMs: row.from_at.getTime(),
      toMs: row.to_at.getTime(),
      lostMs: Number(row.lost_ms),
      why: row.why,
    }));
  }
}
