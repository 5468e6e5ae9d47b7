import { ProtocolError } from './errors';

/**
 * Hardware classes. A node's class is fixed for the life of its nodeId. What a task asks of each class, and the rate
 * that counts as 10000 basis points there, stands with the task (`tasks/<task>/task.ts`).
 *
 * A commit window holds every task of its class at a quarter of the reference rate: runs of 4 s in the GPU classes, in
 * the development class the `tree` of 2.73 s. It must end well inside a slot, the devnet's being 25 s, whatever a node
 * does.
 */
export const HARDWARE_CLASSES = [
  { id: 0, name: 'development', minDeadlineMs: 6_000, commitWindowMs: 11_000 },
  { id: 1, name: 'integrated', minDeadlineMs: 6_000, commitWindowMs: 16_000 },
  { id: 2, name: 'consumer', minDeadlineMs: 6_000, commitWindowMs: 16_000 },
  { id: 3, name: 'datacentre', minDeadlineMs: 6_000, commitWindowMs: 16_000 },
] as const satisfies readonly { id: number; name: string; minDeadlineMs: number; commitWindowMs: number }[];

export type ClassName = (typeof HARDWARE_CLASSES)[number]['name'];

export interface HardwareClass {
  /** Number in NodeRegistry. */
  id: number;
  name: ClassName;
  /** No deadline is shorter, whatever is expected. */
  minDeadlineMs: number;
  /** No deadline is longer: ms after CHALLENGE at which the class's last COMMIT is in time, whatever is expected. */
  commitWindowMs: number;
}

/**
 * Class by its number in NodeRegistry.
 * @throws ProtocolError when there is none
 */
export function hardwareClass(id: number): HardwareClass {
  const found = HARDWARE_CLASSES.find((entry) => entry.id === id);
  if (!found) throw new ProtocolError(`no hardware class ${id}`);
  return found;
}
