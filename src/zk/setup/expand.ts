import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { FatalError } from '../../runtime/errors';
import {
  ARTIFACTS_FOLDER,
  CIRCUIT_NAMES,
  checkHash,
  circuitPaths,
  EXPANDED_FOLDER,
  readTranscript,
} from '../artifacts';
import { expandZkey } from '../compact-zkey';

/** Several processes may expand at once: each writes its own file, and the rename decides. */
function writeWhole(file: string, content: Uint8Array): void {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, content);
  renameSync(own, file);
}

/** Expands what is missing of circuits/artifacts into build/circuits, checked against the transcript. */
async function main(): Promise<void> {
  mkdirSync(EXPANDED_FOLDER, { recursive: true });
  for (const name of CIRCUIT_NAMES) {
    const files = circuitPaths(name);
    const hashes = readTranscript().circuits[name];
    const packed = (extension: string) => readFileSync(join(ARTIFACTS_FOLDER, `${name}.${extension}.br`));
    if (!existsSync(files.wasm)) {
      const wasm = brotliDecompressSync(packed('wasm'));
      checkHash(`${name}.wasm`, wasm, hashes.wasm);
      writeWhole(files.wasm, wasm);
    }
    if (!existsSync(files.zkey)) {
      const zkey = await expandZkey(packed('zkey'));
      checkHash(`${name}.zkey`, zkey, hashes.zkey);
      writeWhole(files.zkey, zkey);
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof FatalError ? `${error.message}. ${error.advice}` : error);
  process.exitCode = 1;
});
