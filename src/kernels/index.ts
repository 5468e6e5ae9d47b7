import { readKernels } from './node';

/** Functions of kernels.wasm; every pointer is an address in `memory`. */
interface Exports {
  memory: WebAssembly.Memory;
  heapBase(): number;
  keystream(key: number, tag: number, t: number, firstBlock: number, blocks: number, out: number): void;
  streamWords(key: number, tag: number, count: number, ts: number, indices: number, out: number): void;
  packMatrix(key: number, tag: number, n: number, rows: number, packed: number): void;
  step(
    packed: number,
    n: number,
    columns: number,
    x: number,
    wide: number,
    rowWords: number,
    colWords: number,
    y: number,
  ): void;
  rowDots(key: number, tag: number, n: number, count: number, rows: number, xs: number, out: number, row: number): void;
  hashLevel(level: number, nodes: number, out: number): void;
  foldPaths(count: number, depth: number, hashes: number, indices: number, paths: number): void;
  hashLeaves(count: number, columns: number, bytes: number, out: number): void;
}

const PAGE_BYTES = 65_536;
const ALIGNMENT = 64;

/**
 * One instance of the WASM kernels with a memory of its own. Its caller lays the memory out: `reset`, then `allocate`
 * what one job needs; addresses stay valid until the next `reset`. Views from `bytes` and `words` become stale
 * whenever `allocate` grows the memory, so allocate first and look afterwards.
 */
export class Kernels {
  readonly run: Exports;
  private next: number;

  constructor() {
    this.run = new WebAssembly.Instance(compiledModule(), {}).exports as unknown as Exports;
    this.next = this.run.heapBase();
  }

  /** Forgets every allocation. */
  reset(): void {
    this.next = this.run.heapBase();
  }

  /**
   * Address of fresh room, aligned to 64 bytes, its content unspecified.
   * @throws RangeError when the memory cannot grow that far (4 GiB)
   */
  allocate(byteLength: number): number {
    const address = Math.ceil(this.next / ALIGNMENT) * ALIGNMENT;
    this.next = address + byteLength;
    const missing = this.next - this.run.memory.buffer.byteLength;
    if (missing > 0) this.run.memory.grow(Math.ceil(missing / PAGE_BYTES));
    return address;
  }

  /** View of `length` bytes at an address. */
  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.run.memory.buffer, address, length);
  }

  /** View of `length` 32-bit words at an address. */
  words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.run.memory.buffer, address, length);
  }

  /** Allocates and fills; the address. */
  allocateBytes(content: Uint8Array): number {
    const address = this.allocate(content.length);
    this.bytes(address, content.length).set(content);
    return address;
  }

  /** Allocates and fills; the address. */
  allocateWords(content: ArrayLike<number>): number {
    const address = this.allocate(4 * content.length);
    this.words(address, content.length).set(content);
    return address;
  }
}

let sharedModule: WebAssembly.Module | undefined;
let sharedInstance: Kernels | undefined;

/** The thread's own instance, for jobs that finish before they return. */
export function kernels(): Kernels {
  sharedInstance ??= new Kernels();
  return sharedInstance;
}

/**
 * Gives the kernels their code; needed once, before anything else, where Node.js does not run it.
 * @param bytes of kernels.wasm
 */
export function loadKernels(bytes: Uint8Array<ArrayBuffer>): void {
  sharedModule = new WebAssembly.Module(bytes);
  sharedInstance = undefined;
}

function compiledModule(): WebAssembly.Module {
  if (!sharedModule) {
    const bytes = readKernels();
    if (!bytes) throw new Error('the kernels have no code yet: call loadKernels with the bytes of kernels.wasm');
    loadKernels(bytes);
  }
  return sharedModule!;
}
