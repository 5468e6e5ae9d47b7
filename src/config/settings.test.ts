import { FatalError } from '../runtime/errors';
import { readSettings, rpcUrls } from './settings';

const apiEnv = { DB_PASS: 'secret-text', GQL_PORT: '4350' };

function failure(env: NodeJS.ProcessEnv): FatalError {
  try {
    readSettings('api', env);
  } catch (error) {
    if (error instanceof FatalError) return error;
    throw error;
  }
  throw new Error('the settings were accepted');
}

describe('readSettings', () => {
  it('parses values and fills in defaults', () => {
    expect(readSettings('api', apiEnv)).toMatchObject({ DB_PORT: 5432, DB_PASS: 'secret-text', GQL_PORT: 4350 });
  });

  it('gives a process only its own settings', () => {
    expect(readSettings('api', { ...apiEnv, NODE_ID: '3' })).not.toHaveProperty('NODE_ID');
  });

  it('names a missing setting with an example', () => {
    const error = failure({});
    expect(error.message).toBe('DB_PASS is not set');
    expect(error.advice).toContain('DB_PASS=');
  });

  it.each([
    ['GQL_PORT', '70000', 'is not between 1 and 65535'],
    ['GQL_PORT', 'web', 'is not a whole number'],
    ['DB_PORT', '-1', 'is not a whole number'],
    ['ORACLE_SCHEMA', 'information_schema', 'belongs to the index or to Postgres'],
    ['ORACLE_SCHEMA', 'a"; DROP', 'is not 1 to 63 of'],
  ])('names %s=%s and the problem', (name, value, problem) => {
    const error = failure({ ...apiEnv, [name]: value });
    expect(error.message).toContain(name);
    expect(error.message).toContain(problem);
  });

  describe('RPC_URL and FINALITY_BLOCKS', () => {
    const read = (env: NodeJS.ProcessEnv) =>
      readSettings('indexer', { CHAIN_ID: '1', DEPLOYMENT_FILE: 'd', DB_PASS: 'p', RPC_URL: 'http://x', ...env });

    it('takes one address or several', () => {
      expect(rpcUrls(read({}).RPC_URL)).toEqual(['http://x']);
      expect(rpcUrls(read({ RPC_URL: 'http://x/key, https://y' }).RPC_URL)).toEqual(['http://x/key', 'https://y']);
    });

    it.each([
      ['http://x,', 'is not an address'],
      ['http://x,ftp://y', 'is not an address'],
      ['http://x,http://x', 'has an address twice'],
      [Array.from({ length: 9 }, (_, n) => `http://x${n}`).join(), 'has more than 8 addresses'],
    ])('names what is wrong with %s', (value, problem) => {
      expect(() => read({ RPC_URL: value })).toThrow(problem);
    });

    it('leaves finality to the network unless told otherwise', () => {
      expect(read({}).FINALITY_BLOCKS).toBe('network');
      expect(read({ FINALITY_BLOCKS: '30' }).FINALITY_BLOCKS).toBe(30);
      expect(() => read({ FINALITY_BLOCKS: '0' })).toThrow('FINALITY_BLOCKS');
    });
  });

  it('never shows a secret', () => {
    const read = () =>
      readSettings('oracle', {
        RPC_URL: 'http://x',
        CHAIN_ID: '1',
        DEPLOYMENT_FILE: 'd',
        DB_PASS: 'p',
        KEY: '0xdeadbeef',
      });
    expect(read).toThrow(/^KEY: its value is not/);
    expect(read).not.toThrow(/deadbeef/);
  });
});
