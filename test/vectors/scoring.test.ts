import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scoringVectors, vectorsText } from '../support/scoring-vectors';

const file = join(__dirname, '..', '..', 'contracts', 'test', 'vectors', 'scoring.json');

describe('shared score vectors', () => {
  it('gives the shared vectors by the TypeScript rules (UPDATE_VECTORS=1 writes the file anew)', () => {
    const text = vectorsText(scoringVectors());
    if (process.env['UPDATE_VECTORS']) writeFileSync(file, text);
    expect(readFileSync(file, 'utf8') === text).toBe(true);
  });

  it('holds at least 200 histories and reaches every status and every kind of vote', () => {
    const { groups, rows } = scoringVectors();
    expect(groups.length * 60).toBeGreaterThanOrEqual(200);
    const statuses = new Set<string>();
    for (let at = 0; at < rows.length; at += 24) statuses.add(rows[at + 23]!);
    expect([...statuses].sort()).toEqual(['0', '1', '2', '3']);
  });
});
