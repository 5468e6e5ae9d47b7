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
    // Not where characters that nobody sees stand in it either.
    expect(masked('key hun\u001bter2abc', ['hunter2abc'])).toBe('key …');
  });

  it('has nothing that clears a screen, of an endpoint that would like to', () => {
    const report = reportOf([{ ...check('fail', 'so\u001b[8m'), found: 'x\n\u001b[2J\u001b[32mok   all is well' }], []);
    expect(linesOf(report).join('\n')).not.toContain('\u001b');
    expect(report.checks[0]?.found).toBe('x [2J[32mok all is well');
  });
});
