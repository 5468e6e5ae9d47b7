import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Frame, PROTOCOL_VERSION } from '../protocol/messages';
import { Journal } from './journal';

const hex = (bytes: number, digit: string) => `0x${digit.repeat(2 * bytes)}`;
const challenge = (round: number, device = 0): Frame<'CHALLENGE'> => ({
  v: PROTOCOL_VERSION,
  type: 'CHALLENGE',
  round,
  openBlock: { number: 7, hash: hex(32, 'a') },
  nonce: hex(32, 'b'),
  device,
  task: 'gemm',
  params: { n: 512, w: 512, T: 2, K: 64, m: 2 },
  taskSeed: hex(32, 'c'),
  deadlineMs: 6_000,
  signature: hex(65, 'd'),
});

const [first, second] = [hex(20, '1'), hex(20, '2')];
const entry = (round: number, device = 0, reporter = first) => ({
  ...{ reporter, challenge: challenge(round, device), commitment: hex(32, 'e') },
});

describe('journal of a node', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'dpin-journal-'));
    file = join(dir, 'node.journal');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('remembers the devices of four rounds over a restart', () => {
    const journal = new Journal(file);
    for (const round of [3, 4, 5, 6, 7]) {
      for (const device of [0, 1]) journal.remember(entry(round, device));
    }
    const again = new Journal(file);
    expect(again.recall(first, 3, 0)).toBeUndefined();
    expect(again.recall(first, 7, 2)).toBeUndefined();
    for (const round of [4, 5, 6, 7]) expect(again.recall(first, round, 1)).toEqual(entry(round, 1));
  });

  it('remembers four rounds of each reporter, whatever the others asked meanwhile', () => {
    const journal = new Journal(file);
    for (let round = 0; round < 9; round++) journal.remember(entry(round, 0, round % 3 === 0 ? second : first));
    const again = new Journal(file);
    const found = (reporter: string) =>
      Array.from({ length: 9 }, (_, round) => round).filter((round) => again.recall(reporter, round, 0));
    expect(found(first)).toEqual([4, 5, 7, 8]);
    expect(found(second)).toEqual([0, 3, 6]);
  });

  it('has room for sixteen devices of sixteen reporters', () => {
    const journal = new Journal(file);
    for (const reporter of '0123456789abcdef') {
      for (let device = 0; device < 16; device++) {
        for (const round of [0, 1, 2, 3].map((n) => 2 ** 52 + n))
          journal.remember(entry(round, device, hex(20, reporter)));
      }
    }
    expect(new Journal(file).recall(hex(20, '0'), 2 ** 52, 0)).toBeDefined();
  });

  it.each(['', 'nonsense', `${hex(20, '1')} ${hex(32, 'e')} {"v":2,"type":"CHALLENGE"}`, 'x'.repeat(3_000_000)])(
    'starts empty from a damaged file',
    (text) => {
      writeFileSync(file, text);
      const journal = new Journal(file);
      expect(journal.recall(first, 3, 0)).toBeUndefined();
      journal.remember(entry(3));
      expect(new Journal(file).recall(first, 3, 0)).toBeDefined();
    },
  );
});
