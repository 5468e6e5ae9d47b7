import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { compiledWorker } from '../../src/runtime/workers';

/** Last line of the bench, over few rows. */
async function bench(only: string) {
  const args = [compiledWorker('bench/api'), '--quick', '--json', '--only', only];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string);
}

describe('the bench of the API', () => {
  it('measures a query with new answers and with known ones, and counts what it scans', async () => {
    const { rows, queries, abuse } = await bench('rows: transaction');
    expect({ rows, abuse }).toEqual({ rows: 10_000, abuse: [] });
    expect(queries).toEqual([
      {
        name: 'rows: transaction',
        requestsPerSecond: expect.any(Number),
        p50Ms: expect.any(Number),
        p99Ms: expect.any(Number),
        unchangedPerSecond: expect.any(Number),
        scans: 0,
        scanned: [],
      },
    ]);
  }, 60_000);

  it('measures what an attack does to the API and to who asks for little', async () => {
    const { queries, abuse } = await bench('limit -1');
    expect(queries).toEqual([]);
    expect(abuse).toEqual([
      {
        name: 'limit -1',
        status: 400,
        statuses: { 400: expect.any(Number) },
        ms: expect.any(Number),
        loopBlockedMs: expect.any(Number),
        lightP99Ms: expect.any(Number),
        lightRefused: 0,
      },
    ]);
  }, 60_000);
});
