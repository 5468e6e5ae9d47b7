import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@subsquid/logger';
import type { Deployment } from '../../src/chain/deployment';
import { freePort } from '../../src/devnet/machine/ports';
import type { Check } from '../../src/doctor/checkup';
import { type DoctorOptions, examine } from '../../src/doctor/doctor';
import type { Report } from '../../src/doctor/report';
import { openPool } from '../../src/oracle/store/database';
import { IdentityStore } from '../../src/oracle/store/identity';
import { migrateOracleSchema } from '../../src/oracle/store/migrate';
import { ARTIFACT_FOLDERS } from '../../src/zk/look';
import { Fixture } from '../indexer/fixture';
import { type RpcProxy, startRpcProxy } from '../support/rpc-proxy';
import { startTestArchive } from '../support/sqd-archive';

const COMMAND = join(__dirname, '..', '..', 'bin', 'dpin.js');
const ORACLE_MIGRATIONS = readdirSync(join(__dirname, '..', '..', 'db', 'oracle')).sort();
const API_KEY = 'f00dfeedf00dfeedf00dfeed';

describe('dpin doctor', () => {
  let fixture: Fixture;
  /** In front of the same chain; its address has an API key. */
  let proxy: RpcProxy;
  /** Has the index and the tables of the reporter. */
  let database: string;
  let folder: string;

  beforeAll(async () => {
    fixture = await Fixture.start();
    proxy = await startRpcProxy(fixture.chain.url);
    folder = mkdtempSync(join(tmpdir(), 'dpin-doctor-'));
    await fixture.mine(20);
    database = await fixture.database();
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    expect(await indexer.stop()).toBe(0);
    await oracleTables(database);
  }, 120_000);
  afterAll(async () => {
    await proxy.close();
    await fixture.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    proxy.rule = () => 'pass';
    // The newest block is of now.
    await fixture.mine(1);
  });

  async function oracleTables(name: string): Promise<void> {
    const pool = openPool({ ...fixture.postgres.env, DB_NAME: name }, createLogger('dpin:test'));
    try {
      await migrateOracleSchema(pool);
      const query = async (text: string, values: readonly unknown[] = []) => (await pool.query(text, [...values])).rows;
      await new IdentityStore({ query: query as never }).claim({
        chainId: fixture.chain.chainId,
        oracle: fixture.network.deployment.contracts.ReputationOracle,
        reporter: reporter().address.toLowerCase(),
      });
    } finally {
      await pool.end();
    }
  }

  const reporter = () => fixture.network.accounts.reporters[0]!;
  const env = (change: Record<string, string | undefined> = {}): NodeJS.ProcessEnv => ({
    ...fixture.postgres.env,
    DB_NAME: database,
    RPC_URL: `${fixture.chain.url}, ${proxy.url}/v2/${API_KEY}`,
    CHAIN_ID: String(fixture.chain.chainId),
    DEPLOYMENT_FILE: fixture.network.deploymentFile,
    FINALITY_BLOCKS: '5',
    KEY: reporter().privateKey,
    ...change,
  });
  const look = (change: Record<string, string | undefined> = {}, options: DoctorOptions = {}) =>
    examine(env(change), options);
  const named = ({ checks }: Report, name: string): Check => {
    const found = checks.find((check) => check.name === name);
    if (!found) throw new Error(`no check ${name} in ${checks.map((check) => check.name).join(', ')}`);
    return found;
  };
  /** Names of checks that do not say ok. */
  const notOk = ({ checks }: Report) => checks.filter(({ status }) => status !== 'ok').map(({ name }) => name);

  async function deploymentFile(change: Partial<Deployment>): Promise<string> {
    const file = join(folder, 'deployment.json');
    writeFileSync(file, JSON.stringify({ ...fixture.network.deployment, ...change }));
    return file;
  }

  async function run(change: Record<string, string | undefined>, ...args: string[]) {
    const child = spawn(process.execPath, [COMMAND, 'doctor', ...args], {
      env: { PATH: process.env['PATH'], ...env(change) },
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    const [code] = await once(child, 'close');
    return { code, output, errors };
  }

  describe('on a healthy network', () => {
    it('finds nothing to mend, says so with exit code 0, and shows no secret', async () => {
      const { code, output, errors } = await run({}, '--json');
      const report = JSON.parse(output) as Report;
      expect(report.checks.filter(({ status }) => status !== 'ok')).toEqual([]);
      expect({ code, errors, ok: report.ok }).toEqual({ code: 0, errors: '', ok: true });
      expect(output.trimEnd().split('\n')).toHaveLength(1);
      const names = report.checks.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const about of [
        'settings',
        'endpoint 2',
        'contract',
        'start',
        'database',
        'index',
        'key',
        'artifacts',
        'clock',
      ]) {
        expect(names.some((name) => name.startsWith(about))).toBe(true);
      }
      for (const secret of [API_KEY, reporter().privateKey, fixture.postgres.env.DB_PASS]) {
        expect(output).not.toContain(secret);
      }
    }, 60_000);

    it('tells it as text', async () => {
      const { code, output } = await run({});
      expect(code).toBe(0);
      expect(output).toMatch(/^ok {4}index network +of chain 31337, the same block 0, the same contracts$/m);
      expect(output).toMatch(/^\d+ ok, 0 warn, 0 fail$/m);
    }, 60_000);

    it('changes nothing in the database', async () => {
      const empty = await fixture.database();
      const report = await look({ DB_NAME: empty });
      expect(notOk(report)).toEqual([]);
      expect(named(report, 'index').found).toBe('nothing is indexed yet');
      const tables = await fixture.query(
        empty,
        `SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname NOT LIKE 'pg_%' AND n.nspname <> 'information_schema'`,
      );
      expect(tables).toEqual([]);
    }, 60_000);

    it('names the indexer that works on the database', async () => {
      const indexer = fixture.index(database);
      await fixture.untilIndexed(database, indexer);
      const report = await look();
      expect(notOk(report)).toEqual([]);
      expect(named(report, 'processes').found).toMatch(/^indexer on .+ pid \d+ since /);
      expect(await indexer.stop()).toBe(0);
    }, 60_000);

    it('looks at a node without a database', async () => {
      const { workers, reporters } = fixture.network.accounts;
      const node = {
        ...Object.fromEntries(Object.keys(fixture.postgres.env).map((name) => [name, undefined])),
        DB_NAME: undefined,
        NODE_ID: '0',
        ORACLE_URL: `${reporters[0]!.address}@ws://127.0.0.1:4400`,
      };
      const report = await look({ ...node, KEY: workers[0]!.privateKey });
      expect(notOk(report)).toEqual([]);
      expect(named(report, 'key of node').found).toBe('it is the worker key of node 0');
      expect(report.checks.some(({ name }) => name.startsWith('database'))).toBe(false);
      const other = await look({ ...node, KEY: workers[1]!.privateKey });
      expect(named(other, 'key of node')).toMatchObject({
        status: 'fail',
        mend: expect.stringContaining('worker key'),
      });
      expect(named(await look({ ...node, NODE_ID: '99' }), 'key of node').found).toBe('NodeRegistry has no node 99');
    }, 60_000);
  });

  describe('of settings', () => {
    it('names each wrong one of each process, and does the other checks', async () => {
      const report = await look({ AUDIT_CRON: 'at noon', DB_PORT: 'x', INDEX_SOURCE: 'ipfs' });
      expect(named(report, 'settings indexer')).toMatchObject({
        status: 'fail',
        found: expect.stringMatching(/INDEX_SOURCE: "ipfs" is none of .*AUDIT_CRON: "at noon" .*DB_PORT: "x"/),
      });
      expect(named(report, 'settings api').found).toBe('DB_PORT: "x" is not a whole number');
      expect(named(report, 'endpoint 1').status).toBe('ok');
      expect(named(report, 'database').found).toBe('DB_PORT is wrong');
      expect(named(report, 'index network').found).toBe('DB_PORT is wrong');
    }, 60_000);

    it('names one that is misspelt, and ends with exit code 1 where it is required', async () => {
      const { code, output } = await run({ RPC_URL: undefined, RPC_URLS: fixture.chain.url });
      expect(code).toBe(1);
      expect(output).toContain('RPC_URLS is no setting and is not read; RPC_URL is one');
      expect(output).toContain('no endpoint tells its newest block');
    }, 60_000);

    it('shows no key of an address that is wrong', async () => {
      const report = await look({ RPC_URL: `htps://bsc.example/${API_KEY}` });
      expect(named(report, 'settings indexer').found).toContain('RPC_URL');
      expect(JSON.stringify(report)).not.toContain(API_KEY);
    }, 60_000);
  });

  describe('of endpoints', () => {
    it('names the one of another chain', async () => {
      proxy.rule = (method) => (method === 'eth_chainId' ? { alter: () => '0x38' } : 'pass');
      const report = await look();
      expect(notOk(report)).toEqual(['endpoint 2', 'endpoint 2 head', 'endpoint 2 logs', 'endpoint 2 states']);
      expect(named(report, 'endpoint 2')).toMatchObject({
        status: 'fail',
        found: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+ is of chain 56, CHAIN_ID is 31337$/),
      });
      expect(named(report, 'endpoint 2 head')).toMatchObject({ status: 'skip', found: 'endpoint 2 fails', mend: null });
    }, 60_000);

    it('names the one that is down', async () => {
      const report = await look({ RPC_URL: `http://127.0.0.1:${await freePort()},${fixture.chain.url}` });
      expect(named(report, 'endpoint 1')).toMatchObject({
        status: 'fail',
        found: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+: no connection/),
        mend: expect.stringContaining('Is the address right'),
      });
      expect(named(report, 'endpoint 2').status).toBe('ok');
      expect(named(report, 'index').status).toBe('ok');
    }, 60_000);

    it('shows no key that an endpoint says again when it refuses it', async () => {
      proxy.rule = () => ({ status: 401, body: { error: { code: 1, message: `no such key ${API_KEY}` } } });
      const report = await look();
      expect(named(report, 'endpoint 2')).toMatchObject({
        status: 'fail',
        found: expect.stringContaining('no such key …'),
      });
      expect(JSON.stringify(report)).not.toContain(API_KEY);
    }, 60_000);

    it('waits for the one that limits the rate', async () => {
      const at: number[] = [];
      proxy.rule = () => {
        const nowMs = performance.now();
        if (at.filter((ms) => ms > nowMs - 300).length >= 8) return { status: 429, headers: { 'retry-after': '1' } };
        at.push(nowMs);
        return 'pass';
      };
      expect(notOk(await look({ RPC_URL: proxy.url }))).toEqual([]);
      proxy.rule = () => ({ status: 429 });
      expect(named(await look(), 'endpoint 2')).toMatchObject({
        status: 'fail',
        mend: expect.stringContaining('larger plan'),
      });
    }, 60_000);

    it('names the one that has another block than the others', async () => {
      proxy.rule = (method, [tag]) =>
        method === 'eth_getBlockByNumber' && /^0x/.test(tag)
          ? { alter: (block) => ({ ...block, hash: `0x${'ab'.repeat(32)}` }) }
          : 'pass';
      const report = await look();
      expect(notOk(report)).toEqual(['endpoints']);
      expect(named(report, 'endpoints')).toMatchObject({
        status: 'fail',
        found: expect.stringMatching(/different blocks \d+: endpoint 1 0x[0-9a-f]{64}, endpoint 2 0x(ab){32}/),
      });
    }, 60_000);

    it('names the one whose newest block is old', async () => {
      proxy.rule = (method, [tag]) =>
        method === 'eth_getBlockByNumber' && tag === 'latest'
          ? { alter: (block) => ({ ...block, timestamp: `0x${(Number(block.timestamp) - 90).toString(16)}` }) }
          : 'pass';
      const report = await look();
      expect(notOk(report)).toEqual(['endpoint 2 head']);
      expect(named(report, 'endpoint 2 head').found).toMatch(/^block \d+, 9\d s old/);
    }, 60_000);

    it('ends when one hangs, at once or in the middle', async () => {
      proxy.rule = () => 'hang';
      const startMs = performance.now();
      const report = await look({ RPC_URL: proxy.url });
      expect(named(report, 'endpoint 1')).toMatchObject({
        status: 'fail',
        found: expect.stringContaining('no answer within'),
      });
      expect(named(report, 'contract NodeStaking').found).toBe('no endpoint tells its newest block');
      expect(named(report, 'database').status).toBe('ok');
      proxy.rule = (method) => (method === 'eth_getLogs' || method === 'eth_getCode' ? 'hang' : 'pass');
      const later = await look();
      expect(named(later, 'endpoint 2 logs').status).toBe('fail');
      expect(named(later, 'contract NodeStaking').status).toBe('ok');
      await fixture.mine(1);
      const first = await look({ RPC_URL: `${proxy.url},${fixture.chain.url}` });
      expect(notOk(first)).toEqual(['endpoint 1 logs']);
      expect(performance.now() - startMs).toBeLessThan(60_000);
    }, 90_000);

    it('ends within a minute when everything hangs, with a line for each check', async () => {
      const silent: Server = createServer(() => undefined).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const port = String((silent.address() as AddressInfo).port);
      const startMs = performance.now();
      try {
        const url = `http://127.0.0.1:${port}`;
        const { code, output } = await run(
          { RPC_URL: `${url},${url}/2`, DB_PORT: port, INDEX_SOURCE: 'portal', INDEX_ARCHIVE_URL: url },
          '--json',
        );
        const report = JSON.parse(output) as Report;
        expect(code).toBe(1);
        expect(notOk(report)).toEqual(
          expect.arrayContaining(['endpoint 1', 'endpoint 2', 'archive', 'database', 'clock chain']),
        );
        expect(named(report, 'artifacts tree').status).toBe('ok');
      } finally {
        silent.close();
      }
      expect(performance.now() - startMs).toBeLessThan(60_000);
    }, 90_000);
  });

  describe('of contracts', () => {
    it('says that there is no code at an address', async () => {
      const contracts = { ...fixture.network.deployment.contracts, NodeRegistry: `0x${'12'.repeat(20)}` };
      const report = await look({ DEPLOYMENT_FILE: await deploymentFile({ contracts }) });
      expect(named(report, 'contract NodeRegistry')).toMatchObject({
        status: 'fail',
        found: `no code at 0x${'12'.repeat(20)}`,
        mend: expect.stringContaining('another network'),
      });
      expect(named(report, 'start NodeRegistry').found).toBe('contract NodeRegistry fails');
      expect(named(report, 'index network').found).toContain('has the index of another network: NodeRegistry');
    }, 60_000);

    it('says that the code is another one: of a verifier that is a failure', async () => {
      const { contracts } = fixture.network.deployment;
      const changed = { ...contracts, TreeVerifier: contracts.ScoreBatchVerifier!, AccessManager: contracts.JobMarket };
      const report = await look({ DEPLOYMENT_FILE: await deploymentFile({ contracts: changed }) });
      expect(named(report, 'contract TreeVerifier')).toMatchObject({
        status: 'fail',
        mend: expect.stringContaining('proofs'),
      });
      expect(named(report, 'contract AccessManager')).toMatchObject({
        status: 'warn',
        found: expect.stringContaining('other code'),
      });
      expect(named(report, 'contract ScoreBatchVerifier').status).toBe('ok');
    }, 60_000);

    it('says that a start block lies after the beginning of its contract, and which it is', async () => {
      const { deployBlock } = fixture.network.deployment;
      const file = await deploymentFile({ startBlocks: { DPNToken: deployBlock + 12 } });
      const report = await look({ DEPLOYMENT_FILE: file });
      expect(named(report, 'start DPNToken')).toMatchObject({
        status: 'fail',
        found: expect.stringContaining(`has code before block ${deployBlock + 12}`),
        mend: expect.stringMatching(/"startBlocks": \{"DPNToken": \d+\}.*npx dpin resync/),
      });
      expect(named(report, 'start JobMarket').status).toBe('ok');
    }, 60_000);

    it('finds the beginning of a contract that is older than deployBlock', async () => {
      const { deployBlock } = fixture.network.deployment;
      const report = await look({ DEPLOYMENT_FILE: await deploymentFile({ deployBlock: deployBlock + 50 }) });
      expect(named(report, 'start DPNToken')).toMatchObject({
        status: 'ok',
        found: expect.stringMatching(/older than deployBlock \d+: its events are read from block \d+ on/),
      });
    }, 60_000);

    it('says that the file is of another chain, or is none', async () => {
      const other = await look({ DEPLOYMENT_FILE: await deploymentFile({ chainId: 56 }) });
      expect(named(other, 'deployment').found).toContain('is of chain 56, CHAIN_ID is 31337');
      expect(named(other, 'contracts').found).toBe('deployment fails');
      const none = await look({ DEPLOYMENT_FILE: join(folder, 'nowhere.json') });
      expect(named(none, 'deployment')).toMatchObject({
        status: 'fail',
        found: expect.stringContaining('cannot be read'),
      });
    }, 60_000);
  });

  describe('of the database', () => {
    it('names pending migrations of index and oracle', async () => {
      const copy = await fixture.database(database);
      await fixture.query(copy, `DELETE FROM migrations WHERE name LIKE 'Histories%'`);
      const newest = ORACLE_MIGRATIONS.at(-1) as string;
      await fixture.query(copy, `DELETE FROM oracle.schema_version WHERE name LIKE '${newest.slice(0, 4)}%'`);
      const report = await look({ DB_NAME: copy });
      expect(notOk(report)).toEqual(['index migrations', 'oracle tables']);
      expect(named(report, 'index migrations')).toMatchObject({
        status: 'fail',
        found: expect.stringMatching(/pending: Histories\d+/),
        mend: expect.stringContaining('dpin process'),
      });
      const { found } = named(report, 'oracle tables');
      expect(found).toMatch(new RegExp(`^${ORACLE_MIGRATIONS.length - 1} applied, pending: ${newest.slice(0, 4)}`));
    }, 60_000);

    it('names migrations of a newer release', async () => {
      const copy = await fixture.database(database);
      await fixture.query(
        copy,
        `INSERT INTO migrations (timestamp, name) VALUES (1999999999999, 'Future1999999999999')`,
      );
      expect(named(await look({ DB_NAME: copy }), 'index migrations')).toMatchObject({
        status: 'fail',
        found: 'Future1999999999999 applied, which this release does not have',
      });
    }, 60_000);

    it('says that it has the index of another network', async () => {
      const copy = await fixture.database(database);
      await fixture.query(copy, `UPDATE squid_processor.network_mark SET genesis_hash = '0x01'`);
      const report = await look({ DB_NAME: copy });
      expect(notOk(report)).toEqual(['index network']);
      expect(named(report, 'index network')).toMatchObject({
        status: 'fail',
        found: expect.stringContaining('has the index of another network: the hash of block 0 is 0x01 there'),
        mend: expect.stringContaining('Set DB_NAME'),
      });
    }, 60_000);

    it('says that the chain has another block than the index, and that the index is behind', async () => {
      const copy = await fixture.database(database);
      await fixture.query(copy, `UPDATE squid_processor.status SET hash = '0x02'`);
      expect(named(await look({ DB_NAME: copy }), 'index')).toMatchObject({
        status: 'fail',
        found: expect.stringMatching(/block \d+ is indexed as 0x02, the chain has 0x/),
      });
      await fixture.query(copy, `UPDATE squid_processor.status SET height = -1, hash = '0x'`);
      expect(named(await look({ DB_NAME: copy }), 'index').found).toBe('nothing is indexed yet');
    }, 60_000);

    it('that cannot hold every text', async () => {
      const create = `CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`;
      await fixture.query('postgres', create);
      expect(named(await look({ DB_NAME: 'latin' }), 'database')).toMatchObject({
        status: 'fail',
        found: expect.stringContaining('DB_NAME: database "latin" has the encoding LATIN1'),
        mend: expect.stringContaining('ENCODING'),
      });
    });

    it('tells a server that is down, a wrong password and a missing database apart', async () => {
      const down = await look({ DB_PORT: String(await freePort()) });
      expect(named(down, 'database')).toMatchObject({
        status: 'fail',
        mend: 'Start Postgres, or correct DB_HOST and DB_PORT.',
      });
      expect(named(down, 'processes').found).toBe('database fails');
      expect(named(await look({ DB_PASS: 'not the password' }), 'database').mend).toBe('Correct DB_USER or DB_PASS.');
      expect(named(await look({ DB_NAME: 'nowhere' }), 'database').mend).toContain('DB_NAME');
    }, 60_000);

    it('says what the user may not do', async () => {
      const copy = await fixture.database(database);
      await fixture.query(copy, `CREATE ROLE reader LOGIN PASSWORD 'reader-password'`);
      await fixture.query(copy, 'GRANT USAGE ON SCHEMA squid_processor, oracle TO reader');
      await fixture.query(copy, 'GRANT SELECT ON ALL TABLES IN SCHEMA public, squid_processor, oracle TO reader');
      const set = { DB_NAME: copy, DB_USER: 'reader', DB_PASS: 'reader-password' };
      const reader = await look(set);
      expect(notOk(reader)).toEqual(['database rights']);
      expect(named(reader, 'database rights')).toMatchObject({
        status: 'fail',
        found: expect.stringMatching(/^reader may not make schemas, nor make tables in public, nor write .* more/),
        mend: expect.stringContaining('owner'),
      });
      await fixture.query(copy, 'GRANT CREATE ON SCHEMA oracle TO reader');
      await fixture.query(copy, 'GRANT ALL ON ALL TABLES IN SCHEMA oracle TO reader');
      expect(named(await look(set), 'database rights')).toMatchObject({
        status: 'warn',
        found: expect.stringContaining('for an oracle it is enough; reader may not make schemas'),
      });
      await fixture.query('postgres', `ALTER DATABASE ${copy} SET default_transaction_read_only = on`);
      expect(named(await look({ DB_NAME: copy }), 'database rights').found).toBe('it takes no writes');
    }, 60_000);
  });

  describe('of the key', () => {
    it('says that a keystore cannot be read, or does not open', async () => {
      const missing = await look({
        KEY: undefined,
        KEYSTORE_FILE: join(folder, 'none.json'),
        KEYSTORE_PASSWORD_FILE: 'x',
      });
      expect(named(missing, 'key')).toMatchObject({ status: 'fail', found: expect.stringContaining('cannot be read') });
      expect(named(missing, 'key balance').found).toBe('key fails');
      const keystore = join(folder, 'keystore.json');
      const password = join(folder, 'password');
      writeFileSync(keystore, '{"version": 3}');
      writeFileSync(password, 'a-secret-password\n');
      const closed = await look({ KEY: undefined, KEYSTORE_FILE: keystore, KEYSTORE_PASSWORD_FILE: password });
      expect(named(closed, 'key').found).toContain('cannot be opened with the password');
    }, 60_000);

    it('says that the account is no reporter, cannot pay, and has no rounds in the schema', async () => {
      const report = await look({ KEY: fixture.network.accounts.workers[0]!.privateKey });
      expect(notOk(report)).toEqual(['key balance', 'key of reporter', 'oracle identity']);
      expect(named(report, 'key balance')).toMatchObject({ status: 'fail', mend: expect.stringContaining('for gas') });
      expect(named(report, 'key of reporter').found).toContain('does not list');
    }, 60_000);

    it('warns when the money does not last for a week', async () => {
      const { chain } = fixture;
      await chain.provider.send('anvil_setBalance', [reporter().address, '0x38d7ea4c68000']);
      try {
        expect(named(await look(), 'key balance')).toMatchObject({
          status: 'warn',
          found: expect.stringContaining('0.001 of the chain’s coin;'),
        });
      } finally {
        await chain.provider.send('anvil_setBalance', [reporter().address, '0x21e19e0c9bab2400000']);
      }
    }, 60_000);
  });

  it('says which proving artifact is missing or damaged', async () => {
    const artifacts = join(folder, 'artifacts');
    cpSync(ARTIFACT_FOLDERS.artifacts, artifacts, { recursive: true });
    rmSync(join(artifacts, 'tree.zkey.br'));
    writeFileSync(join(artifacts, 'score_batch.vkey.json'), '{}');
    const report = await look({}, { artifacts: { ...ARTIFACT_FOLDERS, artifacts } });
    expect(notOk(report)).toEqual(['artifacts score_batch', 'artifacts tree']);
    expect(named(report, 'artifacts tree')).toMatchObject({ status: 'fail', found: 'missing: tree.zkey.br' });
    expect(named(report, 'artifacts score_batch').found).toContain('score_batch.vkey.json');
    expect(named(report, 'artifacts tree').mend).toContain('npm run build');
  }, 60_000);

  it('says that the clock of this machine is off, whichever way', async () => {
    const behind = await look({}, { nowMs: () => Date.now() - 120_000 });
    expect(notOk(behind)).toEqual(['clock chain', 'clock database']);
    expect(named(behind, 'clock chain')).toMatchObject({
      status: 'fail',
      found: expect.stringMatching(/1[12]\d\.\d s ahead of/),
    });
    const ahead = await look({}, { nowMs: () => Date.now() + 20_000 });
    expect(named(ahead, 'clock chain').status).toBe('warn');
    expect(named(ahead, 'clock database')).toMatchObject({ status: 'warn', mend: expect.stringContaining('NTP') });
  }, 60_000);

  describe('of an archive', () => {
    const send = <T>(method: string, ...params: unknown[]) => fixture.chain.provider.send(method, params) as Promise<T>;

    it.each(['portal', 'gateway'])(
      'compares where a %s begins with the chain',
      async (source) => {
        const archive = await startTestArchive(send, 15);
        const set = { INDEX_SOURCE: source, INDEX_ARCHIVE_URL: archive.url };
        try {
          const report = await look(set);
          expect(notOk(report)).toEqual([]);
          expect(named(report, 'archive').found).toMatch(/up to block 15; its block 1 is the chain’s/);
          archive.alter = (lines) => lines.map((line) => line.replace(/"hash":"0x..../, '"hash":"0xdead'));
          expect(named(await look(set), 'archive')).toMatchObject({
            status: 'fail',
            mend: expect.stringContaining('another chain'),
          });
          archive.alter = () => [];
          expect(named(await look(set), 'archive').found).toContain('does not have block 1');
          archive.key = 'archive-key-archive-key';
          expect(named(await look(set), 'archive')).toMatchObject({
            status: 'fail',
            found: expect.stringContaining('HTTP 401'),
          });
          expect(named(await look({ ...set, INDEX_ARCHIVE_KEY: archive.key }), 'archive').found).not.toContain(
            'HTTP 401',
          );
        } finally {
          await archive.close();
        }
      },
      60_000,
    );

    it('says that it is set and not used, or used and not set', async () => {
      const unused = await look({ INDEX_ARCHIVE_URL: 'http://127.0.0.1:1/set' });
      expect(named(unused, 'archive')).toMatchObject({ status: 'warn', found: expect.stringContaining('not used') });
      expect(named(await look({ INDEX_SOURCE: 'portal' }), 'archive').found).toContain('INDEX_ARCHIVE_URL is not set');
    }, 60_000);
  });

  // Last: the chain is long from here on.
  describe('of a long chain', () => {
    beforeAll(() => fixture.mine(2_600), 60_000);

    it('says how far back states are kept, and searches logs before a start block that is older', async () => {
      const report = await look();
      expect(notOk(report)).toEqual(['index']);
      expect(named(report, 'index').found).toMatch(/blocks behind the chain$/);
      expect(named(report, 'endpoint 1 states').found).toMatch(
        /^state of 64 blocks ago: yes, 128 blocks ago: (yes|no), start block 1: no$/,
      );
      expect(named(report, 'endpoint 1 logs').found).toMatch(/takes all 2\d\d\d blocks at once/);
      expect(named(report, 'start DPNToken').found).toBe('no events before block 1; states are not kept that long');
      const { deployBlock } = fixture.network.deployment;
      const file = await deploymentFile({ startBlocks: { DPNToken: deployBlock + 12 } });
      expect(named(await look({ DEPLOYMENT_FILE: file }), 'start DPNToken')).toMatchObject({
        status: 'fail',
        found: expect.stringContaining('it has events before block'),
      });
    }, 60_000);

    it('says what an endpoint takes of logs at once', async () => {
      proxy.rule = (method, [filter]) =>
        method === 'eth_getLogs' && Number(filter.toBlock) - Number(filter.fromBlock) >= 2_000
          ? { error: { code: -32602, message: 'block range too large, maximum is 2000' } }
          : 'pass';
      const report = await look({ RPC_URL: proxy.url });
      expect(named(report, 'endpoint 1 logs')).toMatchObject({
        status: 'warn',
        found: expect.stringMatching(/^eth_getLogs takes 2000 blocks at once, no more: .*maximum is 2000/),
        mend: expect.stringContaining('The oracle asks for 5000'),
      });
      proxy.rule = (method) =>
        method === 'eth_getLogs' ? { error: { code: -32601, message: 'not supported' } } : 'pass';
      expect(named(await look({ RPC_URL: proxy.url }), 'endpoint 1 logs')).toMatchObject({
        status: 'fail',
        found: expect.stringContaining('not supported'),
      });
    }, 60_000);
  });
});
