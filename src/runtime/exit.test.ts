import { FatalError, RetryableError } from './errors';
import { drain, lastWords } from './exit';

describe('draining', () => {
  it('closes what was opened last first, each when the one before is done', async () => {
    const order: string[] = [];
    const slowly = (name: string, ms: number) => async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      order.push(name);
    };
    await drain([slowly('chain', 1), slowly('pool', 5), slowly('gateway', 20)], 1_000);
    expect(order).toEqual(['gateway', 'pool', 'chain']);
  });

  it('goes on after a closer that throws, at once or later', async () => {
    const order: string[] = [];
    const closers = [
      () => order.push('chain'),
      () => Promise.reject(new Error('later')),
      () => {
        throw new Error('at once');
      },
    ];
    await drain(closers, 1_000);
    expect(order).toEqual(['chain']);
  });

  it('ends at its limit when a closer does not', async () => {
    const startedAt = performance.now();
    await drain([() => new Promise(() => undefined)], 50);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('the last words of a process', () => {
  it('says what is wrong, what to do and the facts, and asks for a person', () => {
    const error = new FatalError('The key is wrong', 'Use another.', { given: 7 });
    expect(lastWords(error)).toEqual({ text: 'The key is wrong\nUse another.\n  given: 7', code: 1 });
  });

  it('obeys nothing that others said to the terminal', () => {
    const said = '\u001b[2J\u001b[32mall is well';
    for (const error of [new FatalError(said, said), new RetryableError('x', { said }), new Error(said)]) {
      expect(lastWords(error).text).not.toContain('\u001b');
    }
  });

  it('asks for another start when that may help', () => {
    expect(lastWords(new RetryableError('Away'))).toEqual({ text: 'Away', code: 75 });
  });

  it.each([
    ['28P01', 'password authentication failed for user "dpin"', 'Correct DB_USER or DB_PASS.'],
    ['28000', 'no pg_hba.conf entry for host', 'Correct DB_USER or DB_PASS.'],
    [undefined, 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', 'Correct DB_USER or DB_PASS.'],
    ['3D000', 'database "squit" does not exist', 'Make the database that DB_NAME names, or correct DB_NAME.'],
    ['42501', 'permission denied for schema public', 'Make DB_USER the owner of the database and of its tables.'],
  ])('names the setting that Postgres refuses with %s', (code, message, advice) => {
    const { text, code: exitCode } = lastWords(Object.assign(new Error(message), { code }));
    expect(text).toMatch(/^DB_(USER|NAME)/);
    expect(text.endsWith(`: ${message}\n${advice}`)).toBe(true);
    expect(exitCode).toBe(1);
  });

  it('shows the stack of what nobody expected', () => {
    const { text, code } = lastWords(new TypeError('undefined is not a score'));
    expect(text).toMatch(/TypeError: undefined is not a score\n +at /);
    expect(code).toBe(1);
  });
});
