import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import * as snarkjs from 'snarkjs';

/*
 * A proving key in about 45 % of its size, restored byte for byte:
 * - G1 points (A, B1, C, H) as x and a sign bit; restoring y costs about 45 µs of CPU each;
 * - coefficients as columns (matrix, constraint, signal, number of the value) and a list of distinct values, since a
 * few
 *   thousand round constants make up most of them;
 * - all of it in Brotli.
 */

const ZKEY_HEADER_BYTES = 12;
const SECTION_HEADER_BYTES = 12;
const COEFFICIENTS_SECTION = 4;
const G1_SECTIONS: readonly number[] = [5, 6, 8, 9];
/** matrix, constraint, signal (u32 each) and a 32-byte value. */
const COEFFICIENT_BYTES = 44;
const VALUE_BYTES = 32;

/** What is used of an ffjavascript curve. */
interface Curve {
  G1: {
    batchLEMtoC(points: Uint8Array): Promise<Uint8Array>;
    batchCtoLEM(points: Uint8Array): Promise<Uint8Array>;
  };
  terminate(): Promise<void>;
}

/** u32 values as four planes of bytes, which compress better than the values. */
function toPlanes(values: Uint32Array): Buffer {
  const planes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    for (let plane = 0; plane < 4; plane++) planes[plane * values.length + index] = (value >>> (8 * plane)) & 0xff;
  });
  return planes;
}

function fromPlanes(planes: Buffer): Uint32Array {
  const count = planes.length / 4;
  return Uint32Array.from({ length: count }, (_, index) => {
    let value = 0;
    for (let plane = 0; plane < 4; plane++) value |= planes[plane * count + index]! << (8 * plane);
    return value >>> 0;
  });
}

function packCoefficients(section: Buffer): Buffer {
  const count = section.readUInt32LE(0);
  const columns = [0, 1, 2, 3].map(() => new Uint32Array(count));
  const numbers = new Map<string, number>();
  const values: Buffer[] = [];
  let lastConstraint = 0;
  for (let i = 0; i < count; i++) {
    const at = 4 + i * COEFFICIENT_BYTES;
    const constraint = section.readUInt32LE(at + 4);
    const value = section.subarray(at + 12, at + COEFFICIENT_BYTES);
    const name = value.toString('latin1');
    let number = numbers.get(name);
    if (number === undefined) {
      number = values.length;
      numbers.set(name, number);
      values.push(value);
    }
    columns[0]![i] = section.readUInt32LE(at);
    columns[1]![i] = (constraint - lastConstraint) >>> 0;
    columns[2]![i] = section.readUInt32LE(at + 8);
    columns[3]![i] = number;
    lastConstraint = constraint;
  }
  const counts = Buffer.alloc(8);
  counts.writeUInt32LE(count, 0);
  counts.writeUInt32LE(values.length, 4);
  return Buffer.concat([counts, ...columns.map(toPlanes), ...values]);
}

function unpackCoefficients(packed: Buffer): Buffer {
  const count = packed.readUInt32LE(0);
  const column = (index: number) => fromPlanes(packed.subarray(8 + 4 * count * index, 8 + 4 * count * (index + 1)));
  const [matrices, constraints, signals, numbers] = [column(0), column(1), column(2), column(3)];
  const values = packed.subarray(8 + 16 * count);
  const section = Buffer.alloc(4 + count * COEFFICIENT_BYTES);
  section.writeUInt32LE(count, 0);
  let constraint = 0;
  for (let i = 0; i < count; i++) {
    const at = 4 + i * COEFFICIENT_BYTES;
    constraint = (constraint + constraints[i]!) >>> 0;
    section.writeUInt32LE(matrices[i]!, at);
    section.writeUInt32LE(constraint, at + 4);
    section.writeUInt32LE(signals[i]!, at + 8);
    values.copy(section, at + 12, numbers[i]! * VALUE_BYTES, (numbers[i]! + 1) * VALUE_BYTES);
  }
  return section;
}

type Transform = (section: Buffer) => Promise<Buffer> | Buffer;

/** Rewrites every section of a binary file of the iden3 layout: header, then id u32, length u64, content. */
async function mapSections(file: Buffer, transforms: Map<number, Transform>): Promise<Buffer> {
  const parts: Buffer[] = [file.subarray(0, ZKEY_HEADER_BYTES)];
  for (let at = ZKEY_HEADER_BYTES; at < file.length; ) {
    const id = file.readUInt32LE(at);
    const length = Number(file.readBigUInt64LE(at + 4));
    const content = file.subarray(at + SECTION_HEADER_BYTES, at + SECTION_HEADER_BYTES + length);
    const rewritten = (await transforms.get(id)?.(content)) ?? content;
    const header = Buffer.alloc(SECTION_HEADER_BYTES);
    header.writeUInt32LE(id, 0);
    header.writeBigUInt64LE(BigInt(rewritten.length), 4);
    parts.push(header, rewritten);
    at += SECTION_HEADER_BYTES + length;
  }
  return Buffer.concat(parts);
}

async function withCurve<T>(use: (curve: Curve) => Promise<T>): Promise<T> {
  const curve = (await snarkjs.curves.getCurveFromName('bn128')) as Curve;
  try {
    return await use(curve);
  } finally {
    await curve.terminate();
  }
}

const g1Transforms = (transform: (points: Uint8Array) => Promise<Uint8Array>): [number, Transform][] =>
  // A copy: ffjavascript reads the whole buffer beneath a view.
  G1_SECTIONS.map((id) => [id, async (section) => Buffer.from(await transform(Uint8Array.from(section)))]);

/** Makes a snarkjs Groth16 proving key small enough for a repository. Starts worker threads and ends them. */
export async function compactZkey(zkey: Uint8Array): Promise<Buffer> {
  const packed = await withCurve((curve) =>
    mapSections(
      Buffer.from(zkey),
      new Map<number, Transform>([
        [COEFFICIENTS_SECTION, packCoefficients],
        ...g1Transforms((points) => curve.G1.batchLEMtoC(points)),
      ]),
    ),
  );
  return brotliCompressSync(packed, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: packed.length,
    },
  });
}

/**
 * Undoes `compactZkey`, byte for byte. Starts worker threads and ends them; about 10 s of CPU for 60,000 constraints.
 */
export async function expandZkey(compact: Uint8Array): Promise<Buffer> {
  return withCurve((curve) =>
    mapSections(
      brotliDecompressSync(compact),
      new Map<number, Transform>([
        [COEFFICIENTS_SECTION, unpackCoefficients],
        ...g1Transforms((points) => curve.G1.batchCtoLEM(points)),
      ]),
    ),
  );
}
