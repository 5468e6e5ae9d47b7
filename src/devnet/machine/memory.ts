import { existsSync } from 'node:fs';
import { childrenByParent, readIfThere } from './processes';

/** Memory of a process and all that descend from it, MB. */
export interface MemoryUse {
  /** Proportional set size: shared pages are counted once in the sum. */
  pssMb: number;
  /** Resident set size: shared pages are counted in every process. */
  rssMb: number;
  processes: number;
}

/**
 * Adds up the memory of `rootPid` and its descendants from /proc.
 * @returns undefined where there is no /proc
 */
export function memoryOfTree(rootPid: number): MemoryUse | undefined {
  if (!existsSync('/proc/self/smaps_rollup')) return undefined;
  const children = childrenByParent();
  const use: MemoryUse = { pssMb: 0, rssMb: 0, processes: 0 };
  const pending = [rootPid];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    pending.push(...(children.get(pid) ?? []));
    const text = readIfThere(`/proc/${pid}/smaps_rollup`);
    if (text === undefined) continue;
    use.pssMb += kilobytes(text, 'Pss') / 1024;
    use.rssMb += kilobytes(text, 'Rss') / 1024;
    use.processes++;
  }
  return use;
}

function kilobytes(rollup: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
}
