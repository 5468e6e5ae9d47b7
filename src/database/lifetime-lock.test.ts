import type { Logger } from '@subsquid/logger';
import { LifetimeLock } from './lifetime-lock';

/** Nobody listens there. */
const NOWHERE = { DB_HOST: '127.0.0.1', DB_PORT: 1, DB_NAME: 'dpin', DB_USER: 'dpin', DB_PASS: 'secret' };

describe('a lock for life', () => {
  it('says which Postgres it waits for, again and again, and nothing of the password', async () => {
    const said: unknown[][] = [];
    const stop = new AbortController();
    const log = { warn: (...words: unknown[]) => said.push(words) && said.length === 2 && stop.abort() };
    const taking = LifetimeLock.take({
      settings: NOWHERE,
      owner: 'test',
      claims: [{ key: ['test'], taken: 'taken' }],
      advice: 'Stop it.',
      log: log as unknown as Logger,
      signal: stop.signal,
      sayAgainMs: 600,
    });
    await expect(taking).rejects.toMatchObject({ name: 'AbortError' });
    const line = [
      { DB_HOST: '127.0.0.1', DB_PORT: 1, error: expect.stringContaining('ECONNREFUSED') },
      'database is away, trying again',
    ];
    expect(said).toEqual([line, line]);
  });
});
