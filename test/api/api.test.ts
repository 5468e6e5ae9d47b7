import {
  buildClientSchema,
  type GraphQLOutputType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  isObjectType,
} from 'graphql';
import { startTestApi, type TestApi } from './fixture';
import { insert, seed } from './seed';

/** Time for a request. */
const DEADLINE_MS = 2_000;

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ requestBytes: 16 * 1024, deadlineMs: DEADLINE_MS });
  await seed(api.db);
});
afterAll(() => api.stop());

describe('what the chain does not know', () => {
  it('lists rounds newest first and hides what is not yet public', async () => {
    const { data, errors } = await api.ask(
      '{ rounds { round state task coinSecret nonce verdicts { pass missed pending } } }',
    );
    expect(errors).toEqual([]);
    expect(data.rounds).toEqual([
      {
        round: 4,
        state: 'open',
        task: 'gemm',
        coinSecret: null,
        nonce: `0x${'01'.repeat(32)}`,
        verdicts: { pass: 0, missed: 0, pending: 1 },
      },
      expect.objectContaining({ round: 3, verdicts: { pass: 0, missed: 1, pending: 0 } }),
      expect.objectContaining({
        round: 2,
        coinSecret: `0x${'02'.repeat(32)}`,
        verdicts: { pass: 1, missed: 0, pending: 0 },
      }),
    ]);
  });

  it('leads from the round of a reporter to its anchor on the chain', async () => {
    const { data } = await api.ask('{ rounds { round roundAnchorId } }');
    expect(data.rounds).toEqual([
      { round: 4, roundAnchorId: null },
      { round: 3, roundAnchorId: null },
      { round: 2, roundAnchorId: '000000000002' },
    ]);
    const anchor = await api.ask('{ roundAnchorById(id: "000000000002") { round } }');
    expect(anchor.data).toEqual({ roundAnchorById: { round: 2 } });
  });

  it('pages rounds', async () => {
    const { data } = await api.ask('{ rounds(limit: 1, beforeRound: 4) { round } }');
    expect(data.rounds).toEqual([{ round: 3 }]);
  });

  it('says what a challenge asked', async () => {
    const { data } = await api.ask('{ challenges(nodeId: 0, limit: 1) { task n w t k } }');
    expect(data.challenges).toEqual([{ task: 'gemm', n: 512, w: 256, t: 8, k: 64 }]);
  });

  it('lists challenges with verdict, reason and meaning, and no commitment before the anchor', async () => {
    const { data } = await api.ask(
      '{ challenges(nodeId: 0) { round verdict reason meaning commitment perfBps numbers } }',
    );
    expect(data.challenges).toEqual([
      expect.objectContaining({ round: 4, verdict: null, meaning: null, commitment: null }),
      expect.objectContaining({
        round: 3,
        verdict: 'TIMEOUT',
        reason: 'Nothing came.',
        meaning: 'No commitment came, or a busy claim that does not excuse.',
      }),
      expect.objectContaining({
        round: 2,
        verdict: 'OK',
        perfBps: 9000,
        commitment: `0x${'06'.repeat(32)}`,
        numbers: {},
      }),
    ]);
    const { data: misses } = await api.ask('{ challenges(verdict: "TIMEOUT") { round } }');
    expect(misses.challenges).toEqual([{ round: 3 }]);
  });

  it('tells where evidence is, and names transcript and reveal once there is a verdict', async () => {
    const { data } = await api.ask(
      `{ evidence { url challengeWindowSeconds }
        challenges(nodeId: 0) { round revealSha256 revealUrl transcriptSha256 transcriptUrl }
        transcript(round: 2, nodeId: 0) { url } }`,
    );
    const address = (byte: string) => `https://evidence.example/evidence/${byte.repeat(32)}`;
    const nothing = { revealSha256: null, revealUrl: null, transcriptSha256: null, transcriptUrl: null };
    expect(data).toEqual({
      evidence: { url: 'https://evidence.example', challengeWindowSeconds: 7200 },
      challenges: [
        // Revealed, not judged yet.
        { round: 4, ...nothing },
        { round: 3, ...nothing },
        {
          round: 2,
          revealSha256: `0x${'07'.repeat(32)}`,
          revealUrl: address('07'),
          transcriptSha256: `0x${'03'.repeat(32)}`,
          transcriptUrl: address('03'),
        },
      ],
      transcript: { url: address('03') },
    });
  });

  it('gives transcripts', async () => {
    const { data } = await api.ask(
      '{ transcripts(epoch: 1) { round document } transcript(round: 2, nodeId: 0) { sha256 } none: transcript(round: 9, nodeId: 0) { sha256 } }',
    );
    expect(data).toEqual({
      transcripts: [{ round: 2, document: '{}' }],
      transcript: { sha256: `0x${'03'.repeat(32)}` },
      none: null,
    });
  });

  it('gives postings with gas per score', async () => {
    const { data } = await api.ask('{ postings { epoch state proveSeconds gasPerScore } }');
    expect(data.postings).toEqual([{ epoch: 1, state: 'posted', proveSeconds: 4.5, gasPerScore: 5400 }]);
  });

  it('tells its health in words and numbers', async () => {
    const { data } = await api.ask(
      '{ oracleHealth { ok words headBlock indexedBlock lastRound lastProofEpoch lastGasPerScore } }',
    );
    expect(data.oracleHealth).toMatchObject({
      ok: false,
      headBlock: 120,
      indexedBlock: null,
      lastRound: 3,
      lastProofEpoch: 1,
      lastGasPerScore: 5400,
    });
    expect(data.oracleHealth.words).toContain('The index has no block yet: overdue.');
  });

  it('explains a score', async () => {
    const { data, errors } = await api.ask(
      '{ explainScore(nodeId: 0) { words scoreBps status reliabilityBps performanceBps epochs { epoch measured words challenges { verdict } } } }',
    );
    expect(errors).toEqual([]);
    const { explainScore } = data;
    expect(explainScore).toMatchObject({
      scoreBps: 2499,
      status: 'provisional',
      reliabilityBps: 3333,
      performanceBps: 7500,
    });
    expect(explainScore.words[0]).toBe('Node 0 scores 24.99 % (provisional) as of epoch 1.');
    expect(explainScore.epochs).toHaveLength(1);
    expect(explainScore.epochs[0]).toMatchObject({
      epoch: 1,
      measured: 'fail',
      challenges: [{ verdict: 'OK' }, { verdict: 'TIMEOUT' }],
    });
    expect(explainScore.epochs[0].words).toContain('Round 3: TIMEOUT. Nothing came.');
    expect(explainScore.epochs[0].words.join(' ')).toContain(
      'more than a quarter of the rounds that count were missed',
    );
  });

  it('explains a node without a score', async () => {
    const { data } = await api.ask('{ explainScore(nodeId: 1) { words scoreBps status epochs { epoch } } }');
    expect(data.explainScore).toMatchObject({ scoreBps: 0, status: 'unrated', epochs: [] });
    expect(data.explainScore.words[0]).toContain('no score yet');
  });

  it('explains that a node of a closed class is not challenged, and why', async () => {
    const asked = async () =>
      (await api.ask('{ explainScore(nodeId: 0) { summary classClosedBecause } }')).data.explainScore;
    const open = await asked();
    expect(open.classClosedBecause).toBeNull();
    expect(open.summary).not.toContain('closed');
    await api.db.query('UPDATE public.gpu_node SET hardware_class = 3 WHERE node_id = 0');
    const closed = await asked();
    expect(closed.classClosedBecause).toContain('no circuit proves a tree of depth 12 with 16 drawn leaves');
    expect(closed.summary).toContain(
      `Its hardware class 3 is closed, so it is not challenged: ${closed.classClosedBecause}.`,
    );
    await api.db.query('UPDATE public.gpu_node SET hardware_class = 0 WHERE node_id = 0');
    await api.db.query(`INSERT INTO oracle.identity (chain_id, oracle_address, reporter) VALUES (56, '0x01', '0x02')`);
    expect((await asked()).classClosedBecause).toContain('the reference of gemm is not measured');
    await api.db.query('DELETE FROM oracle.identity');
  });
});

describe('every field', () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = buildClientSchema((await api.ask(getIntrospectionQuery())).data);
  });

  /** All fields of a type, and all of theirs. */
  const everything = (type: GraphQLOutputType): string => {
    const named = getNamedType(type);
    if (!isObjectType(named)) return '';
    return `{ ${Object.values(named.getFields())
      .map((field) => `${field.name} ${everything(field.type)}`)
      .join(' ')} }`;
  };

  // A field without a value fails its query when it is declared non-null; so each needs a row.
  it.each([
    ['rounds', '', 3],
    ['challenges', '', 3],
    ['transcripts', '(epoch: 1)', 1],
    ['postings', '', 1],
    ['evidence', '', 1],
    ['reporterEpochs', '', 2],
    ['transcript', '(round: 2, nodeId: 0)', 1],
    ['oracleHealth', '', 1],
    ['explainScore', '(nodeId: 0)', 1],
  ])('gives every field of %s%s a value, or null where the schema allows it', async (query, arguments_, rows) => {
    const field = schema.getQueryType()?.getFields()[query];
    if (!field) throw new Error(`no query ${query}`);
    const { data, errors } = await api.ask(`{ ${query}${arguments_} ${everything(field.type)} }`);
    expect(errors).toEqual([]);
    expect([data[query]].flat()).toHaveLength(rows);
    expect(data[query]).not.toBeNull();
  });

  it('reads each table that a statement means: index and oracle share no table name', async () => {
    const { rows } = await api.db.query<{ table_schema: string; table_name: string }>(
      `SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('public', 'oracle')`,
    );
    expect(new Set(rows.map((row) => row.table_schema))).toEqual(new Set(['public', 'oracle']));
    const names = rows.map((row) => row.table_name);
    expect(names).toHaveLength(new Set(names).size);
  });
});

describe('what the chain knows', () => {
  it('says how far the index is', async () => {
    const query = '{ squidStatus { height finalizedHeight } oracleHealth { ok indexLagBlocks } }';
    expect((await api.ask(query)).data.squidStatus).toEqual({ height: null, finalizedHeight: null });
    await api.db.query(`
      CREATE SCHEMA squid_processor;
      CREATE TABLE squid_processor.status (id int PRIMARY KEY, height int, hash text, nonce int);
      CREATE TABLE squid_processor.hot_block (height int PRIMARY KEY, hash text);
      INSERT INTO squid_processor.status VALUES (0, 117, '0x01', 1);
      INSERT INTO squid_processor.hot_block VALUES (118, '0x02'), (119, '0x03')`);
    expect((await api.ask(query)).data).toEqual({
      squidStatus: { height: 119, finalizedHeight: 117 },
      oracleHealth: { ok: true, indexLagBlocks: 1 },
    });
  });

  it('gives what the chain knows from the index', async () => {
    const { data, errors } = await api.ask(
      '{ gpuNodes(limit: 5, orderBy: nodeId_ASC) { nodeId scoreBps scoreStatus operator { id } } }',
    );
    expect(errors).toEqual([]);
    expect(data.gpuNodes).toHaveLength(2);
    expect(data.gpuNodes[0]).toMatchObject({ nodeId: 0, scoreBps: 2500, scoreStatus: 'PROVISIONAL' });
  });
});

describe('the queries of the README', () => {
  it('answers the queries of the README with summaries, without limits in them', async () => {
    const { data, errors } = await api.ask(
      '{ gpuNodes(orderBy: id_ASC) { nodeId operator { nodes { id } } } explainScore(nodeId: 0) { summary } oracleHealth { summary } }',
    );
    expect(errors).toEqual([]);
    expect(data.gpuNodes[1]).toMatchObject({ nodeId: 1, operator: { nodes: [{}, {}] } });
    expect(data.explainScore.summary).toMatch(/^Node 0 scores/);
    expect(data.oracleHealth.summary).toMatch(/^The newest block is/);
  });
});

describe('limits', () => {
  const refused = async (query: string) => (await api.ask(query)).errors.map(({ message }) => message);

  it.each([
    ['{ rounds(limit: 101) { round } }', 'limit is 101, 1 to 100 are allowed'],
    ['{ rounds(limit: 0) { round } }', 'limit is 0, 1 to 100 are allowed'],
    ['{ challenges(offset: 10001) { round } }', 'offset is 10001, 0 to 10000 are allowed'],
    ['{ challenges(nodeId: -1) { round } }', 'nodeId is -1, it starts from 0'],
    ['{ explainScore(nodeId: 7) { words } }', 'no node 7 is registered, or the index has not seen it yet'],
    ['{ explainScore(nodeId: 0, epochs: 21) { words } }', 'limit is 21, 1 to 20 are allowed'],
  ])('refuses %s', async (query, message) => {
    expect(await refused(query)).toEqual([message]);
  });

  it('names the verdict codes it knows', async () => {
    expect(await refused('{ challenges(verdict: "GREAT") { round } }')).toEqual([
      expect.stringMatching(/^verdict "GREAT" is none of OK, BUSY/),
    ]);
  });

  it('refuses too many root fields', async () => {
    const fields = Array.from({ length: 21 }, (_, index) => `a${index}: oracleHealth { ok }`);
    expect(await refused(`{ ${fields.join(' ')} }`)).toEqual([
      'the query costs too much: 21 fields of the root, where 20 are allowed',
    ]);
  });

  it('refuses deep nesting, also by fragments', async () => {
    const nested = (depth: number): string =>
      depth === 0 ? '{ id }' : `{ nodes(limit: 1) { operator ${nested(depth - 1)} } }`;
    const message = 'the query costs too much: 10 levels of fields, where 8 are allowed';
    expect(await refused(`{ accounts(limit: 1) ${nested(4)} }`)).toEqual([message]);
    const byFragments = `
      { accounts(limit: 1) { ...a } }
      fragment a on Account { nodes(limit: 1) { operator { ...b } } }
      fragment b on Account { nodes(limit: 1) { operator { ...c } } }
      fragment c on Account { nodes(limit: 1) { operator { nodes(limit: 1) { operator { id } } } } }`;
    expect(await refused(byFragments)).toEqual([message]);
  });

  it('refuses what fragments come to, at once and with the cost', async () => {
    const fragments = Array.from({ length: 40 }, (_, level) => {
      return `fragment f${level} on GpuNode { id ${level < 39 ? `...f${level + 1} ...f${level + 1}` : ''} }`;
    });
    const query = `{ gpuNodes(limit: 1) { ...f0 } } ${fragments.join(' ')}`;
    const { status, errors } = await api.ask(query);
    expect(status).toBe(400);
    const selections = 2 ** 40;
    expect(errors).toEqual([
      {
        message: `the query costs too much: ${selections} fields, fragments spread, where 2000 are allowed`,
        extensions: {
          code: 'QUERY_TOO_COSTLY',
          cost: {
            selections,
            depth: 2,
            relationFilters: 0,
            conditions: 0,
            values: 1,
            valueDepth: 0,
            introspections: 0,
            introspectionAliases: 0,
          },
        },
      },
    ]);
    const byUrl = await fetch(`${api.url}?query=${encodeURIComponent(query)}`);
    expect(byUrl.status).toBe(400);
    // A page of another origin can read why.
    expect(byUrl.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('refuses many filters by related rows, wherever they stand', async () => {
    const inText = '{ activities(where: { node: { activities_some: { node: { activities_none: {} } } } }) { id } }';
    expect((await api.ask(inText)).status).toBe(200);
    const where = { OR: Array.from({ length: 5 }, () => ({ node: { activities_every: { id_eq: '1' } } })) };
    const { status, errors } = await api.ask('query($where: ActivityWhereInput) { activities(where: $where) { id } }', {
      where,
    });
    expect(status).toBe(400);
    expect(errors[0]?.message).toBe(
      'the query costs too much: 5 filters by _some, _every or _none, where 4 are allowed',
    );
  });

  it('refuses texts and variables that are too large for what reads them', async () => {
    expect(await refused(`{ ${'a '.repeat(4_000)} }`)).toEqual(['the query has more than 4000 words and signs']);
    const deep = `${'{"AND":['.repeat(1_000)}${']}'.repeat(1_000)}`;
    const query = 'query($where: AccountWhereInput) { accounts(where: $where) { id } }';
    const answer = await api.post(`{"query": ${JSON.stringify(query)}, "variables": {"where": ${deep}}}`);
    expect(answer.errors).toEqual([
      expect.objectContaining({ message: 'the variables are nested more than 20 levels deep' }),
    ]);
    const nested = (levels: number): string => (levels === 0 ? '{}' : `{ AND: [${nested(levels - 1)}] }`);
    expect(await refused(`{ accounts(where: ${nested(200)}) { id } }`)).toEqual([
      'the query costs too much: 201 conditions in arguments, where 200 are allowed; 401 levels of values in each other, ' +
        'where 20 are allowed',
    ]);
    const ids = Array.from({ length: 1_000 }, (_, index) => String(index));
    expect((await api.ask(query, { where: { id_in: ids } })).errors).toEqual([]);
    expect((await api.ask('{ __schema { types { name } } b: __schema { types { name } } }')).status).toBe(400);
  });

  it.each([
    ['{ accounts(limit: -1) { id } }', 'limit starts from 0'],
    ['{ accounts(offset: -1) { id } }', 'offset starts from 0'],
    ['{ accounts { nodes(limit: -5) { id } } }', 'limit starts from 0'],
    ['{ accounts(where: { id_eq: "a\\u0000b" }) { id } }', 'a value is none that can be compared'],
    ['{ accountsConnection(orderBy: id_ASC, first: -1) { totalCount } }', 'first starts from 0'],
    ['{ accountsConnection(orderBy: id_ASC, after: "x") { totalCount } }', expect.stringContaining('invalid cursor')],
  ])('calls a bad argument bad: %s', async (query, message) => {
    const { status, errors } = await api.ask(query);
    expect(errors).toEqual([expect.objectContaining({ message, extensions: { code: 'BAD_USER_INPUT' } })]);
    expect(status).toBe(400);
  });

  it('refuses answers that could grow too large', async () => {
    const { status, errors } = await api.ask('{ gpuNodes(limit: 20000) { id nodeId } }');
    expect([status, errors[0]?.extensions]).toEqual([400, { code: 'QUERY_TOO_COSTLY', cost: { values: 40_001 } }]);
    const nested = '{ accounts { nodes { delegations { id node { id } delegator { id } } } } }';
    expect(await refused(nested)).toEqual([expect.stringMatching(/the answer might have \d+ values, where 10000 are/)]);
  });

  it('refuses large requests without a trace of the server', async () => {
    const { status, errors, text } = await api.post(
      JSON.stringify({ query: `{ oracleHealth { ok } } #${'x'.repeat(20_000)}` }),
    );
    expect(status).toBe(413);
    expect(errors[0]?.message).toBe('the request is too large');
    expect(text).not.toContain('node_modules');
  });

  it('refuses what is no JSON', async () => {
    const { status, text } = await api.post('{"query":');
    expect(status).toBe(400);
    expect(text).not.toContain('node_modules');
  });

  it('answers the usual introspection query, and no nested one', async () => {
    const { data } = await api.ask(getIntrospectionQuery());
    expect(data.__schema.queryType.name).toBe('Query');
    expect(data.__schema.subscriptionType).toBeNull();
    const bomb = '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }';
    expect(await refused(bomb)).toEqual(['Maximum introspection depth exceeded']);
  });

  it('listens on the address that it was given, and on no other', async () => {
    await expect(fetch(api.url.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow();
  });

  it('never writes', async () => {
    const { errors } = await api.ask('mutation { x }');
    expect(errors).toEqual([expect.objectContaining({ message: 'this API answers queries, and no mutation' })]);
  });
});

describe('names of the index', () => {
  const asked = (query: string) => api.ask(query).then(({ data, errors }) => ({ data, errors }));

  it('has the network as one object, also under an alias and beside other fields', async () => {
    expect(await asked('{ network { id } }')).toEqual({ data: { network: null }, errors: [] });
    await insert(api.db, 'public.network', { id: 'dpin', holders: 3 });
    expect(await asked('{ all: network { id holders } networkById(id: "none") { id } }')).toEqual({
      data: { all: { id: 'dpin', holders: 3 }, networkById: null },
      errors: [],
    });
  });

  it('answers the names of the first release as those of today, and calls them deprecated', async () => {
    const lists = (name: string) => `${name}(limit: 1) { id } ${name}Connection(orderBy: id_ASC) { totalCount }`;
    expect(await asked(`{ ${lists('oracleEpochs')} }`)).toEqual({
      data: { oracleEpochs: [], oracleEpochsConnection: { totalCount: 0 } },
      errors: [],
    });
    expect(await asked(`{ ${lists('oracleEpoches')} }`)).toEqual({
      data: { oracleEpoches: [], oracleEpochesConnection: { totalCount: 0 } },
      errors: [],
    });
    const { data } = await api.ask(
      '{ __schema { queryType { fields(includeDeprecated: true) { name deprecationReason } } } }',
    );
    const fields: { name: string; deprecationReason: string | null }[] = data.__schema.queryType.fields;
    const deprecated = fields.filter(({ deprecationReason }) => deprecationReason !== null);
    expect(deprecated.map(({ name }) => name).sort()).toEqual([
      'networkById',
      'networks',
      'networksConnection',
      'oracleEpoches',
      'oracleEpochesConnection',
    ]);
  });
});

describe('failures', () => {
  it('stops a statement that runs too long, and says only that', async () => {
    await api.db.query('BEGIN; LOCK TABLE oracle.transcripts IN ACCESS EXCLUSIVE MODE');
    try {
      const roots = Array.from({ length: 10 }, (_, index) => `a${index}: transcripts(epoch: 1) { round }`);
      const started = performance.now();
      const { status, errors } = await api.ask(`{ ${roots.join(' ')} }`);
      // Ten statements, which share the time of one request.
      expect(performance.now() - started).toBeLessThan(3 * DEADLINE_MS);
      expect(status).toBe(504);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ message: 'the query took too long', extensions: { code: 'QUERY_TIMEOUT' } });
    } finally {
      await api.db.query('ROLLBACK');
    }
  });

  it('hides SQL and stacks, and leaves a reference', async () => {
    await api.db.query('ALTER TABLE oracle.status RENAME COLUMN last_error TO hidden');
    try {
      const { errors, text } = await api.ask('{ oracleHealth { ok } }');
      expect(errors).toEqual([
        expect.objectContaining({
          message: 'internal error',
          extensions: { code: 'INTERNAL_SERVER_ERROR', reference: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        }),
      ]);
      expect(text).not.toMatch(/SELECT|stack|node_modules|last_error/);
    } finally {
      await api.db.query('ALTER TABLE oracle.status RENAME COLUMN hidden TO last_error');
    }
  });

  it('answers again after Postgres came back', async () => {
    await api.db.end();
    await api.postgres.stop();
    const away = await api.ask('{ rounds { round } }');
    expect(away).toMatchObject({ status: 503, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    await api.postgres.restart();
    const { data } = await api.ask('{ rounds(limit: 1) { round } }');
    expect(data.rounds).toEqual([{ round: 4 }]);
  });
});
