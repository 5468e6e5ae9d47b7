// Entry of the WASM module. Every function takes addresses in the module's memory; the loader lays the memory out.
export { keystream, streamWords } from './chacha';
export { packMatrix, rowDots, step } from './gemm';
export { foldPaths, hashLeaves, hashLevel } from './sha256';

/** First address that the module does not use itself. */
export function heapBase(): usize {
  return __heap_base;
}
