import { rpcUrls } from '../config/settings';
import { RpcFailure } from '../indexer/source/rpc/failure';
import type { ArtifactFolders } from '../zk/look';
import { checkArchive } from './checks/archive';
import { checkArtifacts } from './checks/artifacts';
import { checkClocks } from './checks/clocks';
import { checkContracts, checkDeployment, contractsOf } from './checks/contracts';
import { checkDatabase, explainPostgres } from './checks/database';
import { checkEndpoints, explainRpc } from './checks/endpoints';
import { checkKeys } from './checks/keys';
import { checkSettings, rolesOf } from './checks/settings';
import { Checkup, type Learnt } from './checkup';
import { given } from './given';
import { type Report, reportOf } from './report';
import { secretsIn } from './secrets';

export interface DoctorOptions {
  /** Wall clock of this machine, ms since 1970. */
  nowMs?(): number;
  /** Where proving artifacts lie; default: in this checkout. */
  artifacts?: ArtifactFolders;
  /** After so long what has no answer yet has none; default 50 s. */
  wholeMs?: number;
}

/**
 * Looks at all that the programs of this machine need, changing nothing: settings, endpoints, archive, contracts,
 * database, key, proving artifacts, clocks. Ends within a minute whatever hangs, and throws nothing.
 * @param env the environment that the programs would have
 */
export async function examine(env: NodeJS.ProcessEnv, options: DoctorOptions = {}): Promise<Report> {
  const nowMs = options.nowMs ?? Date.now;
  const checkup = new Checkup({ explain, wholeMs: options.wholeMs });
  const roles = rolesOf(env);
  const set = (...names: string[]) => names.some((name) => (env[name] ?? '') !== '');
  checkSettings(checkup, env, roles);

  const urls = given(env, ['RPC_URL']);
  const chainId = only(given(env, ['CHAIN_ID']), 'CHAIN_ID');
  const file = only(given(env, ['DEPLOYMENT_FILE']), 'DEPLOYMENT_FILE');
  const finalityBlocks = only(given(env, ['FINALITY_BLOCKS']), 'FINALITY_BLOCKS');
  const deployment = checkDeployment(checkup, { file, chainId });
  const known = await urls;
  const endpoints = checkEndpoints(checkup, {
    urls: 'value' in known ? rpcUrls(known.value.RPC_URL) : [],
    ...{ chainId, finalityBlocks, deployment, nowMs },
  });
  if (roles.database && (set('INDEX_ARCHIVE_URL') || ['portal', 'gateway'].includes(env['INDEX_SOURCE'] ?? ''))) {
    const settings = given(env, ['INDEX_SOURCE', 'INDEX_ARCHIVE_URL', 'INDEX_ARCHIVE_KEY']);
    checkArchive(checkup, { settings, deployment, heads: endpoints.heads });
  }
  const starts = checkContracts(checkup, { deployment, endpoints, named: await contractsOf(deployment) });
  const reporter =
    set('KEY', 'KEYSTORE_FILE') &&
    checkKeys(checkup, {
      key: given(env, ['KEY', 'KEYSTORE_FILE', 'KEYSTORE_PASSWORD_FILE']),
      nodeId: roles.node ? only(given(env, ['NODE_ID']), 'NODE_ID') : undefined,
      ...{ chainId, deployment, endpoints },
    });
  const server = roles.database
    ? checkDatabase(checkup, {
        settings: given(env, ['DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_USER', 'DB_PASS']),
        schema: only(given(env, ['ORACLE_SCHEMA']), 'ORACLE_SCHEMA'),
        reporter: reporter && !roles.node ? reporter : undefined,
        ...{ deployment, chainId, starts, endpoints, nowMs },
      })
    : undefined;
  checkArtifacts(checkup, chainId, options.artifacts);
  checkClocks(checkup, { heads: endpoints.heads, chainId, server });
  return reportOf(await checkup.done(), secretsIn(env));
}

/** One of several settings. */
async function only<T, K extends keyof T>(settings: Learnt<T>, name: K): Learnt<T[K]> {
  const known = await settings;
  return 'value' in known ? { value: known.value[name] } : known;
}

function explain(error: unknown) {
  return error instanceof RpcFailure ? explainRpc(error) : explainPostgres(error);
}
