import { batchOf } from '../../protocol/scoring/words';
import type { NodeMeasurement } from '../epochs/measure';
import type { Queryable } from './database';
import { insert } from './insert';

/** Table `measurements`. */
export class MeasurementStore {
  constructor(private readonly db: Queryable) {}

  /** Writes what an epoch's nodes came to. */
  async save(epoch: number, measurements: readonly NodeMeasurement[]): Promise<void> {
    const rows = measurements.map(({ nodeId, status, perf, rounds, neutral, missed, failed, passed }) => ({
      epoch,
      node_id: nodeId,
      batch: batchOf(nodeId).batch,
      status,
      perf,
      rounds,
      neutral,
      missed,
      failed,
      passed,
    }));
    await insert(this.db, 'measurements', rows);
  }
}
