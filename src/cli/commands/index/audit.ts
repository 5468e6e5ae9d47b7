import type { AuditReport } from '../../../indexer/audit/audit';
import { EXIT_DIFFERENT } from '../../../runtime/exit';
import { defineCommand, FLAG } from '../../command';

/** Differences and checksums shown to a person. */
const DIFFERENCES_SHOWN = 50;
const CHECKSUMS_SHOWN = 3;

export const command = defineCommand({
  group: 'index',
  verb: 'audit',
  name: 'audit',
  summary: 'Compare the index with the chain',
  help:
    'Takes every row that contracts can speak of as it is at one block, reads the contracts at that block, and names each ' +
    'value that differs. Exit code 2 when one does, 1 or 75 when it could not compare all of them. The indexer may run ' +
    'meanwhile. An audit that was stopped or killed goes on where it was. The checksums of epochs are those of every ' +
    'index that has the same rows. The indexer does the same by itself at the times of AUDIT_CRON. With no setting of ' +
    'chain or database in the environment it audits the devnet that runs in DEVNET_DIR.',
  options: [
    { name: 'json', flags: '--json', description: 'Print the whole report as JSON', default: 'text', schema: FLAG },
  ],
  example: 'npx dpin index audit --json',
  settings: 'indexer',
  findsDevnet: true,
  run: async (settings, { json }, signal) => {
    const { auditIndex } = await import('../../../indexer/audit/audit');
    const report = await auditIndex(settings, signal);
    if (!report.ok) process.exitCode = EXIT_DIFFERENT;
    console.log(json ? JSON.stringify(named(report)) : linesOf(report).join('\n'));
  },
});

/** The report with the names that GraphQL has for the same things. */
function named({ ok, block, hash, resumed, differenceCount, differences, epochs, ...rest }: AuditReport) {
  return { ok, block, blockHash: hash, resumed, ...rest, differences: differenceCount, named: differences, epochs };
}

function linesOf({ block, hash, rows, compared, differenceCount, differences, epochs }: AuditReport): string[] {
  const shown = differences.slice(0, DIFFERENCES_SHOWN);
  const more = differenceCount - shown.length;
  const newest = epochs.slice(0, CHECKSUMS_SHOWN);
  return [
    differenceCount === 0 ? 'the index equals the chain' : 'the index differs from the chain',
    `block ${block} (${hash}): ${rows} rows, ${compared} values compared, ${differenceCount} differ`,
    ...shown.map(({ entity, id, field, indexed, onChain }) => {
      return `${entity} ${id} ${field}: ${indexed} in the index, ${onChain} on the chain`;
    }),
    ...(more > 0 ? [`and ${more} more; --json has ${differences.length} of them all`] : []),
    ...(newest.length > 0 ? ['Checksums of the newest epochs, to compare with another operator:'] : []),
    ...newest.map((epoch) => `  epoch ${epoch.epoch}: ${epoch.checksum}, over ${epoch.rows} rows that never change`),
  ];
}
