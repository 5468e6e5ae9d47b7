import { type Kernels, kernels } from '../../../kernels';
import { equalBytes, sized } from '../../bytes';
import { gemmCommitment } from './commitment';
import { expandColumn, GemmLayers, hashColumns, TAG_A, TAG_COL, TAG_ROW } from './layers';
import { columnOffset, decodeGemmOpening, hasOpeningSize } from './opening';
import { type GemmParams, gemmDepth } from './params';
import { type ColumnId, gemmSamples, neededColumns, sampledTransitions } from './sampling';

/** What a node's opening is checked against. */
export interface GemmVerification {
  /** 32 bytes */
  taskSeed: Uint8Array;
  /** 32 bytes, as anchored */
  commitment: Uint8Array;
  /** 32 bytes */
  coins: Uint8Array;
  params: GemmParams;
  /** The node's bytes; anything at all may stand here. */
  opening: Uint8Array;
}

export interface GemmVerdict {
  code: 'OK' | 'WRONG_RESULT' | 'BAD_OPENING';
  /** Why, in words. */
  reason: string;
  /** The numbers behind it. */
  numbers: Record<string, number>;
  /** Of WRONG_RESULT: the sampled entry that was wrong. */
  sample?: GemmEntry;
}

/** Entry i of column j in the transition t → t+1. */
export interface GemmEntry {
  t: number;
  j: number;
  i: number;
}

/**
 * Checks an opening of a gemm task (protocol section 3): its size, the roots against the commitment, every column
 * against its root, then the sampled entries against regenerated rows of A. Never throws for what a node sent.
 * @throws ProtocolError when taskSeed, coins or params are not what section 3 allows: the caller's own
 */
export function verifyGemmOpening(input: GemmVerification): GemmVerdict {
  const { params, opening: bytes } = input;
  const samples = gemmSamples(input.coins, params);
  const needed = neededColumns(samples, params);
  const numbers: Record<string, number> = { samples: samples.length, columns: needed.length, bytes: bytes.length };
  if (!hasOpeningSize(bytes, params, needed)) return wrongSize(numbers);
  const roots = bytes.subarray(0, 32 * params.T);
  if (!equalBytes(gemmCommitment(roots), input.commitment)) {
    return { code: 'BAD_OPENING', reason: 'the roots do not hash to the commitment', numbers };
  }

  const wasm = kernels();
  wasm.reset();
  const columns = new ColumnStore(wasm, input.taskSeed, params, needed, bytes);
  const stray = columns.firstNotUnderItsRoot();
  if (stray) {
    return {
      code: 'BAD_OPENING',
      reason: `column ${stray.j} of X_${stray.t} does not lie under its root`,
      numbers: { ...numbers, t: stray.t, j: stray.j },
    };
  }

  const entries = samples.flatMap((sample) =>
    sampledTransitions(sample, params).flatMap(({ t, rows }) => rows.map((i) => ({ t, j: sample.j, i }))),
  );
  numbers['entries'] = entries.length;
  const expected = expectedEntries(wasm, columns, entries);
  for (const [q, entry] of entries.entries()) {
    const found = columns.entry(entry.t + 1, entry.j, entry.i);
    if (found === expected[q]) continue;
    return {
      code: 'WRONG_RESULT',
      reason: `row ${entry.i} of column ${entry.j} of X_${entry.t + 1} is ${found} instead of ${expected[q]}`,
      numbers: { ...numbers, t: entry.t + 1, j: entry.j, row: entry.i, expected: expected[q]!, found },
      sample: entry,
    };
  }
  return { code: 'OK', reason: 'every sampled entry is right', numbers };
}

/**
 * Column j of X_t recomputed whole from X_0, for the backstop of section 3; it costs t products of A with a vector.
 * @returns n bytes
 */
export function recomputeGemmColumn(taskSeed: Uint8Array, params: GemmParams, { t, j }: ColumnId): Uint8Array {
  for (const layer of new GemmLayers(kernels(), taskSeed, params).of([j])) {
    if (layer.t === t) return layer.columns.slice();
  }
  throw new RangeError(`X_${t} is not among the layers 1..${params.T}`);
}

/**
 * Backstop of section 3: recomputes the columns of the first sample whole from X_0 and compares every entry. For an
 * opening that `verifyGemmOpening` has accepted.
 */
export function verifyFirstSampleWhole({ taskSeed, coins, params, opening: bytes }: GemmVerification): GemmVerdict {
  const samples = gemmSamples(coins, params);
  const opening = decodeGemmOpening(bytes, params, neededColumns(samples, params));
  if (!opening) return wrongSize({ bytes: bytes.length });
  const first = neededColumns(samples.slice(0, 1), params);
  const numbers = { columns: first.length, entries: first.length * params.n };
  for (const layer of new GemmLayers(kernels(), taskSeed, params).of([first[0]!.j])) {
    if (!first.some(({ t }) => t === layer.t)) continue;
    const { j } = first[0]!;
    const opened = opening.columns.find((column) => column.t === layer.t && column.j === j)!;
    if (equalBytes(opened.column, layer.columns)) continue;
    const reason = `column ${j} of X_${layer.t} differs from the one recomputed from X_0`;
    return { code: 'WRONG_RESULT', reason, numbers: { ...numbers, t: layer.t, j } };
  }
  return { code: 'OK', reason: 'the first sample, recomputed whole, is right', numbers };
}

function wrongSize(numbers: Record<string, number>): GemmVerdict {
  return { code: 'BAD_OPENING', reason: 'the opening does not have the size the coins ask for', numbers };
}

/** The opened columns in the kernels' memory, and the columns of X_0 that the verifier expands itself. */
class ColumnStore {
  /** Address of the task seed. */
  readonly key: number;
  private readonly roots: number;
  private readonly starts: number[];
  private readonly byId = new Map<number, number>();

  constructor(
    private readonly wasm: Kernels,
    taskSeed: Uint8Array,
    readonly params: GemmParams,
    private readonly ids: readonly ColumnId[],
    opening: Uint8Array,
  ) {
    this.key = wasm.allocateBytes(sized(taskSeed, 32, 'taskSeed'));
    this.roots = wasm.allocateBytes(opening);
    this.starts = ids.map((_, k) => this.roots + columnOffset(params, k));
    for (const [k, { t, j }] of ids.entries()) this.byId.set(t * params.w + j, this.starts[k]!);
  }

  /** First column whose path does not lead to its layer's root. */
  firstNotUnderItsRoot(): ColumnId | undefined {
    const { wasm, params, ids } = this;
    const count = ids.length;
    const addresses = wasm.allocateWords(this.starts);
    const paths = wasm.allocateWords(this.starts.map((start) => start + params.n));
    const indices = wasm.allocateWords(ids.map(({ j }) => j));
    const [scratch, out] = [wasm.allocate(params.n + 1), wasm.allocate(32 * count)];
    hashColumns(wasm, { count, addresses, n: params.n, scratch, out });
    wasm.run.foldPaths(count, gemmDepth(params), out, indices, paths);
    const reached = wasm.words(out, 8 * count);
    const roots = wasm.words(this.roots, 8 * params.T);
    return ids.find(({ t }, k) => {
      for (let i = 0; i < 8; i++) {
        if (reached[8 * k + i] !== roots[8 * (t - 1) + i]) return true;
      }
      return false;
    });
  }

  /** Address of a column; those of X_0 are expanded when first asked for, which may move the memory. */
  address(t: number, j: number): number {
    const id = t * this.params.w + j;
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    if (t !== 0) throw new RangeError(`column ${j} of X_${t} was not asked for`);
    const address = this.wasm.allocate(this.params.n + 256);
    expandColumn(this.wasm, this.key, this.params.n, j, address);
    this.byId.set(id, address);
    return address;
  }

  /** Opened entry as an unsigned byte. */
  entry(t: number, j: number, row: number): number {
    return this.wasm.bytes(this.address(t, j) + row, 1)[0]!;
  }
}

/** What the entries of the next layer must be, as unsigned bytes: requant(A[row]·X_t[:,j]). */
function expectedEntries(wasm: Kernels, columns: ColumnStore, entries: readonly GemmEntry[]): number[] {
  const { n } = columns.params;
  const count = entries.length;
  const padded = 4 * Math.ceil(count / 4);
  const padding = new Array<number>(padded - count).fill(0);
  const rows = wasm.allocateWords([...entries.map(({ i }) => i), ...padding]);
  const ts = wasm.allocateWords([...entries.map(({ t }) => t), ...padding]);
  const js = wasm.allocateWords([...entries.map(({ j }) => j), ...padding]);
  const xs = wasm.allocateWords(entries.map(({ t, j }) => columns.address(t, j)));
  const accumulators = wasm.allocate(4 * count);
  const rowWords = wasm.allocate(4 * padded);
  const colWords = wasm.allocate(4 * padded);
  const rowOfA = wasm.allocate(Math.max(n, 256));
  wasm.run.rowDots(columns.key, TAG_A, n, count, rows, xs, accumulators, rowOfA);
  wasm.run.streamWords(columns.key, TAG_ROW, padded, ts, rows, rowWords);
  wasm.run.streamWords(columns.key, TAG_COL, padded, ts, js, colWords);
  const [sums, byRow, byColumn] = [accumulators, rowWords, colWords].map((address) => wasm.words(address, count));
  return entries.map((_, q) => fmix32(sums![q]! + byRow![q]! + byColumn![q]!) & 0xff);
}

/** MurmurHash3 finalizer of a number taken mod 2^32. */
function fmix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
