import { RetryableError } from '../../runtime/errors';
import { persist } from './persist';

const withCode = (code: string) => Object.assign(new Error('said by Postgres'), { code });

describe('work that goes on', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** The work fails with these errors in turn, then gives the number of attempts. */
  async function outcomeOf(...errors: Error[]): Promise<unknown> {
    const work = persist(async (attempt) => {
      if (errors[attempt]) throw errors[attempt];
      return attempt;
    }).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(1_000_000);
    return work;
  }

  it.each([
    ['a statement that took too long', '57014'],
    ['a lock that was not to be had', '55P03'],
    ['a conflict of transactions', '40001'],
    ['a deadlock', '40P01'],
    ['a Postgres that stops', '57P01'],
  ])('after %s', async (_, code) => {
    expect(await outcomeOf(withCode(code), withCode(code))).toBe(2);
  });

  it('not after what another attempt does not mend', async () => {
    const wrong = withCode('22003');
    expect(await outcomeOf(wrong)).toBe(wrong);
  });

  it('as long as Postgres is away, but not for ever when Postgres ends it each time', async () => {
    expect(await outcomeOf(...Array<Error>(50).fill(withCode('57P01')))).toBe(50);
    expect(await outcomeOf(...Array<Error>(50).fill(withCode('57014')))).toBeInstanceOf(RetryableError);
  });
});
