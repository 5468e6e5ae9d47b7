import { readSettings } from '../../../config/settings';
import { runOracle } from '../../../oracle/service';
import { stopSignal } from '../../../runtime/stop-signal';

/** `dpin oracle`: runs a reporter's oracle until it is told to stop. */
export async function run(): Promise<void> {
  const settings = readSettings('oracle', process.env);
  await runOracle({ settings, signal: stopSignal() });
  // Sockets of the RPC endpoint and threads of the proof system may linger; everything is in the database.
  process.exit(0);
}
