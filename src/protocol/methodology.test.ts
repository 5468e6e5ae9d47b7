import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HARDWARE_CLASSES } from './classes';
import { TASKS } from './tasks';

/** The page is what reporters sign; it must state the numbers that the code uses. */
describe('docs/methodology.md', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'methodology.md'), 'utf8').replaceAll(',', '');

  it.each(HARDWARE_CLASSES.map((hardware) => [hardware.name, hardware] as const))(
    'states the class %s',
    (_, hardware) => {
      const row = page.split('\n').find((line) => line.startsWith(`| ${hardware.id} ${hardware.name}`));
      expect(row).toBeDefined();
      const numbers = row!.match(/\d+/g)!.map(Number);
      const [gemm, tree] = [TASKS.gemm.sizes(hardware, null), TASKS.tree.sizes(hardware, null)];
      expect(numbers).toEqual([
        ...[hardware.id, gemm.n, gemm.w, gemm.K, Number(TASKS.gemm.referenceRate(hardware))],
        ...[tree.n, tree.K, Number(TASKS.tree.referenceRate(hardware))],
      ]);
    },
  );

  it.each(['gemm', 'tree'] as const)('names the unit in which %s is counted', (name) => {
    expect(page).toContain(`${name} reference ${TASKS[name].workUnit} per ms`);
  });
});
