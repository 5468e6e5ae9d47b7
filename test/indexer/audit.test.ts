import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createLogger } from '@subsquid/logger';
import { openContracts } from '../../src/chain/call';
import { databaseAddress } from '../../src/config/database';
import { readSettings } from '../../src/config/settings';
import { type AuditReport, auditIndex } from '../../src/indexer/audit/audit';
import { type Read, StateReads } from '../../src/indexer/audit/reads';
import { NOT_COMPARED, onChain } from '../../src/indexer/audit/views';
import { EndpointPool } from '../../src/indexer/source/rpc/pool';
import { AuditStore } from '../../src/indexer/store/audit/audit-store';
import { HISTORIES } from '../../src/indexer/store/audit/checksums';
import { type Audited, FACTS } from '../../src/indexer/store/audit/facts';
import { EXIT_DIFFERENT, EXIT_RETRY } from '../../src/runtime/exit';
import { startApi } from '../../src/server-extension/server';
import { type RpcProxy, startRpcProxy } from '../support/rpc-proxy';
import { until } from '../support/until';
import { Fixture } from './fixture';
import { Scenario } from './scenario';

const COMMAND = join(__dirname, '..', '..', 'bin', 'dpin.js');

describe('an audit of the index', () => {
  let fixture: Fixture;
  let scenario: Scenario;
  let proxy: RpcProxy;
  let database: string;

  beforeAll(async () => {
    fixture = await Fixture.start();
    scenario = new Scenario(fixture);
    await scenario.all();
    await fixture.mine(10);
    proxy = await startRpcProxy(fixture.chain.url);
    database = await indexed();
  }, 180_000);
  afterAll(async () => {
    await proxy.close();
    await fixture.stop();
  });
  afterEach(() => {
    proxy.rule = () => 'pass';
  });

  async function indexed(): Promise<string> {
    const name = await fixture.database();
    const indexer = fixture.index(name);
    await fixture.untilIndexed(name, indexer);
    expect(await indexer.stop()).toBe(0);
    return name;
  }

  const env = (change: Record<string, string> = {}) => ({
    ...fixture.env(database),
    RPC_URL: proxy.url,
    AUDIT_CALLS_PER_SECOND: '100000',
    ...change,
  });
  const audit = (change: Record<string, string> = {}, signal = new AbortController().signal): Promise<AuditReport> =>
    // So few that it has many steps to be killed between.
    auditIndex(readSettings('indexer', env(change)), signal, { rowsAtOnce: 5 });

  async function run(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
    const child = spawn(process.execPath, [COMMAND, ...args], { env: { ...process.env, ...env() } });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    const [code] = await once(child, 'close');
    return { code, output, errors };
  }

  it('looks at every table of the index', async () => {
    const tables = [...(await fixture.dump(database)).keys()];
    const snake = (name: string) => name.replaceAll(/(?<=.)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
    const audited = [...Object.keys(FACTS).map(snake), ...Object.keys(HISTORIES)];
    expect(tables.filter((table) => !audited.includes(table))).toEqual([]);
  });

  it('compares every value that it takes, but for those that are listed with their reason', async () => {
    const copy = await fixture.database(database);
    const store = await AuditStore.open(readSettings('indexer', env({ DB_NAME: copy })));
    try {
      const { block } = await store.begin({ genesisSeconds: 0, epochSeconds: 1, wholeUntil: 0 });
      const { chainId, provider } = fixture.chain;
      const contracts = openContracts(fixture.network.deployment.contracts, provider);
      const { signal } = new AbortController();
      const pool = new EndpointPool([fixture.chain.url], chainId);
      const { read } = new StateReads(pool, contracts, block, { callsPerSecond: 1e5, signal });
      const compared: Record<string, Set<string>> = {};
      for (const { entity, facts } of await store.next(10_000)) {
        compared[entity] ??= new Set();
        for (const name of Object.keys((await onChain(entity, facts, read)) ?? {})) compared[entity].add(name);
      }
      // The only reporter has retired: the contract gives its keys by the terms alone.
      for (const name of ['keyX', 'keyY']) compared['Reporter']?.add(name);
      for (const [entity, { values }] of Object.entries(FACTS)) {
        const left = Object.keys(values).filter((name) => !compared[entity]?.has(name));
        expect({ entity, left }).toEqual({ entity, left: NOT_COMPARED[entity as Audited] ?? [] });
      }
    } finally {
      await store.close();
    }
  }, 60_000);

  it('does not take values of a contract for compared that no fact stands for', async () => {
    const { shares: _, ...facts } = { nodeId: '1', delegator: `0x${'11'.repeat(20)}`, shares: '1' };
    const read = (async () => 1n) as unknown as Read;
    await expect(onChain('Delegation', facts, read)).rejects.toThrow('Delegation has no fact shares');
  });

  it('waits for an endpoint that has the block, rather than leave out all checksums', async () => {
    const { epochs } = await audit();
    expect(epochs.length).toBeGreaterThan(1);
    let lacking = 2;
    proxy.rule = (method, [height]) =>
      method === 'eth_getBlockByNumber' && /^0x[1-9a-f]/.test(height) && lacking-- > 0 ? { alter: () => null } : 'pass';
    expect((await audit()).epochs).toEqual(epochs);
    expect(lacking).toBeLessThanOrEqual(0);
  }, 60_000);

  it('finds no difference where everything happened that can happen, and says so with exit code 0', async () => {
    const { code, output, errors } = await run('audit', '--json');
    const report = JSON.parse(output);
    expect(report).toMatchObject({ ok: true, resumed: false, differences: 0, named: [] });
    expect(Object.keys(report).sort()).toEqual(
      // Those of lastAudit in GraphQL, and three of its own.
      [
        ...['block', 'blockHash', 'startedAt', 'finishedAt', 'rows', 'compared', 'differences', 'named'],
        ...['ok', 'resumed', 'epochs'],
      ].sort(),
    );
    expect(report.compared).toBeGreaterThan(400);
    expect(report.block).toBe(await fixture.height(database));
    expect({ code, errors }).toEqual({ code: 0, errors: expect.any(String) });
  }, 60_000);

  it.each([
    ['gpu_node', `SET self_stake = self_stake + 1 WHERE node_id = 2`, 'GpuNode', '0000000002', 'selfStake'],
    ['account', `SET balance = balance - 1 WHERE id = (SELECT max(id) FROM account)`, 'Account', null, 'balance'],
    ['delegation', `SET shares = shares + 1 WHERE id = (SELECT min(id) FROM delegation)`, 'Delegation', null, 'shares'],
    ['delegation', `SET pending_rewards = pending_rewards + 1`, 'Delegation', null, 'claimable'],
    ['delegation', `SET reward_per_share_paid = 'NaN'`, 'Delegation', null, 'claimable'],
    ['gpu_node', `SET operator_rewards = operator_rewards - 1 WHERE node_id = 0`, 'GpuNode', '0000000000', 'claimable'],
    ['network', `SET reward_per_weight_at = reward_per_weight_at - interval '1 s'`, 'GpuNode', null, 'claimable'],
    ['job', `SET deadline = deadline + interval '1 s' WHERE id = '000000000000'`, 'Job', '000000000000', 'deadline'],
    ['job_shard', `SET result_hash = 'x' WHERE shard = 0`, 'JobShard', '000000000000-00000', 'resultHash'],
    [
      'unbonding_lock',
      `SET withdrawn_at = NULL WHERE id = '000000000000'`,
      'UnbondingLock',
      '000000000000',
      'withdrawn',
    ],
    ['batch_state', `SET score_words = sha256('a')`, 'BatchState', '0000000000', 'scoreWords'],
    ['round_anchor', `SET count = count + 1`, 'RoundAnchor', null, 'count'],
    ['evidence_anchor', `SET evidence_root = measurements_hash`, 'EvidenceAnchor', null, 'evidenceRoot'],
    ['reporter', `SET retired_from_epoch = NULL`, 'Reporter', null, 'retired'],
    ['reporter_term', `SET key_x = key_x + 1`, 'ReporterTerm', null, 'keyX'],
    ['methodology', `SET quorum = quorum + 1`, 'Methodology', null, 'quorum'],
    ['hardware_class', `SET weight_bps = 1 WHERE number = 1`, 'HardwareClass', '01', 'weightBps'],
    ['network', `SET holders = holders + 1`, 'Network', 'dpin', 'holders'],
  ])('names the row that somebody falsified in %s', async (table, change, entity, id, field) => {
    const copy = await fixture.database(database);
    await fixture.query(copy, `UPDATE ${table} ${change}`);
    const report = await audit({ DB_NAME: copy });
    expect(report.ok).toBe(false);
    expect(report.differences).toContainEqual({
      entity,
      id: id ?? expect.any(String),
      field,
      indexed: expect.any(String),
      onChain: expect.any(String),
    });
  });

  it('misses rows that are gone or that nobody made', async () => {
    const copy = await fixture.database(database);
    await fixture.query(copy, `DELETE FROM account WHERE id = (SELECT max(id) FROM account WHERE balance > 0)`);
    await fixture.query(copy, `UPDATE job SET id = '000000000099' WHERE id = '000000000001'`);
    const { differences } = await audit({ DB_NAME: copy });
    expect(differences).toContainEqual(expect.objectContaining({ entity: 'Sums', field: 'balances' }));
    expect(differences).toContainEqual(
      expect.objectContaining({ entity: 'Job', id: '000000000099', field: 'id', onChain: null }),
    );
  });

  it.each([
    ['network', 'max', ['Network.totalSupply', 'Network.holders']],
    ['hardware_class', 'max', ['Sums.classes with a weight', 'Sums.classes']],
    ['batch_state', 'max', ['Sums.states of batches']],
    ['oracle_epoch', 'max', ['Sums.epochs', 'EvidenceAnchor.id']],
    ['reporter_term', 'max', ['Sums.terms']],
    ['methodology', 'max', ['Sums.newest methodology', 'Sums.methodologies']],
    // The first has the delegations and shards.
    ['gpu_node', 'min', ['Sums.nodes', 'Delegation.id']],
    ['job_shard', 'min', ['GpuNode.claimedShardCount', 'Job.rows of settled shards']],
    // Nobody claimed it.
    ['job_shard', 'max', ['Job.rows of settled shards']],
  ])('misses a row of %s that is gone, the %s', async (table, which, fields) => {
    const copy = await fixture.database(database);
    await fixture.query(copy, `DELETE FROM ${table} WHERE id = (SELECT ${which}(id) FROM ${table})`);
    const { differences } = await audit({ DB_NAME: copy });
    expect(differences.map(({ entity, field }) => `${entity}.${field}`)).toEqual(expect.arrayContaining(fields));
  });

  it('does not miss in an index of an earlier release what that did not write', async () => {
    const copy = await fixture.database(database);
    await fixture.query(copy, 'UPDATE network SET histories_after_block = block');
    await fixture.query(copy, 'TRUNCATE class_weight_change, methodology_change');
    // Rewards are not settled yet since then.
    await fixture.query(copy, 'UPDATE gpu_node SET reward_per_weight_paid = NULL');
    await fixture.query(copy, 'UPDATE delegation SET reward_per_share_paid = NULL');
    // Only the last term of a reporter became a row.
    await fixture.query(
      copy,
      `INSERT INTO activity SELECT (jsonb_populate_record(a, '{"id": "earlier"}')).*
       FROM activity a WHERE kind = 'REPORTER_ADDED' LIMIT 1`,
    );
    expect((await audit({ DB_NAME: copy })).differences).toEqual([]);
  });

  it('does not take an emptied index for one that equals the chain', async () => {
    const copy = await fixture.database(database);
    const tables = [...(await fixture.dump(copy)).keys()].map((table) => `"${table}"`);
    await fixture.query(copy, `TRUNCATE ${tables}`);
    const { ok, differences } = await audit({ DB_NAME: copy });
    expect(ok).toBe(false);
    const named = { id: 'dpin', onChain: expect.any(String) };
    expect(differences).toContainEqual({ entity: 'Network', field: 'totalSupply', indexed: null, ...named });
    expect(differences).toContainEqual({ entity: 'Sums', field: 'balances', indexed: '0', ...named });
    expect(differences).toContainEqual({ entity: 'Sums', field: 'nodes', indexed: '0', ...named });
  });

  it.each([
    ['HardwareClass', 'hardware_class', 'number = 300'],
    ['HardwareClass', 'hardware_class', 'number = -1'],
    ['Account', 'account', `id = 'zz'`],
    ['GpuNode', 'gpu_node', 'node_id = -1'],
    ['Delegation', 'delegation', `delegator_id = 'x'`],
    ['Delegation', 'delegation', `node_id = 'nowhere'`],
    ['UnbondingLock', 'unbonding_lock', `id = 'zz'`],
    ['Job', 'job', `id = '-5'`],
    ['JobShard', 'job_shard', 'shard = 70000'],
    ['BatchState', 'batch_state', 'number = -1'],
    ['RoundAnchor', 'round_anchor', 'round = -1'],
    ['EvidenceAnchor', 'evidence_anchor', `reporter_id = 'x'`],
    ['EvidenceAnchor', 'evidence_anchor', `epoch_id = 'zz'`],
    ['ReporterTerm', 'reporter_term', 'active_from_epoch = -1'],
    ['Methodology', 'methodology', 'from_epoch = -1'],
  ])('names the row of %s by whose key no contract can be asked: %s %s', async (entity, table, change) => {
    const copy = await fixture.database(database);
    const falsified = `UPDATE ${table} SET ${change} WHERE id = (SELECT min(id) FROM ${table}) RETURNING id`;
    const [row] = await fixture.query(copy, falsified);
    const id = row?.['id'];
    const { differences } = await audit({ DB_NAME: copy });
    expect(differences).toContainEqual({ entity, id, field: 'id', indexed: id, onChain: null });
  });

  it('compares times without end, and counts that no integer column holds', async () => {
    const copy = await fixture.database(database);
    await fixture.query(copy, `UPDATE gpu_node SET score_updated_at = 'infinity' WHERE node_id = 0`);
    await fixture.query(copy, `UPDATE activity SET timestamp = 'infinity' WHERE id = (SELECT max(id) FROM activity)`);
    await fixture.query(copy, 'UPDATE job SET accepted_shard_count = 2147483647, expired_shard_count = 1');
    const { differences } = await audit({ DB_NAME: copy });
    expect(differences).toContainEqual(
      expect.objectContaining({ entity: 'GpuNode', field: 'scoreUpdatedAt', indexed: 'infinity' }),
    );
    expect(differences).toContainEqual(
      expect.objectContaining({ entity: 'Job', field: 'settledShards', indexed: '2147483648' }),
    );
  });

  it('ends with exit code 2 and a line for each difference, which GraphQL tells too', async () => {
    const honest = database;
    database = await fixture.database(honest);
    try {
      await fixture.query(database, 'UPDATE gpu_node SET weight = weight + 1 WHERE node_id = 1');
      const { code, output } = await run('audit');
      expect(code).toBe(EXIT_DIFFERENT);
      expect(output).toMatch(/^the index differs from the chain$/m);
      expect(output).toMatch(/^GpuNode 0000000001 weight: \d+ in the index, \d+ on the chain$/m);
      expect(output).toMatch(/another operator:\n {2}epoch \d+: [0-9a-f]{64}, over \d+ rows that never change$/m);
      expect(output).toMatch(/rows, \d+ values compared, 2 differ$/m);

      const { user, ...address } = databaseAddress({ ...fixture.postgres.env, DB_NAME: database });
      const options = {
        database: { user, ...address, oracleSchema: 'oracle' },
        host: '127.0.0.1',
        port: 0,
        corsOrigins: ['*'],
        log: createLogger('dpin:test'),
      };
      const api = await startApi(options);
      try {
        const query =
          '{ lastAudit { block compared differences finishedAt named { entity id field } } epochChecksums { epoch rows checksum } }';
        const answer = await fetch(`http://127.0.0.1:${api.port}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        });
        const { data } = (await answer.json()) as { data: Record<string, never> };
        // In the order of the lines, too.
        const lines = [...output.matchAll(/^(\w+) (\S+) (\w+): \d+ in the index/gm)];
        expect(lines).toHaveLength(2);
        expect(data['lastAudit']).toMatchObject({
          block: await fixture.height(database),
          differences: 2,
          named: lines.map(([, entity, id, field]) => ({ entity, id, field })),
        });
        expect(output).toContain('\nGpuNode 0000000001 weight: ');
        expect(data['epochChecksums']).toContainEqual({
          epoch: 1,
          rows: expect.any(Number),
          checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
        });
      } finally {
        await api.close();
      }
    } finally {
      database = honest;
    }
  }, 60_000);

  it('gives two operators the same checksum of an epoch, unless a row of it differs', async () => {
    const { epochs } = await audit();
    expect(epochs.map(({ epoch }) => epoch)).toEqual(expect.arrayContaining([-1, 1, 8]));
    const other = await audit({ DB_NAME: await indexed() });
    expect(other.epochs).toEqual(epochs);
    const copy = await fixture.database(database);
    await fixture.query(copy, `UPDATE activity SET counterparty = 'x' WHERE id = (SELECT min(id) FROM activity)`);
    const falsified = await audit({ DB_NAME: copy });
    expect(falsified.epochs.filter(({ checksum }, index) => checksum !== epochs[index]?.checksum)).toEqual([
      expect.objectContaining({ epoch: -1 }),
    ]);
  }, 60_000);

  it('goes on at the same block after it was killed, without asking again what it knows', async () => {
    const asked = () => proxy.calls.get('eth_call') ?? 0;
    const from = asked();
    await audit();
    const whole = asked() - from;
    const block = await fixture.height(database);

    const killed = new AbortController();
    let calls = 0;
    proxy.rule = async (method) => {
      if (method === 'eth_call' && ++calls > whole / 2) killed.abort(new Error('killed'));
      return 'pass' as const;
    };
    await expect(audit({}, killed.signal)).rejects.toThrow('killed');
    proxy.rule = () => 'pass';
    await scenario.step(1);
    const before = asked();
    const report = await audit();
    expect(report).toMatchObject({ ok: true, resumed: true, block });
    expect(asked() - before).toBeLessThan(0.6 * whole);
  }, 60_000);

  it('begins anew after an error that nobody foresaw, with the rows as they are then', async () => {
    const copy = await fixture.database(database);
    const killed = new AbortController();
    proxy.rule = (method, params) => {
      // The reads of no block in particular come first: all rows are taken by now.
      if (method === 'eth_call' && params[1] !== 'latest') killed.abort(new Error('killed'));
      return 'pass';
    };
    await expect(audit({ DB_NAME: copy }, killed.signal)).rejects.toThrow('killed');
    proxy.rule = () => 'pass';
    // As an audit of another release would have left them.
    await fixture.query(
      copy,
      `UPDATE squid_processor.audit_row SET facts = facts - 'balance' WHERE entity = 'Account'`,
    );
    await expect(audit({ DB_NAME: copy })).rejects.toThrow('Account has no fact balance');
    expect(await audit({ DB_NAME: copy })).toMatchObject({ ok: true, resumed: false });
  }, 60_000);

  it('begins anew at a newer block when a reorg takes the block away', async () => {
    const base = await fixture.chain.provider.send('evm_snapshot', []);
    await scenario.step(3);
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    let moved = false;
    proxy.rule = async (method) => {
      if (method !== 'eth_call' || moved) return 'pass' as const;
      moved = true;
      await fixture.chain.provider.send('evm_revert', [base]);
      await scenario.step(4);
      await scenario.step(5);
      await fixture.untilIndexed(database, indexer);
      return 'pass' as const;
    };
    const report = await audit();
    expect(report).toMatchObject({ ok: true, resumed: false, block: await fixture.height(database) });
    expect(await indexer.stop()).toBe(0);
  }, 60_000);

  it('says so when no endpoint keeps the state of the block', async () => {
    proxy.rule = (method) =>
      method === 'eth_call'
        ? { error: { code: -32000, message: 'missing trie node 5f3e (path ) state is not available' } }
        : 'pass';
    await expect(auditAt(proxy.url)).rejects.toMatchObject({
      message: expect.stringContaining('RPC_URL: no endpoint keeps the state of contracts at block'),
      advice: expect.stringContaining('AUDIT_CALLS_PER_SECOND'),
    });
    const calls = proxy.calls.get('eth_call') ?? 0;
    expect((await auditAt(`${proxy.url}, ${fixture.chain.url}`)).ok).toBe(true);
    expect(proxy.calls.get('eth_call')).toBeGreaterThan(calls);
  }, 60_000);

  /** The first reads of contracts, of no block in particular, go past the rule. */
  async function auditAt(RPC_URL: string): Promise<AuditReport> {
    const { rule } = proxy;
    proxy.rule = (method, params) => (params[1] === 'latest' ? 'pass' : rule(method, params));
    return audit({ RPC_URL });
  }

  it('says in words what an endpoint answers an error to, and that starting again may help', async () => {
    proxy.rule = () => ({ status: 413, body: {} });
    const { code, errors } = await run('audit');
    expect({ code, errors }).toEqual({
      code: EXIT_RETRY,
      errors: expect.stringMatching(/^RPC_URL: an endpoint answers with an error: .*413/m),
    });
    expect(errors).not.toMatch(/^ +at /m);
  }, 60_000);

  it('asks no more contracts a second than it may', async () => {
    const startMs = performance.now();
    await audit({ AUDIT_CALLS_PER_SECOND: '100' });
    expect(performance.now() - startMs).toBeGreaterThan(900);
  }, 60_000);

  it('misses the term of a reporter that reports, though no row tells of it', async () => {
    const { deployer, reporters } = fixture.network.accounts;
    const [x, y] = fixture.network.reporterKey.publicKey;
    await scenario.send(deployer, 'ReputationOracle', 'addReporter', [reporters[0]!.address, x, y]);
    const copy = await indexed();
    await fixture.query(copy, 'DELETE FROM reporter_term WHERE retired_from_epoch IS NULL');
    const activities = `SELECT max(id) FROM activity WHERE kind = 'REPORTER_ADDED'`;
    await fixture.query(copy, `DELETE FROM activity WHERE id = (${activities})`);
    expect((await audit({ DB_NAME: copy })).differences).toEqual([
      { entity: 'Sums', id: 'dpin', field: 'running terms', indexed: '0', onChain: '1' },
    ]);
  }, 60_000);

  it('runs on its schedule beside the indexer, which says what came of it', async () => {
    const copy = await fixture.database(database);
    await fixture.query(copy, 'UPDATE network SET total_supply = total_supply + 1');
    const indexer = fixture.index(copy, { AUDIT_CRON: '* * * * * *' });
    await until('an audit', () => indexer.output.includes('the index differs from the chain'));
    expect(indexer.output).toContain('Network dpin totalSupply');
    expect(await indexer.stop()).toBe(0);
  }, 90_000);

  it('refuses a time that is none, the database of another network, and one without an index', async () => {
    expect(() => readSettings('indexer', env({ AUDIT_CRON: 'at noon' }))).toThrow(
      'AUDIT_CRON: "at noon" is not five or six fields',
    );
    expect(() => readSettings('indexer', env({ AUDIT_CRON: '61 3 * * *' }))).toThrow('AUDIT_CRON');
    const copy = await fixture.database(database);
    await fixture.query(copy, `UPDATE squid_processor.network_mark SET genesis_hash = '0x01'`);
    await expect(audit({ DB_NAME: copy })).rejects.toThrow('has the index of another network');
    await expect(audit({ DB_NAME: await fixture.database() })).rejects.toThrow('Nothing is indexed yet');
    const older = await fixture.database(database);
    await fixture.query(older, 'ALTER TABLE gpu_node DROP COLUMN weight');
    await expect(audit({ DB_NAME: older })).rejects.toThrow('The tables of the index are not those of this release');
  }, 60_000);
});
