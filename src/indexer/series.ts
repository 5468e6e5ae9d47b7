import { dayKey, networkEpochKey } from './ids';
import { dayAt, epochAt, type Period } from './rules/periods';
import type { EventPlace } from './source/types';
import { newPeriod } from './store/births';
import { type StoreEntity, stamp } from './store/table';
import type { RowNames } from './store/tables';

/** The rows that day and epoch of a block have in the network's series. */
export interface Moment {
  /** Whether a block is of the same day and epoch; blocks come in the order of their time. */
  holds(seconds: number): boolean;
  /** Copies the network as it is after the event at this place into both rows. */
  record(at: EventPlace): void;
}

/** Names the rows of the day and the epoch that a time lies in. */
export function momentAt(names: RowNames, seconds: number): Moment {
  const day = dayAt(seconds);
  const epoch = epochAt(names.clock, seconds);
  const startSeconds = Math.max(day.startSeconds, epoch.startSeconds);
  const endSeconds = Math.min(day.endSeconds, epoch.endSeconds);
  const dayRow = names.networkDays.ref(dayKey(day.number));
  const epochRow = names.networkEpochs.ref(networkEpochKey(epoch.number));
  return {
    holds: (other) => other >= startSeconds && other < endSeconds,
    record(at) {
      const network = names.network.edit(at);
      const update = (row: StoreEntity, period: Period) => stamp(Object.assign(row, newPeriod(period, network)), at);
      update(dayRow.editOrCreate(at, day, network), day);
      update(epochRow.editOrCreate(at, epoch, network), epoch);
    },
  };
}
