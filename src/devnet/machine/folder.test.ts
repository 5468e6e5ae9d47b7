import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder, forgetDevnet } from './folder';

describe("the devnet's folder", () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'dpin-folder-'));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it('claims, releases and forgets the folder', async () => {
    const dir = join(parent, 'devnet');
    expect(await forgetDevnet(dir)).toBe(false);
    const folder = claimFolder(dir);
    mkdirSync(folder.logs);
    folder.release();
    expect(await forgetDevnet(dir)).toBe(true);
    expect(existsSync(dir)).toBe(false);
  });

  it('refuses while another process runs there', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log()', 'dpin']);
    // A process that is only just born has no command line yet.
    await once(other.stdout, 'data');
    writeFileSync(join(parent, 'devnet.pid'), String(other.pid));
    expect(() => claimFolder(parent)).toThrow(/already runs/);
    await expect(forgetDevnet(parent)).rejects.toThrow(/already runs/);
    other.kill('SIGKILL');
  });

  it('takes over after a crash', () => {
    writeFileSync(join(parent, 'devnet.pid'), '999999999');
    expect(() => claimFolder(parent)).not.toThrow();
  });

  it("never touches a folder with somebody else's files", async () => {
    writeFileSync(join(parent, 'thesis.txt'), 'years of work');
    expect(() => claimFolder(parent)).toThrow(/DEVNET_DIR/);
    await expect(forgetDevnet(parent)).rejects.toThrow(/thesis/);
    expect(existsSync(join(parent, 'thesis.txt'))).toBe(true);
  });
});
