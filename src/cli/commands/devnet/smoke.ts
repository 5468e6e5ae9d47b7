import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSmoke, type SmokeReport } from '../../../devnet/console/smoke';
import { claimFolder, forgetDevnet } from '../../../devnet/machine/folder';
import { freePorts } from '../../../devnet/machine/ports';
import { EXIT_FATAL } from '../../../runtime/exit';
import { stopSignal } from '../../../runtime/stop-signal';

/** `dpin smoke [--json] [--keep]`: a devnet of its own on free ports, checked and stopped; exit 1 when a check fails. */
export async function run(): Promise<void> {
  // Commander keeps options it does not know among the arguments it was given.
  const flags = new Set(process.argv.slice(3));
  const say = (line: string) => process.stderr.write(`${new Date().toTimeString().slice(0, 8)}  ${line}\n`);
  const dir = mkdtempSync(join(tmpdir(), 'dpin-smoke-'));
  const [rpc = 0, db = 0, graphql = 0, oracle = 0] = await freePorts(4);
  const signal = stopSignal({ orderly: true });

  const folder = claimFolder(dir);
  let report: SmokeReport | undefined;
  try {
    report = await runSmoke({
      folder,
      ports: { DEVNET_RPC_PORT: rpc, DEVNET_DB_PORT: db, GQL_PORT: graphql, ORACLE_PORT: oracle },
      say,
      signal,
    });
  } finally {
    folder.release();
    if (flags.has('--keep')) say(`kept in ${dir}`);
    else {
      await forgetDevnet(dir);
      rmSync(dir, { recursive: true, force: true });
    }
  }
  process.stdout.write(`${flags.has('--json') ? JSON.stringify(report) : JSON.stringify(report, null, 2)}\n`);
  process.exit(report.ok ? 0 : EXIT_FATAL);
}
