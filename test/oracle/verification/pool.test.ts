import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@subsquid/logger';
import { ReferenceRun } from '../../../src/bench/fixtures/gemm-reference';
import type { Check } from '../../../src/oracle/verification/check';
import { VerifierPool, type VerifierPoolOptions } from '../../../src/oracle/verification/pool';
import { FatalError } from '../../../src/runtime/errors';
import { startChild } from '../../support/child';
import { until } from '../../support/until';

const HOSTILE = join(__dirname, 'hostile-checker.js');
const PARAMS = { task: 'gemm', n: 64, w: 16, T: 2, K: 4, m: 2 } as const;
const taskSeed = new Uint8Array(32).fill(9);
const coins = new Uint8Array(32).fill(5);
const honest = new ReferenceRun(taskSeed, PARAMS);
const opening = honest.open(coins);

function check(bytes: Uint8Array | string, label = 'a check'): Check {
  const load = async () => (typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return { kind: 'opening', label, taskSeed, commitment: honest.commitment, coins, params: PARAMS, opening: load };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the pool of checkers', () => {
  const lines: { facts: Record<string, unknown>; text: string }[] = [];
  const log = {
    error: (facts: Record<string, unknown>, text: string) => lines.push({ facts, text }),
  } as unknown as Logger;
  const deaths = () => lines.filter(({ text }) => text === 'a checker ended').map(({ facts }) => facts);
  const pools: VerifierPool[] = [];
  let folder: string;

  async function started(options: Partial<VerifierPoolOptions> = {}): Promise<VerifierPool> {
    const pool = new VerifierPool({ workers: 1, log, ...options });
    pools.push(pool);
    await pool.start();
    return pool;
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dpin-pool-'));
  });

  afterEach(async () => {
    lines.length = 0;
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('answers in the order of arrival, holding no more openings than it has processes', async () => {
    const pool = await started({ program: HOSTILE });
    const answered: number[] = [];
    let loaded = 0;
    let answers = 0;
    let most = 0;
    const checks = Array.from({ length: 6 }, async (_, number) => {
      const { opening: load, ...rest } = check(`pid ${number}`);
      const counted = () => {
        loaded++;
        most = Math.max(most, loaded - answers);
        return load();
      };
      const result = await pool.check({ ...rest, opening: counted });
      answers++;
      answered.push(result.numbers['number']!);
    });
    await until('the first check to begin', () => pool.running === 1);
    expect(pool.waiting).toBe(5);
    await Promise.all(checks);
    expect(answered).toEqual([0, 1, 2, 3, 4, 5]);
    expect(most).toBe(1);
    expect([pool.waiting, pool.running]).toEqual([0, 0]);
  });

  it('uses all its processes', async () => {
    const pool = await started({ workers: 2, program: HOSTILE });
    const seen = new Set<unknown>();
    // The second process may need a moment to start.
    await until('answers of both processes', async () => {
      const results = await Promise.all(Array.from({ length: 8 }, () => pool.check(check('pid'))));
      for (const { numbers } of results) seen.add(numbers['pid']);
      return seen.size === 2;
    });
    expect(pool.pids).toHaveLength(2);
  });

  it('gives the same answer to the same check again', async () => {
    const pool = await started();
    const first = await pool.check(check(opening));
    const { cpuMs: _, ...second } = await pool.check(check(opening));
    expect(first).toMatchObject(second);
    expect(second.code).toBe('OK');
    expect(await pool.check(check(opening.slice(1)))).toMatchObject({ code: 'BAD_OPENING' });
  });

  it('loses no check when a process is killed twice in a row while checks wait', async () => {
    const pool = await started();
    const wrong = opening.slice();
    wrong[wrong.length - 1]! ^= 1;
    const results = Promise.all(Array.from({ length: 40 }, (_, i) => pool.check(check(i % 2 ? wrong : opening))));
    for (let kills = 0, last = 0; kills < 2; kills++) {
      last = await until('a living process', () => pool.pids.find((pid) => pid !== last));
      process.kill(last, 'SIGKILL');
    }
    expect((await results).map(({ code }) => code)).toEqual(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? 'BAD_OPENING' : 'OK')),
    );
    expect(deaths()).toHaveLength(2);
    expect(deaths()[0]).toMatchObject({ why: 'was killed by SIGKILL', pid: expect.any(Number) });
  });

  it('replaces processes for ever, also those killed before they are ready', async () => {
    const pool = await started();
    const killed = new Set<number>();
    process.kill(pool.pids[0]!, 'SIGKILL');
    killed.add(pool.pids[0]!);
    const answer = pool.check(check(opening));
    while (killed.size < 5) {
      const pid = await until('a successor', () => pool.pids.find((each) => !killed.has(each)));
      process.kill(pid, 'SIGKILL');
      killed.add(pid);
    }
    expect(await answer).toMatchObject({ code: 'OK' });
  });

  it('gives up a check that ends every process, and no other', async () => {
    const pool = await started({ program: HOSTILE });
    const [before, poison, after] = await Promise.all([
      pool.check(check(opening)),
      pool.check(check('exit', 'round 7 node 3 device 0')),
      pool.check(check(opening)),
    ]);
    expect(poison).toMatchObject({ code: 'UNCHECKABLE', reason: expect.stringContaining('every process') });
    expect([before.code, after.code]).toEqual(['OK', 'OK']);
    expect(deaths()).toHaveLength(3);
    for (const death of deaths()) expect(death).toMatchObject({ check: 'round 7 node 3 device 0' });
  });

  it('kills a process that hangs', async () => {
    const pool = await started({ program: HOSTILE, checkMs: 400 });
    const [hung, other] = await Promise.all([pool.check(check('hang')), pool.check(check(opening))]);
    expect(hung.code).toBe('UNCHECKABLE');
    expect(other.code).toBe('OK');
    expect(deaths()).toHaveLength(3);
    expect(deaths()[0]).toMatchObject({ why: 'took too long' });
  });

  it('judges a check at which two processes died in a fresh one, which then ends', async () => {
    const pool = await started({ program: HOSTILE });
    const file = join(folder, 'tries');
    writeFileSync(file, '');
    const result = await pool.check(check(`alone ${file}`));
    expect(result).toMatchObject({ code: 'OK', numbers: { number: 3 } });
    const lone = result.numbers['pid']!;
    await until('the end of the lone process', () => !isAlive(lone));
    const { numbers } = await pool.check(check('pid'));
    expect(numbers['pid']).not.toBe(lone);
  });

  it('gives up a check that the checker itself cannot make, without a death', async () => {
    const pool = await started({ program: HOSTILE });
    expect(await pool.check(check('throw'))).toMatchObject({
      code: 'UNCHECKABLE',
      reason: expect.stringContaining('no kernel'),
    });
    expect(deaths()).toEqual([]);
  });

  it('passes on why the bytes of a reveal could not be loaded, and goes on', async () => {
    const pool = await started();
    const lost = pool.check({ ...check(opening), opening: () => Promise.reject(new Error('no such file')) });
    await expect(lost).rejects.toThrow('no such file');
    expect(await pool.check(check(opening))).toMatchObject({ code: 'OK' });
  });

  it('ends its processes and rejects what waits when it is closed', async () => {
    const pool = await started({ workers: 3, program: HOSTILE });
    const { pids } = pool;
    const hanging = [
      pool.check(check('hang')),
      pool.check(check('hang')),
      pool.check(check('hang')),
      pool.check(check('hang')),
    ];
    const outcomes = Promise.allSettled(hanging);
    await until('a check under way', () => pool.running > 0);
    await pool.close();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'the verifier is closed' } });
    }
    expect(pids).toHaveLength(3);
    expect(pids.filter(isAlive)).toEqual([]);
    await expect(pool.check(check(opening))).rejects.toThrow('closed');
  });

  it('does not start without what it checks with', async () => {
    const broken = join(folder, 'broken.js');
    writeFileSync(broken, 'process.exit(3);');
    await expect(started({ program: broken })).rejects.toThrow(FatalError);
    await expect(started({ program: broken })).rejects.toThrow('exited with 3');
  });

  it('leaves no process behind when its owner is killed', async () => {
    const owner = startChild(join(__dirname, 'pool-owner.js'), {});
    const [line] = (await once(owner.stdout!, 'data')) as [Buffer];
    const pids: number[] = JSON.parse(line.toString('utf8'));
    expect(pids.filter(isAlive)).toHaveLength(2);
    owner.kill('SIGKILL');
    await until('the end of its processes', () => !pids.some(isAlive));
  });

  it('does not take a checker for hanging because the oracle was suspended', async () => {
    const pool = await started({ program: HOSTILE, checkMs: 300 });
    const answer = pool.check(check('pid 1'));
    await until('the check to begin', () => pool.running === 1);
    // A busy loop is to timers what a suspended process is.
    const endMs = performance.now() + 1_600;
    while (performance.now() < endMs);
    expect(await answer).toMatchObject({ code: 'OK', numbers: { number: 1 } });
    expect(deaths()).toEqual([]);
  });
});
