import { readSettings } from '../../../config/settings';
import { forgetDevnet } from '../../../devnet/machine/folder';

/** `dpin reset`: forgets the devnet in DEVNET_DIR and nothing else; refuses while it runs. */
export async function run(): Promise<void> {
  const { DEVNET_DIR: folder } = readSettings('devnet', process.env);
  const existed = await forgetDevnet(folder);
  console.log(existed ? `Forgot the devnet in ${folder}.` : `There is no devnet in ${folder}.`);
}
