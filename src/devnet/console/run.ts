import { graphqlAnswers } from '../../audit/graphql';
import type { SettingsOf } from '../../config/settings';
import type { FatalError } from '../../runtime/errors';
import { claimFolder } from '../machine/folder';
import { NODES } from '../network';
import { type Devnet, startDevnet } from '../start';
import { lineOf, timed } from './view';
import { watchOracles } from './watch';

/**
 * Runs the whole network until the signal fires, telling on the console what the oracle finishes; the next run goes on
 * with the same network.
 * @throws FatalError when it cannot start or go on; all is stopped then
 */
export async function runDevnet(settings: SettingsOf<'devnet'>, stop: AbortSignal): Promise<void> {
  const { DEVNET_RPC_PORT, DEVNET_DB_PORT, GQL_PORT, ORACLE_PORT, EVIDENCE_PORT } = settings;
  const folder = claimFolder(settings.DEVNET_DIR);
  const startedAt = Date.now();
  const failing = new AbortController();
  const signal = AbortSignal.any([stop, failing.signal]);
  let failure: FatalError | undefined;

  let devnet: Devnet | undefined;
  try {
    say('starting Postgres, the chain, the contracts and all processes');
    devnet = await startDevnet({
      folder,
      ports: { DEVNET_RPC_PORT, DEVNET_DB_PORT, GQL_PORT, ORACLE_PORT, EVIDENCE_PORT },
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
      await watchOracles(devnet, (event) => say(lineOf(event)), signal);
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
}

function introduce(devnet: Devnet, folder: string, seconds: number): void {
  const lines = [
    '',
    `  GraphQL   ${devnet.graphqlUrl}`,
    `  Chain     ${devnet.rpcUrl}  (chain id ${devnet.deployment.chainId})`,
    `  Oracle    ${devnet.oracleUrls.join('  ')}`,
    `  Evidence  ${devnet.evidenceUrls.join('  ')}`,
    `  Postgres  postgres://${devnet.database.user}@${devnet.database.host}:${devnet.database.port}/${devnet.database.database}`,
    `  Kept in   ${folder}  (logs in ${folder}/logs, settings for other commands in ${folder}/settings.env)`,
    `  Nodes     ${NODES.map(({ behaviour }, nodeId) => `${nodeId} ${behaviour}`).join(', ')}`,
    '',
    `  ${devnet.isResumed ? 'Resumed' : 'Up'} after ${seconds.toFixed(1)} s. Ctrl-C stops; npm start goes on; npm run reset forgets.`,
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function say(line: string): void {
  process.stdout.write(timed(line));
}
