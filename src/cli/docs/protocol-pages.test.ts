import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { networkOf } from '../../config/networks';
import { MOVES } from '../../oracle/rounds/states';
import { HARDWARE_CLASSES } from '../../protocol/classes';
import { TASKS } from '../../protocol/tasks';
import { VERDICT_CODES, verdictGroup } from '../../protocol/verdicts';
import { PROJECT_ROOT } from '../../runtime/project';

const page = (name: string) => readFileSync(join(PROJECT_ROOT, 'docs', 'protocol', name), 'utf8');
/** Names in code spans. */
const names = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!);

it('finds the states of a round and their moves in section 2', () => {
  const table = page('2-rounds.md').split('| state | meaning | next | its watchdog |')[1]!;
  const rows = [...table.matchAll(/^\| `(\w+)` \|[^|]*\|([^|]*)\|[^|]*\|$/gm)];
  // That every unfinished state may become void stands below the table.
  const moves = Object.entries(MOVES).map(([state, next]) => [state, next.filter((after) => after !== 'void')]);
  expect(Object.fromEntries(rows.map(([, state, next]) => [state, names(next!)]))).toEqual(Object.fromEntries(moves));
});

it('finds the timetables of the networks in section 2', () => {
  const parts = {
    prepare: 'prepareMs',
    commit: 'commitMs',
    anchor: 'anchorMs',
    reveal: 'revealMs',
    verdicts: 'verdictMs',
  } as const;
  const row = (part: string) =>
    page('2-rounds.md').match(new RegExp(`^\\| ${part} \\| (\\d+) s \\| (\\d+) s \\|`, 'm'))!;
  for (const [part, name] of Object.entries(parts)) {
    const [, bnbChain, devnet] = row(part).map(Number);
    expect([bnbChain! * 1000, devnet! * 1000]).toEqual([56, 31_337].map((id) => networkOf(id).timetable[name]));
  }
});

it('gives the classes of each network a commit window that its timetable holds', () => {
  for (const id of [56, 97, 31_337]) {
    const { timetable, production } = networkOf(id);
    // On a devnet the development class alone is open.
    const classes = HARDWARE_CLASSES.filter(({ name }) => production || name === 'development');
    for (const { commitWindowMs } of classes) expect(commitWindowMs).toBeLessThanOrEqual(timetable.commitMs);
  }
});

it("finds each class's bounds of deadlines in section 2 and its largest T in section 3", () => {
  /** Numbers of the row whose first cell names the class, perhaps among others. */
  const numbersOf = (name: string, className: string) => {
    const row = page(name).match(new RegExp(`^\\| (?:\\w+, )*${className}(?:, \\w+)* \\|.*\\d.*$`, 'm'))![0];
    return row.replaceAll(',', '').match(/\d+/g)!.map(Number);
  };
  for (const hardware of HARDWARE_CLASSES) {
    const { name, minDeadlineMs, commitWindowMs } = hardware;
    expect(numbersOf('2-rounds.md', name)).toEqual([minDeadlineMs / 1000, commitWindowMs / 1000]);
    expect(numbersOf('3-gemm.md', name)).toEqual([TASKS.gemm.bounds(hardware).maxT]);
  }
});

it('finds every verdict in its group in section 6', () => {
  const rows = [...page('6-verdicts.md').matchAll(/^\| (pass|neutral|missed|fail) \|(.*)\|$/gm)];
  const groups = rows.flatMap(([, group, codes]) => names(codes!).map((code) => [code, group]));
  expect(Object.fromEntries(groups)).toEqual(
    Object.fromEntries(VERDICT_CODES.map((code) => [code, verdictGroup(code)])),
  );
});
