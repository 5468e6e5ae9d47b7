import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of this long go together: the step in which old ones are removed. */
const SPAN_MS = 10 * 60_000;
const NAME = /^(\d{1,12})\.txt$/;
const LINE = /^([0-9a-f]{64}) (\d{1,12})$/;

/** A file that came in a span. */
export interface AgeEntry {
  /** 64 hex digits. */
  digits: string;
  bytes: number;
}

/** The span that a time lies in: a number that grows by one every ten minutes. */
export function spanOf(ms: number): number {
  return Math.floor(ms / SPAN_MS);
}

/** When a span ends, ms since 1970. */
export function spanEndMs(span: number): number {
  return (span + 1) * SPAN_MS;
}

/**
 * Which files came when: one text file for every ten minutes, with a line for each file. The oldest are found without a
 * look at the files themselves, of which there may be millions.
 */
export class Ages {
  private readonly bytesBySpan = new Map<number, number>();
  private total = 0;
  private current: { span: number; file: FileHandle } | null = null;
  private waiting: { span: number; line: string }[] = [];
  private writing: Promise<void> | null = null;

  private constructor(private readonly folder: string) {}

  /** Reads what earlier processes wrote. @throws the system's error when the folder cannot be made or read */
  static async open(folder: string): Promise<Ages> {
    await mkdir(folder, { recursive: true });
    const ages = new Ages(folder);
    for (const name of await readdir(folder)) {
      const span = NAME.exec(name)?.[1];
      if (span === undefined) continue;
      ages.count(Number(span), 0);
      for (const { bytes } of await ages.entries(Number(span))) ages.count(Number(span), bytes);
    }
    return ages;
  }

  /** Bytes of all files written down. One that was given again stands there twice until its older span goes. */
  get totalBytes(): number {
    return this.total;
  }

  /** The oldest span with files; null when there is none. */
  get oldest(): number | null {
    return this.bytesBySpan.size === 0 ? null : Math.min(...this.bytesBySpan.keys());
  }

  /** Bytes that came in a span. */
  bytesOf(span: number): number {
    return this.bytesBySpan.get(span) ?? 0;
  }

  /** Writes a file down; resolves when that would outlive a power cut. @throws the system's error */
  async add(span: number, { digits, bytes }: AgeEntry): Promise<void> {
    // A line break on both sides: a line that a crash cut short spoils no other.
    this.waiting.push({ span, line: `\n${digits} ${bytes}\n` });
    // Whoever comes while the disk is busy shares the next turn with all the others that wait.
    await this.writing?.catch(() => undefined);
    this.writing ??= this.write().finally(() => {
      this.writing = null;
    });
    await this.writing;
    this.count(span, bytes);
  }

  /** Files of a span in the order they came. */
  async entries(span: number): Promise<AgeEntry[]> {
    const text = await readFile(this.fileOf(span), 'utf8');
    return text.split('\n').flatMap((line) => {
      const match = LINE.exec(line);
      return match ? [{ digits: match[1]!, bytes: Number(match[2]) }] : [];
    });
  }

  /** Forgets a span. */
  async remove(span: number): Promise<void> {
    await rm(this.fileOf(span), { force: true });
    this.total -= this.bytesOf(span);
    this.bytesBySpan.delete(span);
  }

  async close(): Promise<void> {
    await this.writing?.catch(() => undefined);
    await this.current?.file.close();
    this.current = null;
  }

  private async write(): Promise<void> {
    const lines = this.waiting;
    this.waiting = [];
    for (const span of new Set(lines.map((waiting) => waiting.span))) {
      const text = lines.flatMap((waiting) => (waiting.span === span ? [waiting.line] : [])).join('');
      const file = await this.fileFor(span);
      await file.appendFile(text);
      await file.datasync();
    }
  }

  private async fileFor(span: number): Promise<FileHandle> {
    if (this.current?.span === span) return this.current.file;
    await this.current?.file.close();
    this.current = null;
    const file = await open(this.fileOf(span), 'a');
    this.current = { span, file };
    return file;
  }

  private count(span: number, bytes: number): void {
    this.bytesBySpan.set(span, this.bytesOf(span) + bytes);
    this.total += bytes;
  }

  private fileOf(span: number): string {
    return join(this.folder, `${span}.txt`);
  }
}
