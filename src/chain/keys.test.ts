import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryptKeystoreJson, Wallet } from 'ethers';
import { FatalError } from '../runtime/errors';
import { loadKey } from './keys';

const dir = mkdtempSync(join(tmpdir(), 'dpin-keys-'));
afterAll(() => rmSync(dir, { recursive: true }));

const key = `0x${'37'.repeat(32)}`;
const anvilFirst = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const none = { KEY: '', KEYSTORE_FILE: '', KEYSTORE_PASSWORD_FILE: '' };

async function keystore(password: string, passwordText: string) {
  const file = join(dir, 'keystore.json');
  const passwordFile = join(dir, 'password');
  const account = { address: new Wallet(key).address, privateKey: key };
  writeFileSync(file, await encryptKeystoreJson(account, password, { scrypt: { N: 2, r: 8, p: 1 } }));
  writeFileSync(passwordFile, passwordText);
  return { KEY: '', KEYSTORE_FILE: file, KEYSTORE_PASSWORD_FILE: passwordFile };
}

describe('loadKey', () => {
  it('takes KEY', async () => {
    expect((await loadKey({ ...none, KEY: key }, 56)).address).toBe(new Wallet(key).address);
  });

  it('opens a keystore with the first line of the password file', async () => {
    const wallet = await loadKey(await keystore('correct horse', 'correct horse\nanother line\n'), 56);
    expect(wallet.address).toBe(new Wallet(key).address);
  });

  it('refuses a wrong password without showing it', async () => {
    const settings = await keystore('correct horse', 'battery staple');
    const error = await loadKey(settings, 56).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FatalError);
    expect((error as FatalError).message).toMatch(/^KEYSTORE_FILE: /);
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('battery');
  });

  it.each([56, 97, 1])('refuses a published development key on chain %i', async (chainId) => {
    await expect(loadKey({ ...none, KEY: anvilFirst }, chainId)).rejects.toThrow(/published development account/);
  });

  it('takes a published development key on a devnet', async () => {
    expect((await loadKey({ ...none, KEY: anvilFirst }, 31337)).address).toMatch(/^0xf39F/);
  });

  it('names what is not set, and both when both are', async () => {
    await expect(loadKey(none, 56)).rejects.toThrow('KEY is not set');
    await expect(loadKey({ ...none, KEYSTORE_FILE: 'x' }, 56)).rejects.toThrow('KEYSTORE_PASSWORD_FILE is not set');
    await expect(loadKey({ ...none, KEY: key, KEYSTORE_FILE: 'x' }, 56)).rejects.toThrow('both set');
  });

  it('never shows a key that is no valid one', async () => {
    const zero = `0x${'00'.repeat(32)}`;
    const error = (await loadKey({ ...none, KEY: zero }, 56).catch((caught: unknown) => caught)) as Error;
    expect(error.message).not.toContain(zero);
    expect(error.message).toMatch(/^KEY: /);
  });
});
