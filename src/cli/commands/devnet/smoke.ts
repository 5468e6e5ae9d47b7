import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_FATAL } from '../../../runtime/exit';
import { defineCommand, FLAG } from '../../command';

export const command = defineCommand({
  group: 'devnet',
  verb: 'smoke',
  name: 'smoke',
  summary: 'Run a devnet in a temporary folder, check it and stop',
  help:
    'Takes about three minutes: until two epochs are proven and both tasks were verified. What happens goes to stderr, ' +
    'the report as JSON to stdout. Exit code 1 when a check fails.',
  options: [
    { name: 'json', flags: '--json', description: 'Print the report on one line', default: 'indented', schema: FLAG },
    {
      name: 'keep',
      flags: '--keep',
      description: 'Keep the folder with chain, database and logs',
      default: 'removed at the end',
      schema: FLAG,
    },
  ],
  example: 'npx dpin devnet smoke --json',
  orderly: true,
  run: async (_settings, { json, keep }, signal) => {
    const [{ runSmoke }, { claimFolder, forgetDevnet }, { freePorts }, { timed }] = await Promise.all([
      import('../../../devnet/console/smoke'),
      import('../../../devnet/machine/folder'),
      import('../../../devnet/machine/ports'),
      import('../../../devnet/console/view'),
    ]);
    const say = (line: string) => process.stderr.write(timed(line));
    const dir = mkdtempSync(join(tmpdir(), 'dpin-smoke-'));
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
      const report = await runSmoke({ folder, ports, say, signal });
      process.stdout.write(`${json ? JSON.stringify(report) : JSON.stringify(report, null, 2)}\n`);
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
