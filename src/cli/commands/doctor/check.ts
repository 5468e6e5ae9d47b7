import { EXIT_FATAL } from '../../../runtime/exit';
import { defineCommand, FLAG } from '../../command';

export const command = defineCommand({
  group: 'doctor',
  verb: 'check',
  name: 'doctor',
  summary: 'Say what is wrong on this machine, and the way out',
  help:
    'Looks at settings, endpoints, contracts, database, key, proving artifacts and clocks, and changes nothing: a line ' +
    'each with ok, warn, FAIL or skip, what was found, and the way out. It reads the settings of all programs; give it ' +
    'the environment that they have. A check that needs what an earlier one did not find is skipped, and names that one. ' +
    'Indexer and oracle may run meanwhile. Exit code 1 when a check fails. With no setting of chain or database in the ' +
    'environment it looks at the devnet that runs in DEVNET_DIR. Ends within a minute, and prints no key or password.',
  options: [
    {
      name: 'json',
      flags: '--json',
      description: 'Print the report as one line of JSON',
      default: 'text',
      schema: FLAG,
    },
  ],
  example: 'npx dpin doctor check --json',
  brief: true,
  run: async (_settings, { json }) => {
    const { environment } = await import('../../environment');
    const { examine } = await import('../../../doctor/doctor');
    const { linesOf } = await import('../../../doctor/report');
    const report = await examine(environment(process.env));
    if (!report.ok) process.exitCode = EXIT_FATAL;
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${linesOf(report).join('\n')}\n`);
  },
});
