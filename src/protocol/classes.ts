import { ProtocolError } from './errors';

/**
 * Hardware classes. A node's class is fixed for the life of its nodeId. What a task asks of each class, and the rate
 * that counts as 10000 basis points there, stands with the task (`tasks/<task>/task.ts`).
 */
export const HARDWARE_CLASSES = [
  { id: 0, name: 'development', minDeadlineMs: 6000 },
  { id: 1, name: 'integrated', minDeadlineMs: 6000 },
  { id: 2, name: 'consumer', minDeadlineMs: 6000 },
  { id: 3, name: 'datacentre', minDeadlineMs: 6000 },
] as const satisfies readonly { id: number; name: string; minDeadlineMs: number }[];

export type ClassName = (typeof HARDWARE_CLASSES)[number]['name'];

export interface HardwareClass {
  /** Number in NodeRegistry. */
  id: number;
  name: ClassName;
  /** No deadline is shorter, whatever is expected. */
  minDeadlineMs: number;
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
