import { misspelt, rolesOf } from './settings';

describe('names of settings', () => {
  it.each([
    ['RPC_URLS', 'RPC_URL'],
    ['RCP_URL', 'RPC_URL'],
    ['CHAINID', 'CHAIN_ID'],
    ['chain_id', 'CHAIN_ID'],
    ['DB_PASSWORD', 'DB_PASS'],
    ['DEPLOYMENT_FIEL', 'DEPLOYMENT_FILE'],
    ['INDEX_SUORCE', 'INDEX_SOURCE'],
    ['AUDIT_CRONS', 'AUDIT_CRON'],
  ])('are seen in %s', (given, meant) => {
    expect(misspelt({ [given]: 'x' })).toEqual([{ given, meant }]);
  });

  it.each(['PATH', 'HOME', 'NODE_ENV', 'NODE_OPTIONS', 'NODE_PATH', 'DB_URL', 'KEYS', 'PORT', 'ORACLE_HOME', 'LANG'])(
    'are not seen in %s',
    (given) => {
      expect(misspelt({ [given]: 'x' })).toEqual([]);
    },
  );

  it('are not missed where the setting itself is there', () => {
    expect(misspelt({ DB_PASSWORD: 'x', DB_PASS: 'x' })).toEqual([]);
  });
});

describe('roles of a machine', () => {
  it.each([
    [{}, { database: true, node: false }],
    [{ DB_PASS: 'x' }, { database: true, node: false }],
    [{ NODE_ID: '1' }, { database: false, node: true }],
    [
      { ORACLE_URL: 'x', DB_NAME: 'x' },
      { database: true, node: true },
    ],
  ])('follow from %j', (env, roles) => {
    expect(rolesOf(env)).toEqual(roles);
  });
});
