import type { Logger } from '@subsquid/logger';
import type { Network } from '../../config/networks';
import type { SettingsOf } from '../../config/settings';
import type { Closer } from '../../runtime/exit';
import type { StatusStore } from '../store/status';
import { limitsAt } from './http/limits';
import { EvidenceServer } from './http/server';
import { EvidenceStore } from './store';

const PRUNE_EVERY_MS = 60_000;
const BYTES_PER_GB = 1e9;

export interface EvidenceSurroundings {
  settings: Pick<
    SettingsOf<'oracle'>,
    'EVIDENCE_DIR' | 'EVIDENCE_MAX_GB' | 'EVIDENCE_HOST' | 'EVIDENCE_PORT' | 'EVIDENCE_URL'
  >;
  network: Pick<Network, 'chainId' | 'challengeWindowMs'>;
  /** Lower-case addresses of the reporter's account and of the ReputationOracle. */
  reporter: string;
  oracle: string;
  status: Pick<StatusStore, 'evidence'>;
  log: Logger;
  closing: Closer[];
}

/**
 * Opens the reporter's evidence: the store, its pruning, and the public server, whose address the API tells from then on.
 * @throws FatalError naming EVIDENCE_DIR or EVIDENCE_PORT
 */
export async function openEvidence(surroundings: EvidenceSurroundings): Promise<EvidenceStore> {
  const { settings, network, reporter, oracle, status, log, closing } = surroundings;
  const { EVIDENCE_DIR: folder, EVIDENCE_HOST: host } = settings;
  const { chainId, challengeWindowMs } = network;
  const maxBytes = settings.EVIDENCE_MAX_GB * BYTES_PER_GB;
  const store = await EvidenceStore.open({ folder, maxBytes, challengeWindowMs, log });
  closing.push(() => store.close());
  const pruning = setInterval(() => {
    store.prune(Date.now()).then(
      (pruned) => {
        if (pruned.files > 0) log.info({ ...pruned }, 'old evidence removed');
      },
      (error: Error) => log.error({ error: error.message, folder }, 'old evidence cannot be removed'),
    );
  }, PRUNE_EVERY_MS);
  closing.push(() => clearInterval(pruning));

  const challengeWindowSeconds = challengeWindowMs / 1000;
  const server = new EvidenceServer(
    {
      folder,
      host,
      port: settings.EVIDENCE_PORT,
      about: { reporter, chainId, oracle, challengeWindowSeconds },
      limits: limitsAt(host),
    },
    log,
  );
  closing.push(() => server.close());
  const port = await server.listen();
  const url = publicUrl(settings.EVIDENCE_URL, host, port);
  log.info({ url, folder, keptGB: store.totalBytes / BYTES_PER_GB }, 'evidence is public');
  await status.evidence(url, challengeWindowSeconds);
  return store;
}

/** Address that clients are told, without a slash at its end. @param setting EVIDENCE_URL, empty when not set */
export function publicUrl(setting: string, host: string, port: number): string {
  if (setting !== '') return setting.replace(/\/+$/, '');
  // Whoever listens on every address of this machine is reached from here by this one.
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
