import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import * as snarkjs from 'snarkjs';
import { PROJECT_ROOT } from '../../runtime/project';
import { sha256 } from '../artifacts';
import { endThreads } from './keys';

/** log2 of the largest circuit the development powers of tau serve. */
export const DEVELOPMENT_POWER = 16;
/** SHA-256 of the development powers of tau, which are reproducible byte for byte. */
export const DEVELOPMENT_PTAU_SHA256 = 'be10e221c6e1d1abf6d698bc77b9a3b0f43fa5cc4979e7f7215b058c4780a387';
/** Where `npm run circuits:ptau` writes and `npm run circuits:build` looks. */
export const DEVELOPMENT_PTAU = join(PROJECT_ROOT, 'build', 'setup', `development-${DEVELOPMENT_POWER}.ptau`);

/**
 * Makes the development powers of tau: no secret contribution, only a beacon anyone can recompute, so whoever wants to
 * can forge proofs. About 25 minutes on 2 cores.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: 'string', default: DEVELOPMENT_PTAU } } });
  const out = values.out;
  mkdirSync(dirname(out), { recursive: true });
  const curve = await snarkjs.curves.getCurveFromName('bn128');
  const beacon = createHash('sha256').update('dpin/devnet/powersoftau/1').digest('hex');
  const [start, contributed] = [`${out}.new`, `${out}.beacon`];
  if (!existsSync(contributed)) {
    console.log(`powers of tau: 2^${DEVELOPMENT_POWER}`);
    await snarkjs.powersOfTau.newAccumulator(curve, DEVELOPMENT_POWER, start);
    await snarkjs.powersOfTau.beacon(start, `${contributed}.part`, 'dpin devnet beacon', beacon, 10);
    renameSync(`${contributed}.part`, contributed);
  }
  console.log('powers of tau: preparing for circuits (the long part)');
  await snarkjs.powersOfTau.preparePhase2(contributed, out);
  for (const file of [start, contributed]) rmSync(file, { force: true });
  await endThreads();
  const actual = sha256(readFileSync(out));
  console.log(`${out}\nsha256 ${actual}`);
  if (actual !== DEVELOPMENT_PTAU_SHA256) throw new Error(`expected ${DEVELOPMENT_PTAU_SHA256}`);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
