import { readFileSync, statSync } from 'node:fs';
import { HDNodeWallet, Mnemonic, Wallet } from 'ethers';
import { DEVNET_CHAIN_ID, PUBLIC_PHRASE } from '../config/networks';
import { FatalError } from '../runtime/errors';

/** The settings a process reads its account from (src/config/settings.ts). */
export interface KeySettings {
  KEY: string;
  KEYSTORE_FILE: string;
  KEYSTORE_PASSWORD_FILE: string;
}

const MAX_KEYSTORE_BYTES = 65_536;
const PUBLIC_KEYS_CHECKED = 100;

/**
 * The process's account from KEY, or from KEYSTORE_FILE opened with KEYSTORE_PASSWORD_FILE.
 * @throws FatalError when neither or both are set, the keystore does not open, or the key is one of the published
 * development keys and the chain is not a devnet. The key itself is never part of a message.
 */
export async function loadKey(settings: KeySettings, chainId: number): Promise<Wallet> {
  if (settings.KEY && settings.KEYSTORE_FILE) {
    throw new FatalError('KEY and KEYSTORE_FILE are both set', 'Set one of the two.');
  }
  const wallet = settings.KEY ? walletFromKey(settings.KEY) : await walletFromKeystore(settings);
  if (chainId !== DEVNET_CHAIN_ID && isPublicKey(wallet.address)) {
    throw new FatalError(
      `${settings.KEY ? 'KEY' : 'KEYSTORE_FILE'}: account ${wallet.address} is a published development account`,
      'Its key is known to everybody. Make a new one; development accounts work on chain id 31337 only.',
      { chainId },
    );
  }
  return wallet;
}

function walletFromKey(key: string): Wallet {
  try {
    return new Wallet(key);
  } catch {
    throw new FatalError('KEY: its value is not a valid private key', 'Give 0x and 64 hex digits, not zero.');
  }
}

async function walletFromKeystore(settings: KeySettings): Promise<Wallet> {
  if (!settings.KEYSTORE_FILE) {
    throw new FatalError('KEY is not set', 'Set KEY, or KEYSTORE_FILE with KEYSTORE_PASSWORD_FILE.');
  }
  if (!settings.KEYSTORE_PASSWORD_FILE) {
    throw new FatalError(
      'KEYSTORE_PASSWORD_FILE is not set',
      'Name the file whose first line opens KEYSTORE_FILE, for example /run/secrets/reporter-password',
    );
  }
  const keystore = readSmallFile('KEYSTORE_FILE', settings.KEYSTORE_FILE);
  const password = readSmallFile('KEYSTORE_PASSWORD_FILE', settings.KEYSTORE_PASSWORD_FILE).split(/\r?\n/)[0] ?? '';
  try {
    const account = await Wallet.fromEncryptedJson(keystore, password);
    return new Wallet(account.privateKey);
  } catch {
    // The library's error is not passed on: it can carry the password's bytes.
    throw new FatalError(
      'KEYSTORE_FILE: cannot be opened with the password',
      'Check that it is a version 3 keystore and that the first line of KEYSTORE_PASSWORD_FILE is its password.',
    );
  }
}

function readSmallFile(setting: string, file: string): string {
  try {
    if (statSync(file).size <= MAX_KEYSTORE_BYTES) return readFileSync(file, 'utf8');
  } catch (error) {
    throw new FatalError(`${setting}: ${JSON.stringify(file)} cannot be read`, 'Check the path and its permissions.', {
      code: (error as NodeJS.ErrnoException).code,
    });
  }
  throw new FatalError(`${setting}: ${JSON.stringify(file)} is too large`, 'Check that it is the right file.', {
    maxBytes: MAX_KEYSTORE_BYTES,
  });
}

function isPublicKey(address: string): boolean {
  const parent = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(PUBLIC_PHRASE), "m/44'/60'/0'/0");
  for (let index = 0; index < PUBLIC_KEYS_CHECKED; index++) {
    if (parent.deriveChild(index).address === address) return true;
  }
  return false;
}
