import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import * as snarkjs from 'snarkjs';
import { PROJECT_ROOT } from '../../runtime/project';
import {
  ARTIFACTS_FOLDER,
  CIRCUIT_NAMES,
  type CircuitName,
  readTranscript,
  sha256,
  type Transcript,
} from '../artifacts';
import { compactZkey, expandZkey } from '../compact-zkey';
import { compileCircuit, countConstraints } from './compile';
import {
  endThreads,
  exportSolidityVerifier,
  exportVerificationKey,
  hasContribution,
  hasSecretContribution,
  verifierFile,
  verifyContributions,
} from './keys';
import { DEVELOPMENT_PTAU, DEVELOPMENT_PTAU_SHA256 } from './ptau';

const USAGE = `npm run circuits:build -- [options]
  --ptau <file>            prepared powers of tau (default: what npm run circuits:ptau makes)
  --ptau-sha256 <hex>      its expected hash (default: that of the development powers)
  --contributions <n>      contributions with local randomness (default 1)
  --contributed <folder>   a ceremony's last score_batch.zkey and tree.zkey, instead of contributions made here
  --initial                only write the initial keys for a ceremony's first contributor to build/setup
  --only <circuit>         score_batch or tree: keep the other's keys (same powers of tau)
  --beacon <hex>           final beacon, 32 bytes (default: a development constant)
  --beacon-iterations <n>  log2 of the beacon's hash iterations (default 10)
  --production             the keys come from a public ceremony: mark them usable on production chains`;

const { values: options } = parseArgs({
  options: {
    ptau: { type: 'string', default: DEVELOPMENT_PTAU },
    'ptau-sha256': { type: 'string', default: DEVELOPMENT_PTAU_SHA256 },
    contributions: { type: 'string', default: '1' },
    contributed: { type: 'string' },
    only: { type: 'string' },
    initial: { type: 'boolean', default: false },
    beacon: { type: 'string', default: createHash('sha256').update('dpin/devnet/zkey/1').digest('hex') },
    'beacon-iterations': { type: 'string', default: '10' },
    production: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const SETUP_FOLDER = join('build', 'setup');

function checkOptions(): void {
  if (!existsSync(options.ptau)) throw new Error(`${options.ptau} does not exist; npm run circuits:ptau makes it`);
  const actual = sha256(readFileSync(options.ptau));
  if (actual !== options['ptau-sha256']) throw new Error(`${options.ptau} has hash ${actual}`);
  if (options.production && (actual === DEVELOPMENT_PTAU_SHA256 || !options.contributed)) {
    throw new Error('production keys need the powers of tau and the contributed keys of a public ceremony');
  }
  if (options.only && readTranscript().ptau.sha256 !== actual) {
    throw new Error('--only needs the powers of tau of the other circuit');
  }
  if (!options.contributed && Number(options.contributions) < 1 && !options.initial) {
    throw new Error('a key without a contribution accepts forged proofs: at least one contribution is needed');
  }
}

/** The key that all contributions have gone into, before the beacon. */
async function contributedKey(name: CircuitName, r1cs: string): Promise<string> {
  if (options.contributed) return join(options.contributed, `${name}.zkey`);
  let file = join(SETUP_FOLDER, `${name}_0000.zkey`);
  await snarkjs.zKey.newZKey(r1cs, options.ptau, file);
  for (let i = 1; i <= Number(options.contributions) && !options.initial; i++) {
    const next = join(SETUP_FOLDER, `${name}_${String(i).padStart(4, '0')}.zkey`);
    await snarkjs.zKey.contribute(file, next, `contribution ${i}`, randomBytes(64).toString('hex'));
    file = next;
  }
  return file;
}

async function buildCircuit(name: CircuitName): Promise<Transcript['circuits'][CircuitName] | undefined> {
  console.log(`${name}: compiling`);
  const { r1cs, wasm } = compileCircuit(name, SETUP_FOLDER);
  const constraints = countConstraints(r1cs);
  console.log(`${name}: ${constraints} constraints; making keys`);
  const contributed = await contributedKey(name, r1cs);
  if (options.initial) {
    console.log(`${name}: ${contributed} is for the first contributor`);
    return undefined;
  }
  const zkeyFile = join(SETUP_FOLDER, `${name}.zkey`);
  await snarkjs.zKey.beacon(contributed, zkeyFile, 'beacon', options.beacon, Number(options['beacon-iterations']));
  console.log(`${name}: verifying the chain of contributions`);
  const contributions = await verifyContributions(r1cs, options.ptau, zkeyFile);
  const vkey = await exportVerificationKey(zkeyFile);
  if (!contributions || !hasContribution(vkey)) throw new Error(`${name}: the key does not verify`);
  if (!hasSecretContribution(contributions)) throw new Error(`${name}: nobody contributed a secret to the key`);

  const verifier = await exportSolidityVerifier(name, zkeyFile);
  await endThreads();
  const zkey = readFileSync(zkeyFile);
  console.log(`${name}: compacting ${zkey.length} bytes`);
  const compact = await compactZkey(zkey);
  if (!(await expandZkey(compact)).equals(zkey)) throw new Error(`${name}: the compact key does not expand to the key`);

  writeFileSync(join(ARTIFACTS_FOLDER, `${name}.zkey.br`), compact);
  writeFileSync(join(ARTIFACTS_FOLDER, `${name}.wasm.br`), brotliCompressSync(readFileSync(wasm)));
  writeFileSync(join(ARTIFACTS_FOLDER, `${name}.vkey.json`), vkey);
  writeFileSync(verifierFile(name), verifier);
  console.log(`${name}: ${compact.length} bytes`);
  return {
    constraints,
    publicSignals: Number(JSON.parse(vkey).nPublic),
    r1cs: sha256(readFileSync(r1cs)),
    wasm: sha256(readFileSync(wasm)),
    zkey: sha256(zkey),
    vkey: sha256(Buffer.from(vkey)),
    verifier: sha256(Buffer.from(verifier)),
    contributions,
  };
}

async function main(): Promise<void> {
  process.chdir(PROJECT_ROOT);
  if (options.help) {
    console.log(USAGE);
    return;
  }
  checkOptions();
  mkdirSync(ARTIFACTS_FOLDER, { recursive: true });
  mkdirSync(join(PROJECT_ROOT, 'contracts', 'src', 'verifiers'), { recursive: true });
  const circuits: Partial<Transcript['circuits']> = options.only ? readTranscript().circuits : {};
  for (const name of CIRCUIT_NAMES) {
    if (!options.only || options.only === name) circuits[name] = await buildCircuit(name);
  }
  await endThreads();
  if (options.initial) return;
  const transcript = {
    development: !options.production,
    ptau: { sha256: options['ptau-sha256'] },
    circuits,
  };
  writeFileSync(join(ARTIFACTS_FOLDER, 'transcript.json'), `${JSON.stringify(transcript, null, 2)}\n`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
