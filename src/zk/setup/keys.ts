import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as snarkjs from 'snarkjs';
import { PROJECT_ROOT } from '../../runtime/project';
import type { CircuitName } from '../artifacts';

/** Verifier contract of each circuit. */
export const VERIFIER_CONTRACTS: Record<CircuitName, string> = {
  score_batch: 'ScoreBatchVerifier',
  tree: 'TreeVerifier',
};

/** Path of a circuit's verifier contract. */
export const verifierFile = (name: CircuitName) =>
  join(PROJECT_ROOT, 'contracts', 'src', 'verifiers', `${VERIFIER_CONTRACTS[name]}.sol`);

/** The verification key of a proving key, as JSON text. */
export async function exportVerificationKey(zkeyFile: string): Promise<string> {
  return `${JSON.stringify(await snarkjs.zKey.exportVerificationKey(zkeyFile), null, 1)}\n`;
}

/**
 * The generated Solidity verifier, its contract renamed. snarkjs and its generated code are GPL-3.0.
 * @throws Error when the template no longer has the contract name to replace.
 */
export async function exportSolidityVerifier(name: CircuitName, zkeyFile: string): Promise<string> {
  const template = readFileSync(
    join(PROJECT_ROOT, 'node_modules', 'snarkjs', 'templates', 'verifier_groth16.sol.ejs'),
    'utf8',
  );
  const source = String(await snarkjs.zKey.exportSolidityVerifier(zkeyFile, { groth16: template }));
  const original = 'contract Groth16Verifier {';
  if (!source.includes(original)) throw new Error('the template of snarkjs has changed');
  return source.replace(original, `contract ${VERIFIER_CONTRACTS[name]} {`);
}

/**
 * Whether a verification key has had a contribution. A key without one has gamma = delta, and for such a key anyone can
 * write proofs of anything.
 */
export function hasContribution(verificationKeyJson: string): boolean {
  const key = JSON.parse(verificationKeyJson) as { vk_gamma_2: string[][]; vk_delta_2: string[][] };
  return JSON.stringify(key.vk_gamma_2) !== JSON.stringify(key.vk_delta_2);
}

/** One contribution as snarkjs reports it after checking the chain of contributions. */
export interface Contribution {
  name: string;
  /** 64 bytes, hex. */
  hash: string;
  /** Beacon value, when it was one. */
  beacon?: string;
}

/**
 * Whether someone contributed a secret: a beacon is public, and with beacons alone anyone can work out delta and forge.
 */
export function hasSecretContribution(contributions: readonly Contribution[]): boolean {
  return contributions.some(({ beacon }) => beacon === undefined);
}

/**
 * Checks a proving key against circuit and powers of tau, and its whole chain of contributions.
 * @returns the contributions, first one first; undefined when the key is not valid.
 */
export async function verifyContributions(
  r1csFile: string,
  ptauFile: string,
  zkeyFile: string,
): Promise<Contribution[] | undefined> {
  const contributions: Contribution[] = [];
  // snarkjs tells the contributions only to its logger, last one first.
  const info = (line: string) => {
    const found = /^contribution #\d+ (.*):\n([\s0-9a-f]+)$/.exec(line);
    if (found) contributions.unshift({ name: found[1]!, hash: found[2]!.replace(/\s/g, '') });
    const beacon = /^Beacon generator: ([0-9a-f]+)$/.exec(line);
    if (beacon && contributions[0]) contributions[0].beacon = beacon[1]!;
  };
  const silent = () => undefined;
  const logger = { info, debug: silent, warn: silent, error: silent };
  const valid: boolean = await snarkjs.zKey.verifyFromR1cs(r1csFile, ptauFile, zkeyFile, logger);
  return valid ? contributions : undefined;
}

/** Ends snarkjs's worker threads, which would keep the process alive. */
export async function endThreads(): Promise<void> {
  const curve = (await snarkjs.curves.getCurveFromName('bn128')) as { terminate(): Promise<void> };
  await curve.terminate();
}
