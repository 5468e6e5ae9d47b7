import type { Check } from './checkup';
import { linesOf, masked, reportOf } from './report';

const check = (status: Check['status'], mend: string | null = null): Check => {
  return { name: `a ${status}`, status, found: 'it is so', mend };
};

describe('the report', () => {
  it('is ok as long as nothing fails', () => {
    expect(reportOf([check('ok'), check('warn', 'Look.')], []).ok).toBe(true);
    expect(reportOf([check('ok'), check('fail', 'Mend.')], []).ok).toBe(false);
  });

  it('has a line for each check, the way out under it, and counts', () => {
    expect(linesOf(reportOf([check('ok'), check('fail', 'Mend it.'), check('skip')], []))).toEqual([
      'ok    a ok    it is so',
      'FAIL  a fail  it is so',
      '              → Mend it.',
      'skip  a skip  it is so',
      '',
      '1 ok, 0 warn, 1 fail, 1 skipped',
    ]);
    expect(linesOf(reportOf([check('ok')], [])).at(-1)).toBe('1 ok, 0 warn, 0 fail');
  });

  it('shows no secret, and nothing in more than one line', () => {
    const leaking = { ...check('fail', 'not hunter2abc'), found: 'HTTP 401:\n bad key hunter2abcdef' };
    expect(reportOf([leaking], ['hunter2abc', 'hunter2abcdef']).checks).toEqual([
      { name: 'a fail', status: 'fail', found: 'HTTP 401: bad key …', mend: 'not …' },
    ]);
    expect(masked('a.b', ['.'])).toBe('a…b');
  });
});
