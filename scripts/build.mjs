// Builds what is stale and nothing else: contracts (solcjs), kernels (AssemblyScript), TypeScript, keys.
// A step is stale when the content of its inputs changed since its last success; stamps lie in build/stamps.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const quiet = process.argv.includes('--quiet');

/** @type {{name: string, inputs: string[], outputs: string[], command: string[]}[]} */
const steps = [
  {
    name: 'contracts',
    inputs: ['contracts/src', 'scripts/compile-contracts.mjs', 'scripts/solc-input.mjs'],
    outputs: ['build/contracts', 'abi'],
    command: [process.execPath, 'scripts/compile-contracts.mjs'],
  },
  {
    name: 'kernels',
    inputs: ['src/kernels/assembly', 'scripts/compile-kernels.mjs'],
    outputs: ['lib/kernels/kernels.wasm'],
    command: [process.execPath, 'scripts/compile-kernels.mjs'],
  },
  {
    name: 'typescript',
    inputs: ['src', 'tsconfig.json'],
    outputs: ['lib/cli/main.js'],
    command: [process.execPath, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
  },
  {
    // Proving keys in full: 15 s of CPU once per checkout, rather than at the network's first start.
    name: 'proving keys',
    inputs: ['circuits/artifacts'],
    outputs: ['build/circuits'],
    command: [process.execPath, 'lib/zk/setup/expand.js'],
  },
];

function files(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => files(join(path, name)));
}

function digest(inputs) {
  const hash = createHash('sha256').update(readFileSync('package-lock.json'));
  for (const file of inputs.flatMap(files)) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

mkdirSync('build/stamps', { recursive: true });
for (const step of steps) {
  const stamp = join('build/stamps', step.name);
  const now = digest(step.inputs);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now && step.outputs.every((path) => existsSync(path)))
    continue;
  if (!quiet) console.error(`build: ${step.name}`);
  execFileSync(step.command[0], step.command.slice(1), { stdio: ['ignore', quiet ? 2 : 'inherit', 'inherit'] });
  writeFileSync(stamp, now);
}
