import type { SeriesComparison } from '../../../indexer/store/rollups';
import { EXIT_DIFFERENT } from '../../../runtime/exit';
import { defineCommand, FLAG } from '../../command';

/** Differences shown to a person. */
const DIFFERENCES_SHOWN = 50;

export const command = defineCommand({
  group: 'index',
  verb: 'rollups',
  name: 'rollups',
  summary: "Make the network's series anew from histories",
  help:
    'Makes the rows of `networkDays` and `networkEpochs` anew, in one transaction, from what the index keeps of every ' +
    'event, not from the running totals that the indexer copied into them. An index that was updated from a release ' +
    'without series gets them so. No indexer may run, and unfinalized blocks are taken back; the next `npx dpin index ' +
    'process` takes them in again. With --check nothing is written and the indexer may run: each value that differs is ' +
    'named, with exit code 2. What histories do not tell is left out: of an index of the first release that was updated, ' +
    'periods before the first weight after the update. With no setting of chain or database in the environment it works ' +
    'on the devnet that runs in DEVNET_DIR.',
  options: [
    { name: 'check', flags: '--check', description: 'Only compare', default: 'make the rows anew', schema: FLAG },
    {
      name: 'json',
      flags: '--json',
      description: 'Print what was done or found as JSON',
      default: 'text',
      schema: FLAG,
    },
  ],
  example: 'npx dpin index rollups --check',
  settings: 'indexer',
  findsDevnet: true,
  run: async (settings, { check, json }, signal) => {
    const { checkRollups, rebuildRollups } = await import('../../../indexer/rollups');
    if (!check) {
      const rows = await rebuildRollups(settings, signal);
      console.log(json ? JSON.stringify({ rows }) : `${rows} rows of days and epochs were made anew.`);
      return;
    }
    const found = await checkRollups(settings);
    if (found.differenceCount > 0) process.exitCode = EXIT_DIFFERENT;
    console.log(json ? JSON.stringify(found) : linesOf(found).join('\n'));
  },
});

function linesOf({ rows, differenceCount, differences }: SeriesComparison): string[] {
  const shown = differences.slice(0, DIFFERENCES_SHOWN).map(({ table, id, kept, rebuilt }) => {
    if (kept === null) return `${table} ${id}: histories have it, the series does not`;
    if (rebuilt === null) return `${table} ${id}: the series has it, histories do not`;
    const columns = Object.keys(kept).filter((column) => kept[column] !== rebuilt[column]);
    return `${table} ${id}: ${columns.map((name) => `${name} ${kept[name]}, by histories ${rebuilt[name]}`).join('; ')}`;
  });
  const more = differenceCount - shown.length;
  return [
    differenceCount === 0
      ? `the series equal the histories: ${rows} rows`
      : `the series differ from the histories in ${differenceCount} of ${rows} rows`,
    ...shown,
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}
