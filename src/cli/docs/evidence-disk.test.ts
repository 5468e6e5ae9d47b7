import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { networkOf } from '../../config/networks';
import { EVIDENCE_LIMITS } from '../../oracle/evidence/http/limits';
import { HARDWARE_CLASSES } from '../../protocol/classes';
import { TASK_NAMES, TASKS } from '../../protocol/tasks';
import { PROJECT_ROOT } from '../../runtime/project';

const SLOT_SECONDS = 300;
const ROUNDS_PER_DAY = 86_400 / SLOT_SECONDS;
/** A transcript has 2 to 4 KB. */
const TRANSCRIPT_BYTES = 4_096;
const page = readFileSync(join(PROJECT_ROOT, 'docs', 'guide', 'running.md'), 'utf8');

/** Bytes of evidence that one device makes in a day: the largest reveal of each task in its share of the rounds. */
function bytesPerDay(hardware: (typeof HARDWARE_CLASSES)[number]): number {
  const shares = TASK_NAMES.reduce((sum, name) => sum + TASKS[name].share, 0);
  const perRound = TASK_NAMES.reduce(
    (sum, name) => sum + (largestReveal(name, hardware) * TASKS[name].share) / shares,
    0,
  );
  return ROUNDS_PER_DAY * (perRound + TRANSCRIPT_BYTES);
}

function largestReveal(name: (typeof TASK_NAMES)[number], hardware: (typeof HARDWARE_CLASSES)[number]): number {
  const { n, w, K, m, maxT } = TASKS[name].bounds(hardware);
  return TASKS[name].maxOpeningBytes({ n, w, K, m, T: maxT });
}

describe('the disk that evidence takes', () => {
  const windowShare = networkOf(56).challengeWindowMs / 86_400_000;
  const gigabytes = (bytes: number) => Math.ceil(bytes / 1e9);

  it.each(HARDWARE_CLASSES.filter(({ name }) => name !== 'development'))(
    'stands in the guide for class $name as its sizes give it',
    (hardware) => {
      const day = bytesPerDay(hardware);
      const cells = [
        hardware.name,
        `${(largestReveal('gemm', hardware) / 1e6).toFixed(2)} MB`,
        `${Math.ceil(day / 1e6)} MB`,
        `${gigabytes(1_000 * day)} GB`,
        `${gigabytes(1_000 * day * windowShare)} GB`,
      ];
      expect(page).toContain(`| ${cells.join(' | ')} |`);
    },
  );

  it('says what one address may take of the server', () => {
    const { connections, connectionsPerAddress, requestsPerSecond } = EVIDENCE_LIMITS;
    expect(page.replaceAll('\n', ' ')).toContain(
      `${connections} connections, ${connectionsPerAddress} of them and ${requestsPerSecond} requests a second`,
    );
  });
});
