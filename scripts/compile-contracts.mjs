// Compiles contracts/src with the solc npm package and writes
//   build/contracts/<Name>.json  {contractName, abi, bytecode, deployedBytecode, immutables} of every deployable
//                                contract; immutables are the places [start, length] that a deployment fills,
//   abi/<Name>.json              the ABI alone, checked in: the indexer and other users read it.
// Prints warnings in our sources; exit code 1 on any error, or a contract above the EVM's size limit.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readImport, settings, solidityFiles } from './solc-input.mjs';

/** EIP-170 limit of deployed code, bytes. */
const MAX_CODE_BYTES = 24_576;
const OURS = 'contracts/src';
/** Contracts of packages that a deployment needs though none of ours inherits them. */
const EXTERNAL = ['@openzeppelin/contracts/access/manager/AccessManager.sol'];

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
const require = createRequire(import.meta.url);
const solc = require('solc');

const sources = {};
for (const file of solidityFiles(OURS)) sources[file] = { content: readFileSync(file, 'utf8') };
for (const file of EXTERNAL) sources[file] = { content: readFileSync(join('node_modules', file), 'utf8') };

const output = JSON.parse(
  solc.compile(JSON.stringify({ language: 'Solidity', sources, settings }), { import: readImport }),
);

const problems = (output.errors ?? []).filter(
  (problem) => problem.severity === 'error' || problem.sourceLocation?.file.startsWith(`${OURS}/`),
);
for (const problem of problems) console.error(problem.formattedMessage);
if (problems.some((problem) => problem.severity === 'error')) process.exit(1);

/** Places of all immutables in deployed code, in bytes, in order. */
function placesOf(references = {}) {
  return Object.values(references)
    .flat()
    .map(({ start, length }) => [start, length])
    .sort(([a], [b]) => a - b);
}

const toWrite = new Map();
let oversized = false;
for (const [file, contracts] of Object.entries(output.contracts)) {
  if (!(file in sources)) continue;
  for (const [name, contract] of Object.entries(contracts)) {
    const bytecode = contract.evm.bytecode.object;
    // Interfaces, abstract contracts and libraries with internal functions only have nothing to deploy.
    if (bytecode === '' || contract.abi.length === 0) continue;
    const codeBytes = contract.evm.deployedBytecode.object.length / 2;
    console.error(`${name.padEnd(22)} ${String(codeBytes).padStart(6)} of ${MAX_CODE_BYTES} bytes`);
    if (codeBytes > MAX_CODE_BYTES) oversized = true;
    toWrite.set(`build/contracts/${name}.json`, {
      contractName: name,
      abi: contract.abi,
      bytecode: `0x${bytecode}`,
      deployedBytecode: `0x${contract.evm.deployedBytecode.object}`,
      immutables: placesOf(contract.evm.deployedBytecode.immutableReferences),
    });
    toWrite.set(`abi/${name}.json`, contract.abi);
  }
}
if (oversized) {
  console.error('a contract is larger than the EVM allows');
  process.exit(1);
}

// Other processes may be reading: replace files whole, and only those that changed; then remove what is no contract any
// more.
for (const [path, value] of toWrite) {
  mkdirSync(dirname(path), { recursive: true });
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}
for (const folder of ['build/contracts', 'abi']) {
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.json') && !toWrite.has(`${folder}/${name}`)) rmSync(join(folder, name));
  }
}
