/**
 * Bytes of kernels.wasm where Node.js runs the code: beside the compiled code, or in lib/ when the sources run directly
 * (tests). Node's modules are taken from the running process rather than imported, so that bundles for a browser hold
 * no trace of them.
 * @returns undefined outside Node.js
 * @throws Error when the file was not built
 */
export function readKernels(): Uint8Array<ArrayBuffer> | undefined {
  const fs = globalThis.process?.getBuiltinModule?.('node:fs');
  if (!fs) return undefined;
  const candidates = [`${__dirname}/kernels.wasm`, `${__dirname}/../../lib/kernels/kernels.wasm`];
  const found = candidates.find(fs.existsSync);
  if (!found) throw new Error('kernels.wasm is missing: run `node scripts/build.mjs`');
  return fs.readFileSync(found);
}
