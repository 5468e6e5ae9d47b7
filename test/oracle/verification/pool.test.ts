import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createLogger } from '@subsquid/logger';
import { ReferenceRun } from '../../../src/bench/fixtures/gemm-reference';
import type { Check } from '../../../src/oracle/verification/check';
import { VerifierPool } from '../../../src/oracle/verification/pool';
import { until } from '../../support/until';

const log = createLogger('dpin:test');
const params = { task: 'gemm', n: 64, w: 16, T: 2, K: 8, m: 2 } as const;
const taskSeed = new Uint8Array(32).fill(9);
const coins = new Uint8Array(32).fill(5);
const FRAGILE = join(__dirname, 'fragile-checker.js');

function checkOf(opening: Uint8Array | string, commitment: Uint8Array = new Uint8Array(32)): Check {
  const bytes = typeof opening === 'string' ? Buffer.from(opening) : opening;
  return { kind: 'opening', label: 'test', taskSeed, commitment, coins, params, opening: async () => bytes };
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('the pool of checkers', () => {
  let pool: VerifierPool;
  afterEach(() => pool.close());
  const startPool = async (options: { workers?: number; program?: string; checkMs?: number } = {}) => {
    pool = new VerifierPool({ workers: 1, log, ...options });
    await pool.start();
  };

  it('finds of real reveals what they are, and the same again', async () => {
    await startPool({ workers: 2 });
    const run = new ReferenceRun(taskSeed, params);
    const opening = run.open(coins);
    const spoiled = opening.slice();
    spoiled[40] = spoiled[40]! ^ 1;
    const checks = [
      checkOf(opening, run.commitment),
      checkOf(spoiled, run.commitment),
      checkOf('junk', run.commitment),
    ];
    for (let again = 0; again < 2; again++) {
      const found = await Promise.all(checks.map((check) => pool.check(check)));
      expect(found.map(({ code }) => code)).toEqual(['OK', 'BAD_OPENING', 'BAD_OPENING']);
    }
  });

  it('loads the bytes of a reveal only when a process is there for it', async () => {
    await startPool({ program: FRAGILE, checkMs: 30_000 });
    let loaded = 0;
    const check = (text: string): Check => ({
      ...checkOf(text),
      opening: async () => {
        loaded++;
        return Buffer.from(text);
      },
    });
    const hanging = pool.check(check('hang'));
    hanging.catch(() => undefined);
    const others = Array.from({ length: 50 }, () => pool.check(check('fine')));
    for (const other of others) other.catch(() => undefined);
    await until('the first check runs', async () => pool.running === 1 && loaded === 1);
    expect(pool.waiting).toBe(50);
    expect(loaded).toBe(1);
  });

  it('hands the failure to load to whoever asked, and goes on', async () => {
    await startPool({ program: FRAGILE });
    const lost = { ...checkOf('x'), opening: () => Promise.reject(new Error('the file is gone')) };
    await expect(pool.check(lost)).rejects.toThrow('the file is gone');
    expect(await pool.check(checkOf('fine'))).toMatchObject({ code: 'OK' });
  });

  it('replaces processes that are killed, again and again, without losing a check', async () => {
    await startPool({ workers: 2, program: FRAGILE });
    const seen = new Set<number>();
    for (let round = 0; round < 3; round++) {
      await until('both processes', async () => pool.pids.length === 2);
      for (const pid of pool.pids) {
        seen.add(pid);
        process.kill(pid, 'SIGKILL');
      }
      const found = await Promise.all(Array.from({ length: 20 }, () => pool.check(checkOf('fine'))));
      expect(found.every(({ code }) => code === 'OK')).toBe(true);
      await until('the killed are gone', async () => pool.pids.every((pid) => !seen.has(pid)));
    }
    expect(seen.size).toBe(6);
  });

  it('calls a check that kills every process uncheckable, and blames no other', async () => {
    await startPool({ workers: 2, program: FRAGILE });
    const deadly = pool.check(checkOf('die'));
    const others = await Promise.all(Array.from({ length: 10 }, () => pool.check(checkOf('fine'))));
    expect(others.every(({ code }) => code === 'OK')).toBe(true);
    expect(await deadly).toMatchObject({ code: 'UNCHECKABLE' });
    expect(await pool.check(checkOf('fine'))).toMatchObject({ code: 'OK' });
  });

  it('ends a check that takes too long', async () => {
    await startPool({ program: FRAGILE, checkMs: 300 });
    expect(await pool.check(checkOf('hang'))).toMatchObject({ code: 'UNCHECKABLE' });
    expect(await pool.check(checkOf('fine'))).toMatchObject({ code: 'OK' });
  });

  it('calls a check at which the checker throws uncheckable at once', async () => {
    await startPool({ program: FRAGILE });
    const [pid] = pool.pids;
    expect(await pool.check(checkOf('throw'))).toMatchObject({ code: 'UNCHECKABLE' });
    expect(pool.pids).toEqual([pid]);
  });

  it('does not start when its program cannot run', async () => {
    pool = new VerifierPool({ workers: 1, log, program: join(__dirname, 'no-such-program.js') });
    await expect(pool.start()).rejects.toThrow('the checker exited with 1');
  });

  it('ends its processes and the waits for it when it is closed', async () => {
    await startPool({ workers: 2, program: FRAGILE });
    await until('both processes', async () => pool.pids.length === 2);
    const { pids } = pool;
    const waits = [pool.check(checkOf('hang')), pool.check(checkOf('hang')), pool.check(checkOf('fine'))];
    const ends = Promise.allSettled(waits);
    await until('two run', async () => pool.running === 2);
    await pool.close();
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(pids.some(isAlive)).toBe(false);
    await expect(pool.check(checkOf('fine'))).rejects.toThrow('closed');
    const children = execFileSync('ps', ['-eo', 'args']).toString();
    expect(children).not.toContain(FRAGILE);
  });
});
