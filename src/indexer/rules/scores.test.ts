import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packStates, ZERO_STATE } from '../../protocol/scoring/state';
import { combineMeasurements } from '../../protocol/scoring/step';
import { BATCH_SIZE, type Measurement, packScores } from '../../protocol/scoring/words';
import { outcomeOf, unpackBatch, wordBytes, wordsOf } from './scores';

/** The vectors that Solidity, TypeScript and circuit share; a row's columns are named in the file. */
const { rows, rowLength } = JSON.parse(
  readFileSync(join(__dirname, '..', '..', '..', 'contracts', 'test', 'vectors', 'scoring.json'), 'utf8'),
) as { rows: number[]; rowLength: number };

describe('outcomeOf', () => {
  it('reads from the states what the quorum said, for every shared vector', () => {
    const seen = new Set<string>();
    for (let at = 0; at < rows.length; at += rowLength) {
      const row = rows.slice(at, at + rowLength).map(Number);
      const presence = row[11]!;
      const present = [0, 1, 2]
        .filter((slot) => (presence >> slot) & 1)
        .map((slot) => ({ status: row[12 + 2 * slot], perf: row[13 + 2 * slot] }) as Measurement);
      const { outcome } = combineMeasurements(present, row[4]!);
      const after = { alpha: BigInt(row[18]!), idle: BigInt(row[21]!) };
      expect(outcomeOf({ alpha: BigInt(row[7]!) }, after, BigInt(row[0]!))).toBe(outcome.toUpperCase());
      seen.add(outcome);
    }
    expect(seen.size).toBe(3);
  });
});

describe('unpackBatch', () => {
  it('gives every node its own score and state', () => {
    const scores = Array.from({ length: BATCH_SIZE }, (_, i) => ({
      scoreBps: i * 100,
      status: (i % 4) as 0 | 1 | 2 | 3,
    }));
    const states = scores.map((_, i) => ({ ...ZERO_STATE, alpha: BigInt(i), idle: BigInt(i % 256), perf: 7n }));
    const nodes = unpackBatch(packScores(scores), packStates(states));
    expect(nodes).toEqual(scores.map((score, i) => ({ ...score, ...states[i] })));
  });
});

describe('wordBytes', () => {
  it('writes 32 bytes a word, high first', () => {
    const bytes = wordBytes([1n, 2n ** 256n - 1n]);
    expect(Buffer.from(bytes).toString('hex')).toBe(`${'0'.repeat(63)}1${'f'.repeat(64)}`);
    expect(wordsOf(bytes)).toEqual([1n, 2n ** 256n - 1n]);
  });
});
