// Runs forge's native binary and ends with its exit code. The launcher in @foundry-rs/forge 1.7.1 ends with 0 whatever
// happened, so `forge test` by that launcher reports success for failing tests.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const platform = { linux: 'linux', darwin: 'darwin', win32: 'win32' }[process.platform];
const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch];
const executable = process.platform === 'win32' ? 'forge.exe' : 'forge';
const require = createRequire(import.meta.url);

let binary;
try {
  const manifest = require.resolve(`@foundry-rs/forge-${platform}-${architecture}/package.json`);
  binary = join(dirname(manifest), 'bin', executable);
} catch {
  console.error(`forge: no binary for ${process.platform} ${process.arch}; run npm install on a supported machine`);
  process.exit(1);
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const result = spawnSync(binary, process.argv.slice(2), { cwd: root, stdio: 'inherit' });
if (result.error) console.error(`forge: ${result.error.message}`);
process.exit(result.status ?? 1);
