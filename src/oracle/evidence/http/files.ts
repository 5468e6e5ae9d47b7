import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileOf } from '../layout';

const CHUNK_BYTES = 64 * 1024;
/** Files whose bytes were compared with their names and need not be again. */
const REMEMBERED = 4_096;

/** A file that may be given out. */
export interface EvidenceFile {
  path: string;
  bytes: number;
  /** Looks like a JSON object from outside. */
  isJson: boolean;
}

interface Looked extends EvidenceFile {
  /** Tells a file from another of the same name that replaced it. */
  stamp: string;
  isWhole: boolean;
}

/**
 * Reads evidence and never writes. Everything is synchronous: it runs in a thread of its own, and the pool that
 * asynchronous calls share with the oracle's main thread is left to the oracle.
 */
export class EvidenceFiles {
  private readonly looked = new Map<string, Looked>();

  /** @param onDamaged hears of a file whose bytes are not its name, which is never given out */
  constructor(
    private readonly folder: string,
    private readonly onDamaged: (path: string) => void,
  ) {}

  /** The file with a hash; null when it is not there or damaged. @param digits from `hashDigits` */
  find(digits: string): EvidenceFile | null {
    const path = fileOf(this.folder, digits);
    const file = openIfThere(path);
    if (file === null) {
      this.looked.delete(digits);
      return null;
    }
    try {
      const { ino, size, mtimeMs } = fstatSync(file);
      const stamp = `${ino} ${size} ${mtimeMs}`;
      let looked = this.looked.get(digits);
      if (looked?.stamp !== stamp) {
        looked = { path, bytes: size, stamp, ...look(file, digits) };
        this.remember(digits, looked);
        if (!looked.isWhole) this.onDamaged(path);
      }
      return looked.isWhole ? looked : null;
    } finally {
      closeSync(file);
    }
  }

  private remember(digits: string, looked: Looked): void {
    this.looked.delete(digits);
    this.looked.set(digits, looked);
    for (const oldest of this.looked.keys()) {
      if (this.looked.size <= REMEMBERED) break;
      this.looked.delete(oldest);
    }
  }
}

/** Bytes `start` to `end` (both included) of a file, a chunk at a time as they are taken. */
export function* chunksOf(path: string, start: number, end: number): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    for (let at = start; at <= end; ) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end + 1 - at));
      const read = readSync(file, chunk, 0, chunk.length, at);
      if (read === 0) throw new Error(`${path} is shorter than it was`);
      at += read;
      yield chunk.subarray(0, read);
    }
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Compares a file's bytes with its name, and looks at its ends. */
function look(file: number, digits: string): Pick<Looked, 'isWhole' | 'isJson'> {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let head = '';
  let tail = '';
  for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
    const bytes = chunk.subarray(0, read);
    hash.update(bytes);
    head ||= bytes.toString('latin1', 0, 2);
    tail = bytes.toString('latin1', read - 1);
  }
  return { isWhole: hash.digest('hex') === digits, isJson: head === '{"' && tail === '}' };
}
