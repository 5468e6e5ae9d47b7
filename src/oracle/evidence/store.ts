import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@subsquid/logger';
import { FatalError, RetryableError } from '../../runtime/errors';
import { Ages, spanEndMs, spanOf } from './ages';
import { agesFolder, fileOf, filesFolder, hashDigits, PREFIXES, temporaryFolder } from './layout';

export interface EvidenceStoreOptions {
  /** EVIDENCE_DIR: a folder of this reporter alone; made when missing. */
  folder: string;
  /** EVIDENCE_MAX_GB in bytes: more is never kept. */
  maxBytes: number;
  /** How long evidence should stay, ms. */
  challengeWindowMs: number;
  log: Logger;
  /** Wall clock, ms since 1970. */
  now?: () => number;
}

/** What `prune` removed. */
export interface Pruned {
  files: number;
  bytes: number;
}

/**
 * Public evidence as files named by their SHA-256. A file is there whole or not at all, whenever the process or the
 * machine dies; what `put` has answered for outlives a power cut. As much is kept as EVIDENCE_MAX_GB allows; the oldest
 * goes first.
 */
export class EvidenceStore {
  /** Work on a hash under way: two never handle one file at the same time. */
  private readonly busy = new Map<string, Promise<unknown>>();
  private pruning: Promise<Pruned> | null = null;
  /** Of files that are being written. */
  private reservedBytes = 0;
  private warnedAtMs = Number.NEGATIVE_INFINITY;
  private readonly now: () => number;

  private constructor(
    private readonly options: EvidenceStoreOptions,
    private readonly ages: Ages,
  ) {
    this.now = options.now ?? Date.now;
  }

  /**
   * Opens the folder and removes what a killed process left half written.
   * @throws FatalError naming EVIDENCE_DIR when it cannot be used
   */
  static async open(options: EvidenceStoreOptions): Promise<EvidenceStore> {
    const { folder } = options;
    try {
      await rm(temporaryFolder(folder), { recursive: true, force: true });
      await mkdir(temporaryFolder(folder), { recursive: true });
      for (const prefix of PREFIXES) await mkdir(filesFolder(folder, prefix), { recursive: true });
      return new EvidenceStore(options, await Ages.open(agesFolder(folder)));
    } catch (error) {
      throw new FatalError(
        `EVIDENCE_DIR: ${folder} cannot be used: ${(error as Error).message}`,
        'Point EVIDENCE_DIR at a folder that this process may write, for example EVIDENCE_DIR=/var/lib/dpin/evidence',
        {},
        { cause: error },
      );
    }
  }

  /** Bytes of all files, as EVIDENCE_MAX_GB counts them. */
  get totalBytes(): number {
    return this.ages.totalBytes + this.reservedBytes;
  }

  /**
   * Keeps bytes; those that are there already count as new again.
   * @returns their SHA-256, lower-case 0x hex, once they would outlive a power cut
   * @throws RetryableError naming EVIDENCE_DIR when the disk is full or fails, or EVIDENCE_MAX_GB leaves no room
   */
  async put(bytes: Uint8Array): Promise<string> {
    const digits = createHash('sha256').update(bytes).digest('hex');
    const nowMs = this.now();
    if (await this.alone(digits, () => this.isFresh(digits, nowMs))) return `0x${digits}`;
    await this.reserve(bytes.length, nowMs);
    try {
      await this.alone(digits, async () => {
        // The same bytes may have come a moment before.
        if (!(await this.isFresh(digits, nowMs))) await this.write(digits, bytes, nowMs);
      });
    } finally {
      this.reservedBytes -= bytes.length;
    }
    return `0x${digits}`;
  }

  /**
   * The bytes with a hash; null when they are not there. A file whose bytes are others is removed and null is given.
   * @throws RetryableError when the disk fails
   */
  async get(hash: string): Promise<Uint8Array | null> {
    const digits = hashDigits(hash);
    return digits === null ? null : this.alone(digits, () => this.read(digits));
  }

  /** Whether a file with the hash is there; its bytes are not looked at. */
  async has(hash: string): Promise<boolean> {
    const digits = hashDigits(hash);
    return digits !== null && (await this.timeOf(digits)) !== null;
  }

  /**
   * Removes the oldest files until the rest fits into EVIDENCE_MAX_GB. It reads the list of the files that go and
   * nothing of those that stay. Files of the newest ten minutes always stay.
   */
  prune(nowMs: number): Promise<Pruned> {
    return this.removing(nowMs, 0);
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await Promise.allSettled([this.pruning, ...this.busy.values()]);
    await this.ages.close();
  }

  /** Sets room aside for a file that comes. @throws RetryableError when there is none even without the old ones */
  private async reserve(bytes: number, nowMs: number): Promise<void> {
    const { maxBytes, folder } = this.options;
    if (this.totalBytes + bytes > maxBytes) {
      await this.pruning;
      await this.removing(nowMs, bytes);
    }
    if (this.totalBytes + bytes > maxBytes) {
      throw new RetryableError(
        `EVIDENCE_DIR: ${folder} has no room for ${bytes} bytes: what came in the newest ten minutes alone fills ` +
          'EVIDENCE_MAX_GB. Raise EVIDENCE_MAX_GB.',
        { EVIDENCE_MAX_GB: gigabytes(maxBytes), keptGB: gigabytes(this.totalBytes) },
      );
    }
    this.reservedBytes += bytes;
  }

  private async write(digits: string, bytes: Uint8Array, nowMs: number): Promise<void> {
    const { folder, maxBytes } = this.options;
    const temporary = join(temporaryFolder(folder), randomUUID());
    try {
      await writeDurably(temporary, bytes, nowMs);
      // First: a file that nobody has written down would never be removed.
      await this.ages.add(spanOf(nowMs), { digits, bytes: bytes.length });
      await rename(temporary, this.fileOf(digits));
      await syncFolder(filesFolder(folder, digits.slice(0, 2)));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw new RetryableError(
        `EVIDENCE_DIR: ${folder} cannot be written: ${(error as Error).message}`,
        { bytes: bytes.length, EVIDENCE_MAX_GB: gigabytes(maxBytes), keptGB: gigabytes(this.totalBytes) },
        { cause: error },
      );
    }
  }

  private removing(nowMs: number, roomBytes: number): Promise<Pruned> {
    this.pruning ??= this.removeOldest(nowMs, roomBytes).finally(() => {
      this.pruning = null;
    });
    return this.pruning;
  }

  private async removeOldest(nowMs: number, roomBytes: number): Promise<Pruned> {
    const removed = { files: 0, bytes: 0 };
    while (this.totalBytes + roomBytes > this.options.maxBytes) {
      const span = this.ages.oldest;
      if (span === null || span >= spanOf(nowMs)) break;
      if (spanEndMs(span) + this.options.challengeWindowMs > nowMs) this.warnOfShortWindow(span, nowMs);
      for (const { digits, bytes } of await this.ages.entries(span)) {
        if (!(await this.alone(digits, () => this.removeUnlessNewer(digits, span)))) continue;
        removed.files += 1;
        removed.bytes += bytes;
      }
      await this.ages.remove(span);
    }
    return removed;
  }

  /** @returns whether there was a file and it is gone; one that was put again later stays */
  private async removeUnlessNewer(digits: string, span: number): Promise<boolean> {
    const timeMs = await this.timeOf(digits);
    if (timeMs === null || spanOf(timeMs) > span) return false;
    await rm(this.fileOf(digits), { force: true });
    return true;
  }

  private warnOfShortWindow(span: number, nowMs: number): void {
    const { challengeWindowMs, maxBytes, log } = this.options;
    if (nowMs - this.warnedAtMs < challengeWindowMs) return;
    this.warnedAtMs = nowMs;
    log.warn(
      {
        keptGB: gigabytes(this.totalBytes),
        EVIDENCE_MAX_GB: gigabytes(maxBytes),
        keptMinutes: Math.floor((nowMs - spanEndMs(span)) / 60_000),
        windowMinutes: challengeWindowMs / 60_000,
      },
      'evidence is removed inside the challenge window: raise EVIDENCE_MAX_GB',
    );
  }

  /** Whether the bytes are there, and written down as of this span. */
  private async isFresh(digits: string, nowMs: number): Promise<boolean> {
    const timeMs = await this.timeOf(digits);
    return timeMs !== null && spanOf(timeMs) === spanOf(nowMs) && (await this.read(digits)) !== null;
  }

  private async read(digits: string): Promise<Uint8Array | null> {
    const file = this.fileOf(digits);
    const bytes = await unlessMissing(file, (path) => readFile(path));
    if (bytes === null || createHash('sha256').update(bytes).digest('hex') === digits) return bytes;
    this.options.log.error({ file, bytes: bytes.length }, 'evidence was damaged on the disk and is removed');
    await rm(file, { force: true });
    return null;
  }

  /** When a file was last put, ms since 1970; null when there is none. */
  private async timeOf(digits: string): Promise<number | null> {
    return (await unlessMissing(this.fileOf(digits), (path) => stat(path)))?.mtimeMs ?? null;
  }

  private fileOf(digits: string): string {
    return fileOf(this.options.folder, digits);
  }

  private alone<T>(digits: string, work: () => Promise<T>): Promise<T> {
    const run = (this.busy.get(digits) ?? Promise.resolve()).then(work, work);
    const settled = run.then(
      () => undefined,
      () => undefined,
    );
    this.busy.set(digits, settled);
    void settled.then(() => {
      if (this.busy.get(digits) === settled) this.busy.delete(digits);
    });
    return run;
  }
}

/** Writes a new file to the disk itself, with the time that the store says it is. */
async function writeDurably(path: string, bytes: Uint8Array, timeMs: number): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(bytes);
    await file.utimes(timeMs / 1000, timeMs / 1000);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a new name in a folder outlive a power cut; Windows has no such call and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** What `read` gives of a file; null without the file. @throws RetryableError naming EVIDENCE_DIR */
async function unlessMissing<T>(file: string, read: (file: string) => Promise<T>): Promise<T | null> {
  try {
    return await read(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new RetryableError(`EVIDENCE_DIR: ${file} cannot be read: ${message}`, {}, { cause: error });
  }
}

function gigabytes(bytes: number): number {
  return Math.round(bytes / 1e7) / 100;
}
