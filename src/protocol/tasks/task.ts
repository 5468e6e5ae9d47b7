import { z } from 'zod';
import type { HardwareClass } from '../classes';

const unsigned = (bits: 8 | 16 | 32) =>
  z
    .number()
    .int()
    .min(0)
    .max(2 ** bits - 1);

/**
 * The five numbers that say how large a task is; every task reads them in its own way (`Task.sizeWords`). They stand so
 * in `taskSeed`, in the signed Challenge, in frames and transcripts.
 */
export const TASK_SIZES = z.strictObject({
  n: unsigned(32),
  w: unsigned(32),
  T: unsigned(32),
  K: unsigned(16),
  m: unsigned(8),
});
export type TaskSizes = z.output<typeof TASK_SIZES>;

/** What a class may be asked: T from its least to its largest, the other sizes as they are. */
export interface SizeBounds extends Omit<TaskSizes, 'T'> {
  minT: number;
  maxT: number;
}

/** Where a reference rate comes from. Only a measured one opens a class where real money is paid. */
export type ReferenceSource = 'measured' | 'published' | 'chosen';

/**
 * Everything that the protocol says about one task; pure. Rates are whole work units per millisecond, a unit being what
 * `work` counts.
 */
export interface Task {
  /** Number in `taskSeed` and in the signed Challenge. */
  readonly id: number;
  /** How often the task is drawn: its share of the sum of all tasks' shares. */
  readonly share: number;

  /** The sizes that a class may be asked; `sizes` keeps within them, and a node refuses others. */
  bounds(hardware: HardwareClass): SizeBounds;
  /** Sizes of a node's next task. @param lastRate rate of the device's last accepted task of this kind, or null */
  sizes(hardware: HardwareClass, lastRate: bigint | null): TaskSizes;
  /** @throws ProtocolError naming the size that the protocol does not allow */
  check(sizes: TaskSizes): void;
  /** Work units of the whole task. */
  work(sizes: TaskSizes): bigint;
  /** Rate that counts as 10000 basis points in a class. */
  referenceRate(hardware: HardwareClass): bigint;
  /** Where that rate comes from. */
  referenceSource(hardware: HardwareClass): ReferenceSource;
  /** What a node or an oracle lacks to do the task in a class, in words; null when nothing is missing. */
  missing(hardware: HardwareClass): string | null;
  /** Rate at which the next task is expected to run; deadlines follow from it. @param lastRate as in `sizes` */
  expectedRate(hardware: HardwareClass, lastRate: bigint | null): bigint;
  /** Time by which a preparation makes the deadline later, ms; not yet timed apart from the work (`deadlineMs`). */
  preparationMs(sizes: TaskSizes): number;
  /** Most bytes that an opening can take; a longer one is refused before it is read. */
  maxOpeningBytes(sizes: TaskSizes): number;
  /** A device's last accepted opening of an epoch is kept and checked more deeply at the epoch's end. */
  readonly hasBackstop: boolean;
  /** An accepted opening is UTF-8 text that stands in the transcript, so that anyone can check it. */
  readonly hasPublicOpening: boolean;

  /** What `work` counts, in words. */
  readonly workUnit: string;
  /** What each size means, in words. */
  readonly sizeWords: Readonly<Record<keyof TaskSizes, string>>;
}
