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

describe('journal of a node', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'dpin-journal-'));
    file = join(dir, 'node.journal');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('remembers the devices of two rounds over a restart', () => {
    const journal = new Journal(file);
    for (const round of [3, 4, 5]) {
      for (const device of [0, 1]) journal.remember({ challenge: challenge(round, device), commitment: hex(32, 'e') });
    }
    const again = new Journal(file);
    expect(again.recall(3, 0)).toBeUndefined();
    expect(again.recall(5, 2)).toBeUndefined();
    for (const round of [4, 5]) {
      expect(again.recall(round, 1)).toEqual({ challenge: challenge(round, 1), commitment: hex(32, 'e') });
    }
  });

  it.each(['', 'nonsense', `${hex(32, 'e')} {"v":2,"type":"CHALLENGE"}`, 'x'.repeat(300_000)])(
    'starts empty from a damaged file',
    (text) => {
      writeFileSync(file, text);
      const journal = new Journal(file);
      expect(journal.recall(3, 0)).toBeUndefined();
      journal.remember({ challenge: challenge(3), commitment: hex(32, 'e') });
      expect(new Journal(file).recall(3, 0)).toBeDefined();
    },
  );
});
