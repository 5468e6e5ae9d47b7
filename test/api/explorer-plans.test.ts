import { until } from '../support/until';
import { startTestApi, type TestApi } from './fixture';
import { ALICE, OPERATOR, seedExplorer, TX } from './seed-explorer';

const ROWS = 20_000;
/** Tables that grow without bound; no question may read one from end to end. */
const LARGE = ['account', 'activity', 'delegation', 'reward_accrual', 'score_change', 'unbonding_lock', 'job_shard'];

const key = (number: string, digits: number) => `lpad((${number})::text, ${digits}, '0')`;
/** Copies one seeded row of a table so many times, some columns made anew; g is the number of the copy. */
const copies = (table: string, columns: Record<string, string>) => `
  INSERT INTO ${table} SELECT copy.*
  FROM (SELECT t FROM ${table} t LIMIT 1) one, generate_series(1000, ${ROWS + 999}) g,
    jsonb_populate_record(one.t, jsonb_build_object(
      ${Object.entries(columns).map(([name, sql]) => `'${name}', ${sql}`)})) copy`;
const event = `${key('g', 10)} || '-000000'`;
const someNode = key('g % 50', 10);
const someAccount = `'0x' || md5((g % 500)::text) || '00000000'`;

describe('with large tables', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    await seedExplorer(api.db);
    const { db } = api;
    await db.query(copies('account', { id: `'0x' || md5(g::text) || '00000000'`, balance: 'g' }));
    await db.query(
      copies('activity', {
        ...{ id: event, node_id: someNode, account_id: someAccount, counterparty: someAccount, block: 'g' },
        ...{ job_id: key('g % 100', 12), kind: `CASE WHEN g % 2 = 0 THEN 'TRANSFER' ELSE 'DELEGATED' END` },
        ...{ tx_hash: `'0x' || md5(g::text) || md5(g::text)`, timestamp: 'to_timestamp(1700000000 + g * 40)' },
      }),
    );
    await db.query(
      copies('delegation', {
        ...{ id: `${key('g', 10)} || '-' || ${someAccount}`, node_id: someNode, delegator_id: someAccount },
        shares: 'g',
      }),
    );
    await db.query(
      copies('score_change', { id: `${someNode} || '-' || ${key('g', 10)}`, node_id: someNode, epoch: 'g' }),
    );
    await db.query(copies('reward_accrual', { id: event, node_id: someNode, block: 'g' }));
    await db.query(copies('unbonding_lock', { id: key('g', 12), node_id: someNode, owner_id: someAccount }));
    await db.query(
      copies('job_shard', { id: `${key('g', 12)} || '-00000'`, node_id: someNode, state: `'ACCEPTED'`, shard: 'g' }),
    );
    await db.query('ANALYZE');
  }, 60_000);
  afterAll(() => api.stop());

  /** Times that each large table was read from end to end. */
  async function scans(): Promise<Record<string, number>> {
    const { rows } = await api.db.query<{ relname: string; scans: number; lookups: number }>(
      `SELECT relname, seq_scan::int AS scans, idx_scan::int AS lookups FROM pg_stat_user_tables
       WHERE schemaname = 'public' AND relname = ANY($1)`,
      [LARGE],
    );
    return Object.fromEntries(rows.map(({ relname, scans: count }) => [relname, count]));
  }

  async function lookups(): Promise<number> {
    const { rows } = await api.db.query<{ sum: number }>(
      "SELECT sum(idx_scan)::int AS sum FROM pg_stat_user_tables WHERE schemaname = 'public' AND relname = ANY($1)",
      [LARGE],
    );
    return rows[0]?.sum ?? 0;
  }

  it('no question reads one from end to end', async () => {
    await api.db.query('SELECT pg_stat_force_next_flush()');
    const before = { scans: await scans(), lookups: await lookups() };
    const queries = [
      '{ freshness { lagBlocks } overview { last24h { fromAt } } }',
      ...['SCORE', 'STAKE', 'WEIGHT', 'REGISTERED'].map(
        (sort) => `{ nodes(sort: ${sort}) { total rows {
        uptime24h { passed } uptime7d { passed } uptime30d { passed } delegatorApr { aprBps } operatorApr { aprBps } } } }`,
      ),
      '{ node(nodeId: 0) { summary { scoreBps } coverage { held } rates { round } shards { id } } }',
      '{ nodeScoreHistory(nodeId: 0) { total rows { epoch rounds { held } } } }',
      `{ account(address: "${ALICE}") { claimableAsDelegator nodes { claimable } locks { id } } }`,
      `{ account(address: "${OPERATOR}") { claimableAsDelegator nodes { claimable } locks { id } } }`,
      `{ delegationsOf(account: "${ALICE}") { total rows { claimable } } delegatorsOf(nodeId: 0) { total rows { value } } }`,
      `{ holders { rows { balance } } locksOf(account: "${ALICE}") { total rows { id } } }`,
      `{ feed { rows { id } } }`,
      `{ feed(account: "${ALICE}") { total rows { id } } }`,
      '{ feed(nodeId: 7) { total rows { id } } }',
      '{ feed(jobId: 3) { total rows { id } } }',
      '{ feed(kinds: [TRANSFER, JOB_POSTED]) { rows { id } } }',
      `{ feed(txHash: "${TX('22')}") { total rows { id } } }`,
      `{ transaction(hash: "${TX('22')}") { activities { id } rounds { round } skippedSettlements { id } } }`,
      ...['7', 'job 3', 'epoch 239', 'round 42', ALICE, ALICE.slice(0, 10), TX('22'), TX('77')].map(
        (text) => `{ search(text: "${text}") { id } }`,
      ),
      '{ openJobs { total rows { id } } reportersLiveness { total rows { newestRound } } }',
      '{ networkSeries(unit: DAY) { points { number } } networkConstants { chainId } }',
    ];
    for (const query of queries) expect({ query, ...(await api.ask(query)) }).toMatchObject({ query, errors: [] });

    // Going on behind a cursor is by index, too.
    for (const list of ['holders', 'feed', 'delegatorsOf(nodeId: 0)', 'nodeScoreHistory(nodeId: 7)']) {
      const { data } = await api.ask(`{ list: ${list} { endCursor } }`);
      const args = `after: "${data.list.endCursor}"`;
      const next = list.endsWith(')') ? list.replace(')', `, ${args})`) : `${list}(${args})`;
      expect(await api.ask(`{ list: ${next} { hasMore } }`)).toMatchObject({
        errors: [],
        data: { list: { hasMore: true } },
      });
    }

    // A connection counts when it ends.
    await api.db.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'dpin api%'",
    );
    await until('the counts are told', async () => (await lookups()) > before.lookups + queries.length);
    expect(await scans()).toEqual(before.scans);
  }, 60_000);
});
