import { setTimeout as sleep } from 'node:timers/promises';
import { FatalError } from '../runtime/errors';
import { anyOf, Checkup, type Finding, known } from './checkup';

const never = () => new Promise<Finding<number>>(() => undefined);
const ok = (value?: number): Finding<number> => ({ status: 'ok', found: 'there', value });

describe('a checkup', () => {
  it('gives a check what those before it learnt, and keeps the order in which they were added', async () => {
    const checkup = new Checkup();
    const first = checkup.check('first', [], async () => {
      await sleep(20);
      return ok(2);
    });
    const second = checkup.check('second', [first, known(3)], (a, b) => ok(a * b));
    checkup.check('third', [], () => ok());
    expect(await second).toEqual({ value: 6 });
    expect((await checkup.done()).map(({ name, mend }) => [name, mend])).toEqual([
      ['first', null],
      ['second', null],
      ['third', null],
    ]);
  });

  it('skips what needs a check that failed, names that one all the way down, and goes on with the rest', async () => {
    const checkup = new Checkup();
    const chain = checkup.check(
      'chain',
      [],
      (): Finding<number> => ({ status: 'fail', found: 'away', mend: 'Mend it.' }),
    );
    const head = checkup.check('head', [chain], (value) => ok(value));
    checkup.check('logs', [head], () => ok());
    checkup.check('other', [], () => ok());
    expect(await checkup.done()).toEqual([
      { name: 'chain', status: 'fail', found: 'away', mend: 'Mend it.' },
      { name: 'head', status: 'skip', found: 'chain fails', mend: null },
      { name: 'logs', status: 'skip', found: 'chain fails', mend: null },
      { name: 'other', status: 'ok', found: 'there', mend: null },
    ]);
  });

  it('lets a check that fails tell what it learnt all the same', async () => {
    const checkup = new Checkup();
    const old = checkup.check('old', [], (): Finding<number> => ({ ...ok(7), status: 'fail', mend: 'Wait.' }));
    expect(await checkup.check('next', [old], (value) => ok(value))).toEqual({ value: 7 });
  });

  it('makes a failed check of whatever is thrown, with the words that are known for it', async () => {
    const explain = (error: unknown): Finding | undefined =>
      (error as Error).message === 'ours' ? { status: 'fail', found: 'explained', mend: 'So.' } : undefined;
    const checkup = new Checkup({ explain });
    const thrown: unknown[] = [new FatalError('wrong', 'Correct it.'), new Error('ours'), new Error('odd'), 'text'];
    for (const error of thrown) {
      checkup.check('it', [], () => {
        throw error;
      });
    }
    expect((await checkup.done()).map(({ status, found, mend }) => [status, found, mend])).toEqual([
      ['fail', 'wrong', 'Correct it.'],
      ['fail', 'explained', 'So.'],
      ['fail', 'odd', 'Report it with this line.'],
      ['fail', 'text', 'Report it with this line.'],
    ]);
  });

  it('ends a check after its time, from when its needs are known', async () => {
    const checkup = new Checkup();
    const slow = checkup.check('slow', [], async () => {
      await sleep(80);
      return ok(1);
    });
    checkup.check('quick after slow', [slow], () => ok(), 50);
    checkup.check('hangs', [], never, 50);
    expect((await checkup.done()).map(({ status, found }) => `${status} ${found}`)).toEqual([
      'ok there',
      'ok there',
      expect.stringMatching(/^fail no answer within/),
    ]);
  });

  it('ends all of them together, those that wait for others too', async () => {
    const checkup = new Checkup({ wholeMs: 60 });
    const hangs = checkup.check('hangs', [], never);
    checkup.check('waits', [hangs], () => ok());
    const startMs = performance.now();
    expect((await checkup.done()).map(({ status }) => status)).toEqual(['fail', 'fail']);
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  it('knows any of several when one is known', async () => {
    const missing = Promise.resolve({ missing: 'away' });
    expect(await anyOf([missing, known(2), known(3)], 'none')).toEqual({ value: [2, 3] });
    expect(await anyOf([missing], 'none')).toEqual({ missing: 'none' });
  });
});
