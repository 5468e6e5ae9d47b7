import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { decodeFrame, encodeFrame, type Frame } from '../protocol/messages';

/** A challenge that the node has committed to. */
export interface JournalEntry {
  /** Lower-case address of the reporter that asked. */
  reporter: string;
  challenge: Frame<'CHALLENGE'>;
  /** 0x hex, 32 bytes. */
  commitment: string;
}

/** Rounds of a reporter that may still be opened: on the devnet reveals are taken for 81 s, in slots of 25 s. */
const KEPT_ROUNDS = 4;
/** Sixteen devices in four rounds of sixteen reporters, with room. */
const MAX_BYTES = 2 * 1024 * 1024;
const LINE = /^(0x[0-9a-f]{40}) (0x[0-9a-f]{64}) (\{.*\})$/;

/**
 * The node's memory of what it committed to, in a small file: a node that is started again does the work of a round
 * once more and opens it, instead of failing the round. Nothing in it is secret, and what it says is checked like a
 * fresh challenge.
 */
export class Journal {
  private entries: JournalEntry[];

  /** @param file read now when it is there; one that cannot be read counts as empty */
  constructor(private readonly file: string) {
    this.entries = read(file);
  }

  /** Adds an entry and forgets rounds of its reporter that are over. */
  remember(entry: JournalEntry): void {
    const all = [...this.entries, entry];
    const own = all.filter(({ reporter }) => reporter === entry.reporter);
    const kept = newestRounds(own.map(({ challenge }) => challenge.round));
    this.entries = all.filter(({ reporter, challenge }) => reporter !== entry.reporter || kept.has(challenge.round));
    const lines = this.entries.map(
      ({ reporter, commitment, challenge }) => `${reporter} ${commitment} ${encodeFrame('CHALLENGE', challenge)}\n`,
    );
    // A kill in the middle must not cost the rounds that are already written.
    writeFileSync(`${this.file}.new`, lines.join(''));
    renameSync(`${this.file}.new`, this.file);
  }

  /** What the node committed to in this reporter's round on this device, if it did. */
  recall(reporter: string, round: number, device: number): JournalEntry | undefined {
    return this.entries.find(
      ({ reporter: asker, challenge }) =>
        asker === reporter && challenge.round === round && challenge.device === device,
    );
  }
}

/** Those of one reporter's rounds that may still be opened. */
export function newestRounds(rounds: readonly number[]): Set<number> {
  return new Set([...new Set(rounds)].sort((a, b) => b - a).slice(0, KEPT_ROUNDS));
}

function read(file: string): JournalEntry[] {
  try {
    if (statSync(file).size > MAX_BYTES) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, reporter, commitment, frame] = LINE.exec(line) ?? [];
        if (!reporter || !commitment || !frame) return [];
        return [{ reporter, commitment, challenge: decodeFrame(Buffer.from(frame), ['CHALLENGE']) }];
      });
  } catch {
    return [];
  }
}
