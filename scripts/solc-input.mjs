// How our Solidity is compiled by scripts/compile-contracts.mjs: settings, source files, and imports resolved from
// node_modules, so that no network and no native solc is needed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Compiler settings; keep equal to foundry.toml, or forge tests another bytecode than the one deployed. */
export const settings = {
  optimizer: { enabled: true, runs: 10000 },
  evmVersion: 'prague',
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
  outputSelection: {
    '*': {
      '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'evm.deployedBytecode.immutableReferences'],
    },
  },
};

/** Every .sol file under `folder`, sorted, as paths relative to the working directory. */
export function solidityFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return solidityFiles(path);
      return entry.name.endsWith('.sol') ? [path] : [];
    });
}

/** solcjs import callback: package imports come from node_modules, all else is relative to the working directory. */
export function readImport(path) {
  const file = [path, join('node_modules', path)].find((candidate) => existsSync(candidate));
  return file ? { contents: readFileSync(file, 'utf8') } : { error: `${path} not found` };
}
