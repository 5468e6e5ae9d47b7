import { appendFileSync, closeSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import type { Frame } from '../protocol/messages';

/** What a reporter signed for this node. */
export interface SignedWord {
  reporter: string;
  nodeId: number;
  frame: Frame<'RECEIPT'> | Frame<'VERDICT'>;
}

const DAY_MS = 24 * 3_600_000;
/** Of one of the two files. */
const MAX_BYTES = 32 * 1024 * 1024;
/** The first line's time stands at its start. */
const FIRST_LINE = /^\{"at":"([^"]{1,40})"/;

/**
 * The node's proof of what reporters told it: a line of JSON for every signed RECEIPT and VERDICT, appended to a file.
 * When its first line is a day old, or it has 32 MiB, it becomes `<file>.old` in place of the one before. So the two
 * together hold the last day at least and two days at most, or the newest 32 to 64 MiB.
 */
export class ReceiptFile {
  private startedMs: number;
  private bytes: number;

  constructor(
    private readonly file: string,
    private readonly limits = { ageMs: DAY_MS, bytes: MAX_BYTES },
    private readonly nowMs: () => number = Date.now,
  ) {
    this.bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    this.startedMs = this.bytes === 0 ? nowMs() : startOf(file);
  }

  /** @throws Error of the file system */
  append(word: SignedWord): void {
    const line = `${JSON.stringify({ at: new Date(this.nowMs()).toISOString(), ...word })}\n`;
    const length = Buffer.byteLength(line);
    const isOld = this.nowMs() - this.startedMs >= this.limits.ageMs;
    if (this.bytes > 0 && (isOld || this.bytes + length > this.limits.bytes)) {
      renameSync(this.file, `${this.file}.old`);
      this.bytes = 0;
    }
    if (this.bytes === 0) this.startedMs = this.nowMs();
    appendFileSync(this.file, line);
    this.bytes += length;
  }
}

/** Time of a file's first line, ms since 1970; 0 when it has none, so that the file is set aside. */
function startOf(file: string): number {
  const head = Buffer.alloc(64);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return Date.parse(FIRST_LINE.exec(head.toString('utf8'))?.[1] ?? '') || 0;
}
