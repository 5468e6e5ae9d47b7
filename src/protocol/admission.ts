import { HARDWARE_CLASSES } from './classes';
import { TASK_NAMES, TASKS } from './tasks';

/**
 * Why a hardware class is closed: its nodes are not challenged (protocol section 2). A class opens when every task has
 * its circuit, its kernels and its reference there. Where real money is paid the reference must be measured.
 * @param classId the class's number in NodeRegistry
 * @param production the network pays real money (`Network.production`)
 * @returns everything that is missing, in words; null for an open class
 */
export function classClosed(classId: number, { production }: { production: boolean }): string | null {
  const hardware = HARDWARE_CLASSES.find(({ id }) => id === classId);
  if (!hardware) return 'this version of the protocol has no such class';
  const reasons = TASK_NAMES.flatMap((name) => {
    const task = TASKS[name];
    const unmeasured = production && task.referenceSource(hardware) !== 'measured';
    return [task.missing(hardware), unmeasured ? `the reference of ${name} is not measured` : null];
  }).filter((reason) => reason !== null);
  return reasons.length === 0 ? null : reasons.join('; ');
}
