import { childrenByParent, readIfThere } from '../../devnet/machine/processes';

/** Clock ticks a second of /proc, on every Linux that Node.js runs on. */
const TICKS_A_SECOND = 100;

/**
 * CPU time of a process, its living descendants and those it has waited for, µs; 0 where there is no /proc.
 */
export function treeCpuMicros(pid: number): number {
  const own = readIfThere(`/proc/${pid}/stat`);
  if (own === undefined) return 0;
  const children = childrenByParent();
  let ticks = 0;
  const add = (id: number) => {
    const stat = readIfThere(`/proc/${id}/stat`);
    // The name in parentheses may itself hold spaces; utime, stime, cutime and cstime are fields 14 to 17.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
    for (const field of fields.slice(11, 15)) ticks += Number(field);
    for (const child of children.get(id) ?? []) add(child);
  };
  add(pid);
  return (ticks / TICKS_A_SECOND) * 1e6;
}
