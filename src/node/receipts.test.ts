import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Frame, PROTOCOL_VERSION } from '../protocol/messages';
import { ReceiptFile } from './receipts';

const hex = (bytes: number, digit: string) => `0x${digit.repeat(2 * bytes)}`;
const receipt = (round: number): Frame<'RECEIPT'> => ({
  ...{ v: PROTOCOL_VERSION, type: 'RECEIPT', round, device: 0, taskSeed: hex(32, 'a'), answer: hex(32, 'b') },
  ...{ elapsedMs: 812, signature: hex(65, 'c') },
});
const word = (round: number) => ({ reporter: hex(20, 'd'), nodeId: 7, frame: receipt(round) });
const HOUR_MS = 3_600_000;
const DAY = { ageMs: 24 * HOUR_MS, bytes: 100_000 };

describe('the file of receipts', () => {
  let folder: string;
  let file: string;
  let nowMs: number;
  const clock = () => nowMs;
  const roundsOf = (path: string) =>
    existsSync(path)
      ? readFileSync(path, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).frame.round)
      : [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dpin-receipts-'));
    file = join(folder, 'node.receipts');
    nowMs = Date.parse('2026-01-01T00:00:00Z');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('has a line of JSON for every signed word, with its time, reporter and node', () => {
    new ReceiptFile(file, DAY, clock).append(word(1));
    new ReceiptFile(file, DAY, clock).append(word(2));
    const [first] = readFileSync(file, 'utf8').split('\n');
    expect(JSON.parse(first!)).toEqual({ at: '2026-01-01T00:00:00.000Z', ...word(1) });
    expect(roundsOf(file)).toEqual([1, 2]);
  });

  it('keeps the last day at least, over restarts, and two days at most', () => {
    for (let hour = 0; hour < 96; hour++) {
      nowMs += HOUR_MS;
      // Every append is by a process of its own.
      new ReceiptFile(file, DAY, clock).append(word(hour));
      const kept = [...roundsOf(`${file}.old`), ...roundsOf(file)];
      expect(kept).toContain(Math.max(0, hour - 24));
      expect(kept.length).toBeLessThanOrEqual(49);
      expect(kept).toEqual([...kept].sort((a, b) => a - b));
    }
  });

  it('never takes more than twice its bytes', () => {
    const receipts = new ReceiptFile(file, { ...DAY, bytes: 2_000 }, clock);
    for (let round = 0; round < 30; round++) receipts.append(word(round));
    for (const path of [file, `${file}.old`]) expect(statSync(path).size).toBeLessThanOrEqual(2_000);
    expect([...roundsOf(`${file}.old`), ...roundsOf(file)].slice(-3)).toEqual([27, 28, 29]);
  });

  it('sets aside a file that is not its own', () => {
    writeFileSync(file, 'something else\n');
    new ReceiptFile(file, DAY, clock).append(word(1));
    expect(roundsOf(file)).toEqual([1]);
    expect(readFileSync(`${file}.old`, 'utf8')).toBe('something else\n');
  });
});
