import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../runtime/project';
import type { CircuitName } from '../artifacts';

/** A compiled circuit's files. */
export interface CompiledCircuit {
  r1cs: string;
  wasm: string;
}

/** Compiles circuits/<name>.circom into `folder` (below the project root); reproducible byte for byte. */
export function compileCircuit(name: CircuitName, folder: string): CompiledCircuit {
  mkdirSync(folder, { recursive: true });
  const circom = join('node_modules', 'circom2', 'cli.js');
  const options = ['--r1cs', '--wasm', '--O2', '-l', 'node_modules', '-o', folder];
  execFileSync(process.execPath, [circom, join('circuits', `${name}.circom`), ...options], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { r1cs: join(folder, `${name}.r1cs`), wasm: join(folder, `${name}_js`, `${name}.wasm`) };
}

/** Number of constraints of an r1cs file: section 1 (header) holds field size, prime, wires, …, constraints. */
export function countConstraints(r1csFile: string): number {
  const file = readFileSync(r1csFile);
  for (let at = 12; at < file.length; ) {
    const id = file.readUInt32LE(at);
    const length = Number(file.readBigUInt64LE(at + 4));
    if (id === 1) {
      const fieldBytes = file.readUInt32LE(at + 12);
      return file.readUInt32LE(at + 12 + 4 + fieldBytes + 24);
    }
    at += 12 + length;
  }
  throw new Error(`${r1csFile} has no header`);
}
