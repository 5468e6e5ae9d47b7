import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { FAULT_NAMES } from '../../../devnet/faults/names';
import { EXIT_FATAL } from '../../../runtime/exit';
import { defineCommand, FLAG } from '../../command';

export const command = defineCommand({
  group: 'devnet',
  verb: 'faults',
  name: 'faults',
  summary: 'Run a devnet in a temporary folder and do to it what must harm no honest node',
  help:
    `Takes some 25 minutes, each fault alone three to five: ${FAULT_NAMES.join(', ')}. ` +
    'What happens goes to stderr, what came of each fault to stdout. Exit code 1 when an honest node got a miss or a fail.',
  options: [
    {
      name: 'only',
      flags: '--only <name>',
      description: 'The one fault to do',
      default: 'all of them, one after the other',
      schema: z.enum(FAULT_NAMES, { error: `is not one of ${FAULT_NAMES.join(', ')}` }).optional(),
    },
    { name: 'json', flags: '--json', description: 'Print one line of JSON', default: 'text', schema: FLAG },
    {
      name: 'keep',
      flags: '--keep',
      description: 'Keep the folder with chain, database and logs',
      default: 'removed at the end',
      schema: FLAG,
    },
  ],
  example: 'npx dpin devnet faults --only copycat',
  orderly: true,
  run: async (_settings, { only, json, keep }, signal) => {
    const [{ runFaults }, { linesOf }, { claimFolder, forgetDevnet }, { freePorts }, { timed }] = await Promise.all([
      import('../../../devnet/faults/run'),
      import('../../../devnet/faults/report'),
      import('../../../devnet/machine/folder'),
      import('../../../devnet/machine/ports'),
      import('../../../devnet/console/view'),
    ]);
    const say = (line: string) => process.stderr.write(timed(line));
    const dir = mkdtempSync(join(tmpdir(), 'dpin-faults-'));
    const [rpc = 0, db = 0, graphql = 0, oracle = 0, evidence = 0] = await freePorts(5);
    const ports = {
      DEVNET_RPC_PORT: rpc,
      DEVNET_DB_PORT: db,
      GQL_PORT: graphql,
      ORACLE_PORT: oracle,
      EVIDENCE_PORT: evidence,
    };
    const folder = claimFolder(dir);
    try {
      const report = await runFaults({
        folder,
        ports,
        faults: only === undefined ? FAULT_NAMES : [only],
        say,
        onReport: (fault) => {
          if (!json) process.stdout.write(linesOf(fault));
        },
        signal,
      });
      if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
      if (!report.ok) process.exitCode = EXIT_FATAL;
    } finally {
      folder.release();
      if (keep) say(`kept in ${dir}`);
      else {
        await forgetDevnet(dir);
        rmSync(dir, { recursive: true, force: true });
      }
    }
  },
});
