import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { networkOf } from '../config/networks';
import { FatalError } from '../runtime/errors';
import { PROJECT_ROOT } from '../runtime/project';
import type { VerificationKey } from './groth16';

/** The project's circuits, by the name of their source in circuits/. */
export const CIRCUIT_NAMES = ['score_batch', 'tree'] as const;
export type CircuitName = (typeof CIRCUIT_NAMES)[number];

const execute = promisify(execFile);

/** Keys, witness programs and transcript as they come with the repository. */
export const ARTIFACTS_FOLDER = join(PROJECT_ROOT, 'circuits', 'artifacts');
/** Where expanded files lie; may be deleted at any time. */
export const EXPANDED_FOLDER = join(PROJECT_ROOT, 'build', 'circuits');

const sha256Text = z.string().regex(/^[0-9a-f]{64}$/);
const circuitSchema = z.object({
  constraints: z.number().int(),
  publicSignals: z.number().int(),
  r1cs: sha256Text,
  wasm: sha256Text,
  zkey: sha256Text,
  vkey: sha256Text,
  verifier: sha256Text,
  contributions: z.array(z.object({ name: z.string(), hash: z.string(), beacon: z.string().optional() })),
});
export const transcriptSchema = z.object({
  /** True for keys whose secrets one person may know: refused on production chains. */
  development: z.boolean(),
  ptau: z.object({ sha256: sha256Text }),
  circuits: z.object({ score_batch: circuitSchema, tree: circuitSchema }),
});
/** What the setup wrote down: the hash of every file, contributions, sizes. */
export type Transcript = z.infer<typeof transcriptSchema>;

/** Hex SHA-256 of a file's content. */
export const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

/** @throws FatalError when the transcript is missing or not one. */
export function readTranscript(): Transcript {
  const file = join(ARTIFACTS_FOLDER, 'transcript.json');
  try {
    return transcriptSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new FatalError(
      'circuits/artifacts/transcript.json cannot be read',
      'Restore circuits/artifacts from the repository or run npm run circuits:build.',
      { file },
      { cause: error },
    );
  }
}

/**
 * Refuses keys made by one person on chains with real money.
 * @throws FatalError on chain ids 56 and 97, and on unknown chains, when the transcript says development.
 */
export function assertKeysAllowed(chainId: number | bigint): void {
  const network = networkOf(chainId);
  if (network.production && readTranscript().development) {
    throw new FatalError(
      `the proving keys in circuits/artifacts are development keys, refused on ${network.name}`,
      'Install keys from a public ceremony: npm run circuits:build with its powers of tau and contributions.',
      { chainId: network.chainId },
    );
  }
}

/** @throws FatalError when content does not have the hash that the transcript states. */
export function checkHash(name: string, content: Uint8Array, expected: string): void {
  const actual = sha256(content);
  if (actual === expected) return;
  throw new FatalError(
    `${name} does not have the hash that circuits/artifacts/transcript.json states`,
    'Restore circuits/artifacts from the repository and delete build/circuits.',
    { expected, actual },
  );
}

/** Paths of a circuit's expanded witness program and proving key. */
export interface CircuitFiles {
  wasm: string;
  zkey: string;
}

/**
 * Where a circuit's expanded files lie. The hash is in the name: files of another setup are never taken for this one's.
 */
export function circuitPaths(name: CircuitName): CircuitFiles {
  const { wasm, zkey } = readTranscript().circuits[name];
  return {
    wasm: join(EXPANDED_FOLDER, `${name}-${wasm.slice(0, 16)}.wasm`),
    zkey: join(EXPANDED_FOLDER, `${name}-${zkey.slice(0, 16)}.zkey`),
  };
}

/**
 * The paths of a circuit's expanded files; expands them in a child process when that has not been done in this
 * checkout.
 * @throws FatalError when an artifact does not have its stated hash.
 */
export async function circuitFiles(name: CircuitName): Promise<CircuitFiles> {
  const files = circuitPaths(name);
  if (existsSync(files.wasm) && existsSync(files.zkey)) return files;
  await execute(process.execPath, [join(PROJECT_ROOT, 'lib', 'zk', 'setup', 'expand.js')]).catch((error: unknown) => {
    throw new FatalError(
      'the proving keys in circuits/artifacts could not be expanded',
      'Run npm run build; if that does not help, restore circuits/artifacts from the repository.',
      { stderr: (error as { stderr?: string }).stderr?.slice(-1000) },
      { cause: error },
    );
  });
  return files;
}

const keys = new Map<CircuitName, VerificationKey>();

/** @throws FatalError when the verification key does not have its stated hash. */
export function verificationKey(name: CircuitName): VerificationKey {
  let key = keys.get(name);
  if (!key) {
    const content = readFileSync(join(ARTIFACTS_FOLDER, `${name}.vkey.json`));
    checkHash(`${name}.vkey.json`, content, readTranscript().circuits[name].vkey);
    key = JSON.parse(content.toString('utf8')) as VerificationKey;
    keys.set(name, key);
  }
  return key;
}
