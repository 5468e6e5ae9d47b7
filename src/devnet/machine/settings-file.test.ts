import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devnetSettings, writeSettings } from './settings-file';

describe('settings of a devnet', () => {
  const settings = {
    RPC_URL: 'http://127.0.0.1:8545',
    DEPLOYMENT_FILE: '/a folder/deployment.json',
    DB_PASS: 'a$b#c"d=',
  };
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dpin-settings-'));
    writeSettings(folder, settings);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are read while it runs, and by the user alone', () => {
    // A process whose command line has the name of our program.
    const devnet = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', 'dpin'], { stdio: 'ignore' });
    writeFileSync(join(folder, 'devnet.pid'), String(devnet.pid));
    try {
      expect(devnetSettings(folder)).toEqual({ folder, settings });
      expect(statSync(join(folder, 'settings.env')).mode & 0o777).toBe(0o600);
    } finally {
      devnet.kill();
    }
  });

  it('are not taken from a devnet that does not run', () => {
    expect(devnetSettings(folder)).toBeUndefined();
    writeFileSync(join(folder, 'devnet.pid'), '999999999');
    expect(devnetSettings(folder)).toBeUndefined();
    expect(devnetSettings(join(folder, 'nowhere'))).toBeUndefined();
  });
});
