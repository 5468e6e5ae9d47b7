import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../runtime/project';
import { CIRCUIT_NAMES, type CircuitName, circuitFiles, readTranscript, sha256, type Transcript } from '../artifacts';
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

const failures: string[] = [];

function check(what: string, holds: boolean): void {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) failures.push(what);
}

const hashOf = (file: string) => sha256(readFileSync(file));

async function verifyCircuit(name: CircuitName, transcript: Transcript, ptau: string | undefined): Promise<void> {
  const expected = transcript.circuits[name];
  const { r1cs, wasm } = compileCircuit(name, join('build', 'verify'));
  check(`${name}: the source compiles to the r1cs of the transcript`, hashOf(r1cs) === expected.r1cs);
  check(`${name}: the source compiles to the witness program of the transcript`, hashOf(wasm) === expected.wasm);
  check(`${name}: ${expected.constraints} constraints`, countConstraints(r1cs) === expected.constraints);

  const files = await circuitFiles(name);
  check(`${name}: the witness program in the repository is the compiled one`, hashOf(files.wasm) === expected.wasm);
  check(
    `${name}: the proving key in the repository expands to that of the transcript`,
    hashOf(files.zkey) === expected.zkey,
  );
  const vkey = await exportVerificationKey(files.zkey);
  const stored = readFileSync(join(PROJECT_ROOT, 'circuits', 'artifacts', `${name}.vkey.json`), 'utf8');
  check(
    `${name}: the verification key is that of the proving key`,
    stored === vkey && sha256(Buffer.from(vkey)) === expected.vkey,
  );
  check(`${name}: the key had a contribution (gamma and delta differ)`, hasContribution(vkey));
  const verifier = await exportSolidityVerifier(name, files.zkey);
  check(
    `${name}: the verifier contract is that of the proving key`,
    readFileSync(verifierFile(name), 'utf8') === verifier,
  );
  check(
    `${name}: the verifier contract has the hash of the transcript`,
    sha256(Buffer.from(verifier)) === expected.verifier,
  );

  check(
    `${name}: the transcript names a contribution that is no beacon`,
    hasSecretContribution(expected.contributions),
  );
  if (!ptau) return;
  const contributions = await verifyContributions(r1cs, ptau, files.zkey);
  check(`${name}: the proving key follows from circuit, powers of tau and contributions`, contributions !== undefined);
  check(
    `${name}: the contributions are those of the transcript`,
    JSON.stringify(contributions) === JSON.stringify(expected.contributions),
  );
}

/**
 * Checks circuits/artifacts against the circuits' sources, without trusting whoever made them. With DPIN_PTAU naming
 * the powers of tau it checks the keys' whole origin; without, everything but the step from powers of tau to keys.
 */
async function main(): Promise<void> {
  process.chdir(PROJECT_ROOT);
  const transcript = readTranscript();
  const ptau = process.env['DPIN_PTAU'];
  if (ptau) check('the powers of tau are those of the transcript', hashOf(ptau) === transcript.ptau.sha256);
  for (const name of CIRCUIT_NAMES) await verifyCircuit(name, transcript, ptau);
  await endThreads();
  if (!ptau)
    console.log(`-    origin of the keys not checked: set DPIN_PTAU to the file with hash ${transcript.ptau.sha256}`);
  console.log(transcript.development ? '-    development keys: refused on production chains' : '-    production keys');
  if (failures.length > 0) throw new Error(`${failures.length} checks failed`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
