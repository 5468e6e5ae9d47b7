import { EXIT_FATAL } from '../../../runtime/exit';
import { defineCommand, FLAG } from '../../command';

/** Differences shown to a person. */
const SHOWN = 50;

export const command = defineCommand({
  group: 'index',
  verb: 'audit',
  name: 'audit',
  summary: 'Compare the index with the chain',
  help:
    'Takes every row that contracts can speak of as it is at one block, reads the contracts at that block, and names each ' +
    'value that differs; exit code 1 when there is one. The indexer may run meanwhile. An audit that was stopped or ' +
    'killed goes on where it was. The checksums of epochs are those of every index that has the same rows. ' +
    'The indexer does the same by itself at the times of AUDIT_CRON. With no setting of chain or database in the ' +
    'environment it audits the devnet that runs in DEVNET_DIR.',
  options: [
    { name: 'json', flags: '--json', description: 'Print the whole report as JSON', default: 'text', schema: FLAG },
  ],
  example: 'dpin index audit --json',
  settings: 'indexer',
  looks: true,
  run: async (settings, { json }, signal) => {
    const { auditIndex } = await import('../../../indexer/audit/audit');
    const report = await auditIndex(settings, signal);
    if (!report.ok) process.exitCode = EXIT_FATAL;
    if (json) {
      process.stdout.write(`${JSON.stringify(report)}\n`);
      return;
    }
    for (const { entity, id, field, indexed, onChain } of report.differences.slice(0, SHOWN)) {
      console.log(`${entity} ${id} ${field}: ${indexed} in the index, ${onChain} on the chain`);
    }
    if (report.differenceCount > SHOWN) console.log(`and ${report.differenceCount - SHOWN} more; --json has them`);
    const { block, hash, rows, compared, differenceCount, epochs } = report;
    for (const { epoch, rows, checksum } of epochs.slice(0, 3))
      console.log(`epoch ${epoch}: ${rows} rows, ${checksum}`);
    console.log(`block ${block} (${hash}): ${rows} rows, ${compared} values compared, ${differenceCount} differ`);
  },
});
