import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { getIntrospectionQuery } from 'graphql';
import { until } from '../support/until';
import { startTestApi, type TestApi } from './fixture';
import { seed } from './seed';

const STATE_MS = 20;
const READ_MS = 4_000;
const REQUESTS_PER_CLIENT = 4;

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ stateMs: STATE_MS, readMs: READ_MS, requestsPerClient: REQUESTS_PER_CLIENT });
  await seed(api.db);
  await api.db.query(`
    CREATE SCHEMA squid_processor;
    CREATE TABLE squid_processor.status (id int PRIMARY KEY, height int NOT NULL, hash text, nonce int);
    CREATE TABLE squid_processor.hot_block (height int PRIMARY KEY, hash text NOT NULL);
    INSERT INTO squid_processor.status VALUES (0, 7, '0x07', 1)`);
  await indexed(7);
}, 60_000);
afterAll(() => api.stop());

const ACCOUNTS = '{ accounts(limit: 1) { id transferCount } }';

function get(query: string, headers: Record<string, string> = {}, rest = ''): Promise<Response> {
  return fetch(`${api.url}?query=${encodeURIComponent(query)}${rest}`, { headers });
}

/** Resolves once the server knows that the index is at a block. */
async function indexed(block: number): Promise<void> {
  await until(`block ${block}`, async () => {
    const { headers } = await get('{ __typename }');
    return headers.get('x-indexed-block') === String(block);
  });
}

async function moveTo(block: number): Promise<void> {
  await api.db.query(`UPDATE squid_processor.status SET height = $1::int, hash = $1::text`, [block]);
  await indexed(block);
}

describe('answers that are still true', () => {
  it('are given without a statement, until the index is at another block', async () => {
    const first = await get(ACCOUNTS);
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const before = await first.json();
    // A change that the index did not make: who asks the database sees it.
    await api.db.query('UPDATE account SET transfer_count = transfer_count + 1');
    expect(await (await get(ACCOUNTS)).json()).toEqual(before);
    expect((await api.ask(ACCOUNTS)).data).toEqual(before.data);
    await moveTo(8);
    const [account] = (await (await get(ACCOUNTS)).json()).data.accounts;
    expect(account.transferCount).toBe(before.data.accounts[0].transferCount + 1);
  });

  it('are not sent again to who has them, also when a block changed nothing in them', async () => {
    const first = await get(ACCOUNTS);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
    for (const block of [9, 10]) {
      const again = await get(ACCOUNTS, { 'if-none-match': etag });
      expect([again.status, await again.text()]).toEqual([304, '']);
      await moveTo(block);
    }
    await api.db.query('UPDATE account SET transfer_count = transfer_count + 1');
    await moveTo(11);
    expect((await get(ACCOUNTS, { 'if-none-match': etag })).status).toBe(200);
  });

  it('differ by variables and operation', async () => {
    const query = 'query a($limit: Int) { accounts(limit: $limit) { id } } query b { accounts(limit: 0) { id } }';
    const lengths = [];
    for (const rest of [
      '&operationName=a&variables={"limit":1}',
      '&operationName=a&variables={"limit":0}',
      '&operationName=b',
    ]) {
      lengths.push((await (await get(query, {}, rest)).json()).data.accounts.length);
    }
    expect(lengths).toEqual([1, 0, 0]);
  });

  it('are none of what the reporter writes, which changes without a block', async () => {
    const query = '{ oracleHealth { headBlock } accounts(limit: 1) { id } }';
    const before = await (await get(query)).json();
    await api.db.query('UPDATE oracle.status SET head_block = head_block + 1');
    const after = await (await get(query)).json();
    expect(after.data.oracleHealth.headBlock).toBe(before.data.oracleHealth.headBlock + 1);
  });

  it('are none with errors', async () => {
    const refused = await get('{ accounts(limit: -1) { id } }');
    expect(refused.status).toBe(400);
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(refused.headers.get('etag')).toBeNull();
  });
});

describe('queries named by their hash', () => {
  const query = '{ accounts(limit: 1) { id } }';
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const named = () => fetch(`${api.url}?extensions=${encodeURIComponent(JSON.stringify(extensions))}`);

  it('are asked for once, and known then', async () => {
    expect((await (await named()).json()).errors).toEqual([
      { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    ]);
    const { data } = JSON.parse((await api.post(JSON.stringify({ query, extensions }))).text);
    expect(data.accounts).toHaveLength(1);
    expect((await (await named()).json()).data).toEqual(data);
  });

  it('must have that hash', async () => {
    const { status, errors } = await api.post(JSON.stringify({ query: '{ __typename }', extensions }));
    expect([status, errors[0]?.message]).toEqual([
      400,
      'extensions.persistedQuery.sha256Hash: is not that of the query',
    ]);
    const wrong = await api.post(JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }));
    expect(wrong.errors[0]?.message).toBe('extensions.persistedQuery.sha256Hash: is not 64 lower-case hex digits');
  });
});

describe('requests', () => {
  it.each([
    ['{}', 'query: is missing'],
    ['{"query": 1}', expect.stringMatching(/^query: /)],
    ['{"query": "{ __typename }", "variables": []}', expect.stringMatching(/^variables: /)],
    ['[{"query": "{ __typename }"}]', expect.stringMatching(/^the request: /)],
  ])('that are none are refused with the part that is wrong: %s', async (body, message) => {
    const { status, errors } = await api.post(body);
    expect([status, errors[0]?.message]).toEqual([400, message]);
  });

  it('name the operation where there are several', async () => {
    const { status, errors } = await api.ask('query a { __typename } query b { __typename }');
    expect([status, errors[0]?.message]).toEqual([
      400,
      'operationName: the query has none or several operations; name one',
    ]);
  });

  it('have a method and a type that are answered', async () => {
    const put = await fetch(api.url, { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST']);
    const text = await fetch(api.url, { method: 'POST', body: '{ __typename }' });
    expect(text.status).toBe(415);
    expect((await get('{ __typename }', {}, '&variables={')).status).toBe(400);
  });

  it('may come from a page of any origin, or of those that are named', async () => {
    const asked = await get('{ __typename }', { origin: 'https://explorer.example' });
    expect(asked.headers.get('access-control-allow-origin')).toBe('*');
    expect(asked.headers.get('access-control-expose-headers')).toContain('x-indexed-block');
    const preflight = await fetch(api.url, { method: 'OPTIONS', headers: { origin: 'https://explorer.example' } });
    expect(preflight.status).toBe(204);
  });

  it('that are analysed apart are answered as others are', async () => {
    const aliases = Array.from({ length: 18 }, (_, index) => `a${index}: accounts(limit: 1) { ${'id '.repeat(20)} }`);
    const long = `{ ${aliases.join(' ')} }`;
    expect((await api.ask(long)).data.a17).toHaveLength(1);
    const wrongValue = await api.ask(
      `{ ${aliases.join(' ')} b: accounts(limit: 1, where: { createdAt_eq: "never" }) { id } }`,
    );
    expect([wrongValue.status, wrongValue.errors[0]?.extensions?.['code']]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    const unknown = await api.ask(`{ ${aliases.join(' ')} c: nothing { id } }`);
    expect(unknown.errors[0]?.message).toContain('Cannot query field "nothing"');
  });
});

describe('answers', () => {
  it('are made smaller for who can read that', async () => {
    const { headers, body } = await zipped('{ __schema { types { name } } }');
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: expect.stringContaining('Accept-Encoding') });
    expect(JSON.parse(gunzipSync(body).toString()).data.__schema.types).not.toHaveLength(0);
  });

  it('describe the schema in a query of its own', async () => {
    const { data } = await api.ask(getIntrospectionQuery());
    expect(data.__schema.queryType.name).toBe('Query');
    const mixed = await api.ask('{ __schema { types { name } } accounts(limit: 1) { id } }');
    expect([mixed.status, mixed.errors[0]?.message]).toEqual([
      400,
      'ask for __schema and __type in a query of their own',
    ]);
  });

  it('to who does not read them are given up, and keep no place', async () => {
    await api.db.query(
      `INSERT INTO oracle.transcripts (round, node_id, device, epoch, document, sha256)
       SELECT n, 0, 0, 9, repeat('x', 100000), '' FROM generate_series(100, 179) n`,
    );
    const path = `/graphql?query=${encodeURIComponent('{ transcripts(epoch: 9, limit: 100) { document } }')}`;
    const { port } = new URL(api.url);
    const sockets = Array.from({ length: REQUESTS_PER_CLIENT }, () => {
      const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
      socket.pause();
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
      return socket;
    });
    try {
      await until('places that are taken', async () => (await get('{ __typename }')).status === 429);
      await until('places that are free again', async () => (await get('{ __typename }')).status === 200);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  }, 30_000);
});

describe('sizes of what our own fields give', () => {
  it('are counted before anything is read', async () => {
    const roots = Array.from(
      { length: 20 },
      (_, index) => `a${index}: transcripts(epoch: ${index}, limit: 100) { document round nodeId }`,
    );
    const { status, errors } = await api.ask(`{ ${roots.join(' ')} }`);
    expect([status, errors[0]?.message]).toEqual([
      400,
      'the query costs too much: the answer might have 104000 values, where 10000 are allowed',
    ]);
    expect((await api.ask('{ transcripts(epoch: 1, limit: 100) { document round nodeId } }')).status).toBe(200);
  });
});

/** An answer as it stands on the wire. */
function zipped(query: string): Promise<{ headers: IncomingHttpHeaders; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const options = { headers: { 'accept-encoding': 'gzip' } };
    const asking = request(`${api.url}?query=${encodeURIComponent(query)}`, options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(parts) }));
    });
    asking.on('error', reject).end();
  });
}

describe('what costs before a request is read', () => {
  it('ends: a connection that asks and asks without reading is cut', async () => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write('GET /nothing HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(1_000));
    await closed;
    expect((await get('{ __typename }')).status).toBe(200);
  });

  it('ends: a body that does not come has no place, and its connection is cut', async () => {
    const from = Number(new URL(api.url).port);
    const sockets = Array.from({ length: 2 * REQUESTS_PER_CLIENT }, () => {
      const socket = connect(from, '127.0.0.1').on('error', () => undefined);
      socket.write(
        'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
      );
      return socket;
    });
    const closed = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    expect((await get('{ __typename }')).status).toBe(200);
    await closed;
  });

  it('does not end with who hangs up: its requests keep their places until they are over', async () => {
    await api.db.query('BEGIN; LOCK TABLE oracle.transcripts IN ACCESS EXCLUSIVE MODE');
    try {
      const path = `/graphql?query=${encodeURIComponent('{ transcripts(epoch: 3) { round } }')}`;
      const sockets = Array.from({ length: REQUESTS_PER_CLIENT }, () => {
        const socket = connect(Number(new URL(api.url).port), '127.0.0.1').on('error', () => undefined);
        socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
        return socket;
      });
      await until('places that are taken', async () => (await get('{ __typename }')).status === 429);
      for (const socket of sockets) socket.destroy();
      expect((await get('{ __typename }')).status).toBe(429);
    } finally {
      await api.db.query('ROLLBACK');
    }
    await until('places that are free again', async () => (await get('{ __typename }')).status === 200);
  }, 30_000);
});

describe('the thread for long texts', () => {
  it('ends alone, whatever it is asked', async () => {
    const fields = Array.from({ length: 900 }, (_, index) => `f${index}: description`).join(' ');
    const asked = await api.ask(`{ __schema { types { inputFields { ${fields} } } } }`);
    expect([asked.status, asked.errors[0]?.extensions?.['code']]).toEqual([400, 'QUERY_TOO_COSTLY']);
    expect((await api.ask('{ __schema { queryType { name } } }')).status).toBe(200);
  });
});

describe('variables', () => {
  it('are measured by what stands in their place when they are left out', async () => {
    const conditions = Array.from({ length: 300 }, () => '{}').join(' ');
    const query = `query($w: AccountWhereInput = { OR: [${conditions}] }) { accounts(limit: 1, where: $w) { id } }`;
    expect((await api.ask(query, { w: null })).status).toBe(200);
    expect((await api.ask(query)).status).toBe(400);
    expect((await api.ask(query, { w: null })).status).toBe(200);
  });

  it('have no numbers that JSON cannot write again', async () => {
    const { status, errors } = await api.post(
      '{"query": "query($n: Float) { __typename }", "variables": {"n": 1e999}}',
    );
    expect([status, errors[0]?.message]).toEqual([400, 'variables: a number is too large']);
  });
});
