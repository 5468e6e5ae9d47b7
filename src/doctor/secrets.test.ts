import { secretsIn } from './secrets';

const KEY = 'a1b2c3d4e5f6a7b8c9d0';

describe('secrets of an environment', () => {
  it.each([
    ['a path', `https://bsc.example/v3/${KEY}`],
    ['a path with more behind it', `https://bsc.example/${KEY}/rpc`],
    ['a query', `https://bsc.example/?apikey=${KEY}`],
    ['a fragment', `https://bsc.example/#${KEY}`],
    ['a password', `https://reader:${KEY}@bsc.example`],
    ['the second address', `http://127.0.0.1:8545, https://bsc.example/v3/${KEY}`],
    ['an address that is misspelt', `htps:/bsc.example/${KEY}`],
  ])('are found in %s', (_, url) => {
    expect(secretsIn({ RPC_URL: url })).toContain(KEY);
  });

  it('are found as an error shows them, cut', () => {
    const url = `https://bsc.example/${'x'.repeat(60)}/${'k'.repeat(60)}`;
    expect(secretsIn({ RPC_URL: url })).toContain(url.slice(0, 100).split('/').at(-1));
  });

  it('are decoded where an endpoint gets them so', () => {
    expect(secretsIn({ RPC_URL: 'https://me:pass%20word@bsc.example' })).toContain('pass word');
  });

  it('are secret settings', () => {
    const env = { KEY: `0x${'1'.repeat(64)}`, DB_PASS: 'hunter2hunter2', INDEX_ARCHIVE_KEY: 'a-long-text' };
    expect(secretsIn(env).sort()).toEqual(Object.values(env).sort());
  });

  it('are no hosts, short parts of paths and names, which messages need', () => {
    const env = {
      RPC_URL: 'https://bsc-mainnet.example.com:8545/v3/mainnet',
      DB_PASS: 'postgres',
      DB_USER: 'postgres',
    };
    expect(secretsIn(env)).toEqual([]);
    expect(secretsIn({})).toEqual([]);
  });
});
