import { readSetting } from '../config/settings';
import { devnetSettings } from '../devnet/machine/settings-file';

/** Where chain and database are; none of them set means that nobody chose. */
const PLACES = ['RPC_URL', 'CHAIN_ID', 'DEPLOYMENT_FILE', 'DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_USER', 'DB_PASS'];

/**
 * The environment of a command that works on a network that is there. Where it names neither chain nor database, they
 * are those of the devnet that runs in DEVNET_DIR, if one does; that is said on stderr.
 */
export function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (PLACES.some((name) => env[name] !== undefined)) return env;
  const devnet = devnetSettings(readSetting('DEVNET_DIR', env));
  if (devnet === undefined) {
    console.error('no devnet runs in DEVNET_DIR (npm start runs one), and no setting names a chain or a database');
    return env;
  }
  console.error(`settings of the devnet in ${devnet.folder}`);
  return { ...devnet.settings, ...env };
}
