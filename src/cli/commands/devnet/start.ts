import { setTimeout as sleep } from 'node:timers/promises';
import { graphqlAnswers } from '../../../audit/graphql';
import { readSettings } from '../../../config/settings';
import { lineOf } from '../../../devnet/console/view';
import { watchOracle } from '../../../devnet/console/watch';
import { claimFolder } from '../../../devnet/machine/folder';
import { nodes } from '../../../devnet/network';
import { type Devnet, startDevnet } from '../../../devnet/start';
import type { FatalError } from '../../../runtime/errors';
import { stopSignal } from '../../../runtime/stop-signal';

/** `dpin devnet`: runs the whole network until Ctrl-C; the next start goes on with the same one. */
export async function run(): Promise<void> {
  const settings = readSettings('devnet', process.env);
  const { DEVNET_RPC_PORT, DEVNET_DB_PORT, GQL_PORT, ORACLE_PORT } = settings;
  const folder = claimFolder(settings.DEVNET_DIR);
  const startedAt = Date.now();
  const failing = new AbortController();
  const signal = AbortSignal.any([stopSignal({ orderly: true }), failing.signal]);
  let failure: FatalError | undefined;

  let devnet: Devnet | undefined;
  try {
    say('starting Postgres, the chain, the contracts and all processes');
    devnet = await startDevnet({
      folder,
      ports: { DEVNET_RPC_PORT, DEVNET_DB_PORT, GQL_PORT, ORACLE_PORT },
      onNotice: say,
      onFailure: (error) => {
        failure ??= error;
        failing.abort();
      },
      signal,
    });
    if (!signal.aborted) await graphqlAnswers(devnet.graphqlUrl, signal);
    if (!signal.aborted) {
      introduce(devnet, folder.root, (Date.now() - startedAt) / 1000);
      await watchOracle(devnet.database, (event) => say(lineOf(event)), signal);
    }
  } catch (error) {
    if (error !== signal.reason) throw error;
  } finally {
    if (devnet) {
      say('stopping');
      await devnet.stop();
    }
    folder.release();
  }
  if (failure) throw failure;
  // Sockets of libraries may linger; everything is stopped and written.
  await sleep(0);
  process.exit(0);
}

function introduce(devnet: Devnet, folder: string, seconds: number): void {
  const lines = [
    '',
    `  GraphQL   ${devnet.graphqlUrl}`,
    `  Chain     ${devnet.rpcUrl}  (chain id ${devnet.deployment.chainId})`,
    `  Oracle    ${devnet.oracleUrl}`,
    `  Postgres  postgres://${devnet.database.user}@${devnet.database.host}:${devnet.database.port}/${devnet.database.database}`,
    `  Kept in   ${folder}  (logs in ${folder}/logs)`,
    `  Nodes     ${nodes.map(({ behaviour }, nodeId) => `${nodeId} ${behaviour}`).join(', ')}`,
    '',
    `  ${devnet.isResumed ? 'Resumed' : 'Up'} after ${seconds.toFixed(1)} s. Ctrl-C stops; npm start goes on; npm run reset forgets.`,
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function say(line: string): void {
  process.stdout.write(`${new Date().toTimeString().slice(0, 8)}  ${line}\n`);
}
