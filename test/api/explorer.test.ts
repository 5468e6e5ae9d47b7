import { startTestApi, type TestApi } from './fixture';
import { ALICE, BOB, EPOCH_SECONDS, GENESIS_TIME, NOW, OPERATOR, REPORTER, seedExplorer, TX } from './seed-explorer';

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
const time = (text: string) => new Date(text).getTime() / 1000;

describe('what an explorer asks first', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    await seedExplorer(api.db);
  });
  afterAll(() => api.stop());

  /** The answer's data. */
  async function ask(query: string, variables?: Record<string, unknown>) {
    const { data, errors } = await api.ask(query, variables);
    expect(errors).toEqual([]);
    return data;
  }

  /** Words of the refusal. */
  async function refusal(query: string): Promise<string> {
    const { errors } = await api.ask(query);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    return errors[0]?.message ?? '';
  }

  describe('freshness', () => {
    it('compares the index with the chain by blocks and by their times', async () => {
      const { freshness } = await ask(`{ freshness {
        indexedBlock indexedTime chainBlock lagBlocks lagSeconds newestScoreObservedAt newestProvenEpoch } }`);
      expect(freshness).toMatchObject({ indexedBlock: 1_000, chainBlock: 1_004, lagBlocks: 4, lagSeconds: 12 });
      expect(time(freshness.indexedTime)).toBe(NOW);
      expect(freshness.newestProvenEpoch).toBe(239);
      expect(time(freshness.newestScoreObservedAt)).toBe(GENESIS_TIME + 240 * EPOCH_SECONDS);
    });

    it('stands in every summary', async () => {
      const fresh = 'freshness { indexedBlock }';
      const data = await ask(`{
        overview { ${fresh} } nodes { ${fresh} } node(nodeId: 0) { ${fresh} } account(address: "${ALICE}") { ${fresh} }
        nodeScoreHistory(nodeId: 0) { ${fresh} } feed { ${fresh} } holders { ${fresh} } openJobs { ${fresh} }
        delegationsOf(account: "${ALICE}") { ${fresh} } delegatorsOf(nodeId: 0) { ${fresh} }
        locksOf(account: "${ALICE}") { ${fresh} } transaction(hash: "${TX('22')}") { ${fresh} }
        networkSeries(unit: DAY) { ${fresh} } networkConstants { ${fresh} } reportersLiveness { ${fresh} } }`);
      expect(Object.keys(data)).toHaveLength(15);
      for (const answer of Object.values<{ freshness: unknown }>(data)) {
        expect(answer.freshness).toEqual({ indexedBlock: 1_000 });
      }
    });
  });

  it('overview tells what stands, what flowed in 24 hours, and which epoch the chain is in', async () => {
    const { overview } = await ask(`{ overview {
      levels { totalSupply nodeCount unratedNodeCount meanScoreBps } sums { transfers jobFees }
      rewards { emissionRate } epoch { number startsAt endsAt } last24h { fromAt flows { transfers jobs jobFees } } } }`);
    expect(overview.levels).toEqual({
      ...{ totalSupply: '605000000000000000000', nodeCount: 3, unratedNodeCount: 1 },
      // 13001 over the two nodes that have a score.
      meanScoreBps: 6_500,
    });
    expect(overview.sums).toEqual({ transfers: '50', jobFees: '70' });
    expect(overview.rewards.emissionRate).toBe('1000000000000000');
    expect(overview.epoch.number).toBe(240);
    expect(time(overview.epoch.startsAt)).toBe(NOW - 600);
    expect(time(overview.epoch.endsAt)).toBe(NOW - 600 + EPOCH_SECONDS);
    // Epoch 216 held the moment 24 hours ago: since the end of 215.
    expect(time(overview.last24h.fromAt)).toBe(GENESIS_TIME + 216 * EPOCH_SECONDS);
    expect(overview.last24h.flows).toEqual({ transfers: '20', jobs: '2', jobFees: '50' });
  });

  describe('nodes', () => {
    const ids = (page: { rows: { nodeId: number }[] }) => page.rows.map(({ nodeId }) => nodeId);

    it('are sorted by score, stake, weight or age, either way', async () => {
      const data = await ask(`{
        score: nodes { rows { nodeId } } stake: nodes(sort: STAKE, direction: ASC) { rows { nodeId } }
        weight: nodes(sort: WEIGHT) { rows { nodeId } } age: nodes(sort: REGISTERED) { rows { nodeId } } }`);
      expect(ids(data.score)).toEqual([0, 1, 60]);
      expect(ids(data.stake)).toEqual([60, 1, 0]);
      expect(ids(data.weight)).toEqual([0, 60, 1]);
      expect(ids(data.age)).toEqual([60, 1, 0]);
    });

    it('are paged by a cursor to the end, and counted when asked', async () => {
      const seen: number[] = [];
      let after: string | null = null;
      for (let pages = 1; pages <= 3; pages++) {
        const { nodes }: { nodes: { rows: { nodeId: number }[]; endCursor: string; hasMore: boolean; total: number } } =
          await ask(
            'query ($after: String) { nodes(limit: 1, after: $after) { rows { nodeId } endCursor hasMore total } }',
            {
              after,
            },
          );
        expect(nodes.total).toBe(3);
        expect(nodes.hasMore).toBe(pages < 3);
        seen.push(...ids(nodes));
        after = nodes.endCursor;
      }
      expect(seen).toEqual([0, 1, 60]);
      const { nodes } = await ask(
        'query ($after: String) { nodes(after: $after) { rows { nodeId } endCursor hasMore } }',
        {
          after,
        },
      );
      expect(nodes).toEqual({ rows: [], endCursor: null, hasMore: false });
    });

    it.each([
      ['status: [UNRATED, PROVISIONAL]', [1, 60]],
      ['certified: false', [60]],
      ['retired: true', []],
      ['hardwareClass: 3', [60]],
      ['region: "us"', [1]],
      [`operator: "${OPERATOR.toUpperCase().replace('X', 'x')}"`, [0, 1]],
      ['minScoreBps: 4001', [0]],
      ['minStake: "40000000000000000000"', [0, 1]],
      [`operator: "${OPERATOR}", region: "eu"`, [0]],
    ])('are those of a filter by %s', async (filter, expected) => {
      const { nodes } = await ask(`{ nodes(filter: { ${filter} }) { rows { nodeId } total } }`);
      expect(ids(nodes)).toEqual(expected);
      expect(nodes.total).toBe(expected.length);
    });

    it('have an uptime that keeps epochs not measured apart from failed ones', async () => {
      const windows = ['uptime24h', 'uptime7d', 'uptime30d'];
      const fields = 'epochs passed failed notMeasured uptimeBps coverageBps fromEpoch toEpoch';
      const { nodes } = await ask(`{ nodes { rows { ${windows.map((name) => `${name} { ${fields} }`).join(' ')} } } }`);
      const [scored, fresh, unproven] = nodes.rows;
      expect(scored).toEqual({
        uptime24h: {
          ...{ epochs: 24, passed: 20, failed: 2, notMeasured: 2, uptimeBps: 9_090, coverageBps: 9_166 },
          ...{ fromEpoch: 216, toEpoch: 239 },
        },
        uptime7d: {
          ...{ epochs: 168, passed: 130, failed: 6, notMeasured: 32, uptimeBps: 9_558, coverageBps: 8_095 },
          ...{ fromEpoch: 72, toEpoch: 239 },
        },
        uptime30d: {
          ...{ epochs: 240, passed: 190, failed: 8, notMeasured: 42, uptimeBps: 9_595, coverageBps: 8_250 },
          ...{ fromEpoch: 0, toEpoch: 239 },
        },
      });
      const sinceRegistration = {
        ...{ epochs: 10, passed: 0, failed: 0, notMeasured: 10, uptimeBps: null, coverageBps: 0 },
        ...{ fromEpoch: 230, toEpoch: 239 },
      };
      expect(fresh).toEqual(Object.fromEntries(windows.map((name) => [name, sinceRegistration])));
      expect(unproven).toEqual(Object.fromEntries(windows.map((name) => [name, null])));
    });

    it('have yearly rates with their window and denominator, what is not settled included', async () => {
      const { nodes } = await ask(`{ nodes { rows {
        delegatorApr { aprBps fromAt toAt denominator } operatorApr { aprBps fromAt } } } }`);
      const [{ delegatorApr, operatorApr }, ...others] = nodes.rows;
      // 0.00306 DPN a share worth 1 DPN, and 0.00508 DPN per DPN of self-stake, in 648,600 s.
      expect(delegatorApr.aprBps).toBe('1487');
      expect(operatorApr.aprBps).toBe('2469');
      expect(time(delegatorApr.fromAt)).toBe(GENESIS_TIME + 2.5 * 86_400);
      expect(time(operatorApr.fromAt)).toBe(GENESIS_TIME + 2.5 * 86_400);
      expect(time(delegatorApr.toAt)).toBe(NOW);
      expect(delegatorApr.denominator).toMatch(/shares are worth/);
      expect(others).toEqual([
        { delegatorApr: null, operatorApr: null },
        { delegatorApr: null, operatorApr: null },
      ]);
    });

    it('tell the claim of the operator exactly, the announced commission, and the stake that still adds weight', async () => {
      const { nodes } = await ask(`{ nodes { rows {
        nodeId operator className operatorClaimable commissionBps pendingCommissionBps stakeLeft } } }`);
      expect(nodes.rows).toEqual([
        {
          ...{ nodeId: 0, operator: OPERATOR, className: 'consumer', operatorClaimable: '3040000000000000000' },
          ...{ commissionBps: 1_000, pendingCommissionBps: 1_500, stakeLeft: '500000000000000000000' },
        },
        expect.objectContaining({ nodeId: 1, operatorClaimable: '0' }),
        expect.objectContaining({ nodeId: 60, className: 'datacentre', operatorClaimable: null }),
      ]);
    });
  });

  it('a node has its newest rates, the rounds measured of those held, and the shards it holds', async () => {
    const { node, none } = await ask(`{ node(nodeId: 0) {
        summary { nodeId uptime24h { passed } } rates { task device round perfBps perMs }
        coverage { window held measured neutral coverageBps } shards { jobId shard state price } }
      none: node(nodeId: 7) { summary { nodeId } } }`);
    expect(node).toEqual({
      summary: { nodeId: 0, uptime24h: { passed: 20 } },
      rates: [{ task: 'gemm', device: 0, round: 4_000, perfBps: 9_100, perMs: 77 }],
      coverage: [
        { window: '24 h', held: 4, measured: 3, neutral: 1, coverageBps: 7_500 },
        { window: '7 d', held: 20, measured: 15, neutral: 5, coverageBps: 7_500 },
        { window: '30 d', held: 20, measured: 15, neutral: 5, coverageBps: 7_500 },
      ],
      shards: [{ jobId: '3', shard: 1, state: 'CLAIMED', price: '300' }],
    });
    expect(none).toBeNull();
  });

  it('a score history has the reason of each change, and whose fault failures were', async () => {
    const { nodeScoreHistory } = await ask(`{ nodeScoreHistory(nodeId: 0, limit: 2) {
      rows { epoch reason rounds { held passed neutral missed failed faults { node oracle network } } } total hasMore } }`);
    expect(nodeScoreHistory).toEqual({
      rows: [
        {
          epoch: 239,
          reason: 'Epoch 239 failed; the score fell from 95.00 % to 90.01 %, established as before',
          rounds: {
            ...{ held: 4, passed: 1, neutral: 1, missed: 1, failed: 1 },
            faults: { node: 2, oracle: 1, network: 1 },
          },
        },
        {
          epoch: 215,
          reason:
            'Epoch 215 was not measured, so that older evidence fades; the score fell from 81.00 % to 80.50 %, ' +
            'established as before',
          rounds: {
            ...{ held: 6, passed: 4, neutral: 0, missed: 1, failed: 1 },
            faults: null,
          },
        },
      ],
      total: 3,
      hasMore: true,
    });
  });

  it('a challenge says whose fault it is', async () => {
    const { challenges } = await ask('{ challenges(nodeId: 0) { verdict faultOwner } }');
    expect(challenges.map((one: { faultOwner: string }) => one.faultOwner)).toEqual([
      ...['node', 'node', 'network', 'oracle', null],
    ]);
  });

  describe('an account', () => {
    it('has a balance, what it can claim, the nodes it operates and its locks', async () => {
      const { account, operator, none } = await ask(`{
        account(address: "${ALICE.toUpperCase().replace('X', 'x')}") { address balance claimableAsDelegator
          nodes { nodeId } locks { id nodeId amount withdrawnAt } }
        operator: account(address: "${OPERATOR}") { claimableAsDelegator nodes { nodeId status totalStake claimable } }
        none: account(address: "0x${'00'.repeat(20)}") { balance } }`);
      expect(account).toEqual({
        ...{ address: ALICE, balance: '300000000000000000000', claimableAsDelegator: '365000000000000005' },
        nodes: [],
        locks: [
          { id: '000000000008', nodeId: 0, amount: '8', withdrawnAt: null },
          { id: '000000000007', nodeId: 0, amount: '7', withdrawnAt: expect.any(String) },
        ],
      });
      expect(operator).toEqual({
        claimableAsDelegator: '3795000000000000000',
        nodes: [
          {
            ...{ nodeId: 0, status: 'ESTABLISHED', totalStake: '1500000000000000000000' },
            claimable: '3040000000000000000',
          },
          { nodeId: 1, status: 'PROVISIONAL', totalStake: '40000000000000000000', claimable: '0' },
        ],
      });
      expect(none).toBeNull();
    });

    it('has delegations with their value and claim; what an update of the index hid is not guessed', async () => {
      const fields = 'rows { nodeId delegator shares value claimable deposited } total';
      const data = await ask(`{
        alice: delegationsOf(account: "${ALICE}") { ${fields} } bob: delegationsOf(account: "${BOB}") { ${fields} }
        hidden: account(address: "${BOB}") { claimableAsDelegator } }`);
      expect(data.alice).toEqual({
        rows: [
          {
            ...{ nodeId: 0, delegator: ALICE, shares: '250000000000000000000', value: '250000000000000000000' },
            ...{ claimable: '365000000000000000', deposited: '9' },
          },
          { nodeId: 1, delegator: ALICE, shares: '0', value: '0', claimable: '5', deposited: '0' },
        ],
        total: 2,
      });
      // One of one share in a pool of 3 wei: floor(1 x 4 / 2).
      expect(data.bob.rows).toEqual([
        { nodeId: 1, delegator: BOB, shares: '1', value: '2', claimable: null, deposited: '0' },
      ]);
      expect(data.hidden).toEqual({ claimableAsDelegator: null });
    });

    it('is found among the delegators of a node, largest first, and among the holders', async () => {
      const { first, holders } = await ask(`{
        first: delegatorsOf(nodeId: 0, limit: 1) { rows { delegator } endCursor total }
        holders { rows { address balance } } }`);
      expect(first).toMatchObject({ rows: [{ delegator: OPERATOR }], total: 2 });
      const { next } = await ask(
        'query ($after: String) { next: delegatorsOf(nodeId: 0, after: $after) { rows { delegator } } }',
        {
          after: first.endCursor,
        },
      );
      expect(next.rows).toEqual([{ delegator: ALICE }]);
      // Equal balances are sorted by address.
      expect(holders.rows.map((one: { address: string }) => one.address)).toEqual([BOB, ALICE, OPERATOR]);
    });

    it('has locks, newest first', async () => {
      const { locksOf } = await ask(`{ locksOf(account: "${ALICE}", limit: 1) { rows { id } total hasMore } }`);
      expect(locksOf).toEqual({ rows: [{ id: '000000000008' }], total: 2, hasMore: true });
    });
  });

  describe('a feed', () => {
    it('of an account has what it did and what came to it, once each', async () => {
      const { feed } = await ask(`{ feed(account: "${ALICE}") { rows { block direction amount } total } }`);
      expect(feed).toEqual({
        rows: [
          { block: 960, direction: 'OUT', amount: null },
          { block: 4, direction: 'OUT', amount: '1' },
          { block: 3, direction: 'IN', amount: '20' },
          { block: 2, direction: 'OUT', amount: '300' },
          // Minted.
          { block: 1, direction: 'IN', amount: '600' },
        ],
        total: 5,
      });
    });

    it('goes on behind a cursor across both directions', async () => {
      const query = `query ($after: String) { feed(account: "${ALICE}", limit: 2, after: $after) { rows { block } endCursor } }`;
      const { feed: first } = await ask(query);
      const { feed: second } = await ask(query, { after: first.endCursor });
      expect([...first.rows, ...second.rows].map((row) => row.block)).toEqual([960, 4, 3, 2]);
    });

    it.each([
      ['', [970 - 10, 950, 900, 250, 100, 4, 3, 2, 1]],
      ['(nodeId: 0)', [900, 250, 100]],
      ['(jobId: 3)', [950]],
      ['(kinds: [JOB_POSTED, REWARD_SETTLEMENT_SKIPPED])', [960, 950]],
      [`(txHash: "${TX('22')}")`, [950]],
    ])('is of %s', async (asked, blocks) => {
      const { feed } = await ask(`{ feed${asked} { rows { block } total } }`);
      expect(feed.rows.map((row: { block: number }) => row.block)).toEqual(blocks);
      expect(feed.total).toBe(blocks.length);
    });

    it('refuses what no index answers, and says what is possible', async () => {
      expect(await refusal(`{ feed(account: "${ALICE}", kinds: [TRANSFER]) { hasMore } }`)).toBe(
        'feed has no index over account and kinds together: give one of account, nodeId, jobId, kinds, txHash',
      );
      expect(await refusal('{ feed(kinds: []) { hasMore } }')).toMatch(/kinds is empty/);
    });
  });

  it('a transaction shows all its rows', async () => {
    const rows = `activities { kind } rounds { round reporter } batches { epoch batch } evidence { epoch }
      skippedSettlements { namedNodeId } governance { kind account }`;
    const data = await ask(`{
      many: transaction(hash: "${TX('22')}") { block ${rows} } skip: transaction(hash: "${TX('33')}") { ${rows} }
      rule: transaction(hash: "${TX('44')}") { block ${rows} } none: transaction(hash: "${TX('77')}") { hash } }`);
    const nothing = { activities: [], rounds: [], batches: [], evidence: [], skippedSettlements: [], governance: [] };
    expect(data.many).toEqual({
      ...{ ...nothing, block: 950, activities: [{ kind: 'JOB_POSTED' }], batches: [{ epoch: 239, batch: 0 }] },
      rounds: [
        { round: 41, reporter: REPORTER },
        { round: 42, reporter: REPORTER },
      ],
      evidence: [{ epoch: 238 }, { epoch: 239 }],
    });
    expect(data.skip).toMatchObject({ skippedSettlements: [{ namedNodeId: 4_294_967_295 }] });
    expect(data.rule).toEqual({ ...nothing, block: 970, governance: [{ kind: 'ROLE_GRANTED', account: BOB }] });
    expect(data.none).toBeNull();
  });

  it.each([
    ['7', []],
    ['60', ['NODE 60']],
    [' Node 1 ', ['NODE 1']],
    ['node #0', ['NODE 0']],
    ['job 3', ['JOB 3']],
    ['epoch 239', ['EPOCH 239']],
    ['epoch 12', []],
    ['round 42', ['ROUND 42']],
    [ALICE, [`ACCOUNT ${ALICE}`]],
    [BOB.slice(0, 8), [`ACCOUNT ${BOB}`]],
    [ALICE.slice(0, 7), []],
    [TX('22'), [`TRANSACTION ${TX('22')}`]],
    [TX('44'), [`TRANSACTION ${TX('44')}`]],
    [TX('77'), []],
    ["'; DROP TABLE account", []],
    ['999999999999', []],
  ])('search for %j finds %j', async (text, hits) => {
    const { search } = await ask('query ($text: String!) { search(text: $text) { kind id } }', { text });
    expect(search.map(({ kind, id }: { kind: string; id: string }) => `${kind} ${id}`)).toEqual(hits);
  });

  it('open jobs are those with shards to claim before their deadline', async () => {
    const { all, mine, rich } = await ask(`{ all: openJobs { rows { jobId openShardCount } total }
      mine: openJobs(filter: { hardwareClass: 2, scoreBps: 4999 }) { total }
      rich: openJobs(filter: { minPricePerShard: "400" }) { rows { jobId } } }`);
    expect(all).toEqual({
      rows: [
        { jobId: '4', openShardCount: 2 },
        { jobId: '3', openShardCount: 2 },
      ],
      total: 2,
    });
    expect(mine).toEqual({ total: 0 });
    expect(rich).toEqual({ rows: [{ jobId: '4' }] });
  });

  describe('the series', () => {
    it('by epoch has no gaps: an epoch without an event keeps the levels and has no flows', async () => {
      const { networkSeries } = await ask(`{ networkSeries(unit: EPOCH, limit: 4) {
        points { number startsAt levels { holders } flows { transfers jobFees } } } }`);
      expect(networkSeries.points).toEqual(
        [
          [240, '9', '10'],
          [239, '0', '0'],
          [238, '11', '10'],
          [237, '0', '0'],
        ].map(([number, transfers, jobFees]) => ({
          ...{ number, startsAt: iso(GENESIS_TIME + Number(number) * EPOCH_SECONDS) },
          ...{ levels: { holders: 3 }, flows: { transfers, jobFees } },
        })),
      );
    });

    it('goes back to all time before epoch 0, and not further', async () => {
      const { networkSeries } = await ask(`{ networkSeries(unit: EPOCH, limit: 100, before: 4) {
        points { number flows { transfers } } } }`);
      expect(networkSeries.points).toEqual([
        { number: 3, flows: { transfers: '4' } },
        ...[2, 1, 0].map((number) => ({ number, flows: { transfers: '0' } })),
        { number: -1, flows: { transfers: '10' } },
      ]);
    });

    it('by day begins with the first day that has a row', async () => {
      const { networkSeries } = await ask('{ networkSeries(unit: DAY) { points { number flows { transfers } } } }');
      const today = Math.floor(NOW / 86_400);
      expect(networkSeries.points).toEqual(
        ['0', '25', '0', '20'].map((transfers, ago) => ({ number: today - ago, flows: { transfers } })),
      );
    });
  });

  it('constants are those of chain, contracts and the newest methodology', async () => {
    const { networkConstants } =
      await ask(`{ networkConstants { chainId genesisHash contracts { name address fromBlock }
      constants { contract name value unit } methodology { fromEpoch quorum } } }`);
    expect(networkConstants).toMatchObject({
      ...{ chainId: '31337', genesisHash: TX('99'), methodology: { fromEpoch: 200, quorum: 2 } },
      contracts: [{ name: 'DPNToken', address: ALICE, fromBlock: 3 }],
    });
    expect(networkConstants.constants[1]).toEqual({
      ...{ contract: 'ReputationOracle', name: 'epochSeconds', value: '3600', unit: 'seconds' },
    });
  });

  it('reporters show their newest round and evidence', async () => {
    const { reportersLiveness } = await ask(
      '{ reportersLiveness { rows { reporter slot newestRound newestEvidenceEpoch } } }',
    );
    expect(reportersLiveness.rows).toEqual([
      { reporter: REPORTER, slot: 1, newestRound: 42, newestEvidenceEpoch: 239 },
    ]);
  });

  describe('a bad argument is named', () => {
    const cursor = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');
    const wrongPlace = cursor(['1']);
    it.each([
      ['nodes(limit: 0) { hasMore }', /^limit is 0/],
      ['holders(limit: 101) { hasMore }', /^limit is 101/],
      ['nodes(after: "no cursor") { hasMore }', /^after is no cursor/],
      [`nodes(after: "${wrongPlace}") { hasMore }`, /^after is no cursor/],
      [`nodes(after: "${cursor(['many', '0000000000'])}") { hasMore }`, /^after is no cursor/],
      [`nodes(after: "${cursor({ length: 2 })}") { hasMore }`, /^after is no cursor/],
      [`feed(after: "${cursor([null])}") { hasMore }`, /^after is no cursor/],
      [`feed(after: "${cursor(['\0'])}") { hasMore }`, /^after is no cursor/],
      [`feed(after: "${'A'.repeat(600)}") { hasMore }`, /^after is no cursor/],
      ['nodes(filter: { operator: "0x12" }) { hasMore }', /^filter.operator is no address/],
      ['nodes(filter: { minScoreBps: 10001 }) { hasMore }', /^filter.minScoreBps is 10001/],
      ['nodes(filter: { minStake: "-1" }) { hasMore }', /^filter.minStake is none of DPN wei/],
      [`nodes(filter: { region: "${'x'.repeat(65)}" }) { hasMore }`, /^filter.region has 65 characters/],
      ['node(nodeId: -1) { freshness { lagBlocks } }', /^nodeId is -1/],
      ['account(address: "alice") { balance }', /^address is no address/],
      ['transaction(hash: "0x12") { block }', /^hash is no transaction hash/],
      ['feed(jobId: "1000000000000") { hasMore }', /^jobId is 1000000000000/],
      [`search(text: "${'x'.repeat(65)}") { id }`, /^text has 65 characters/],
      ['networkSeries(unit: DAY, before: -1) { points { number } }', /^before is -1/],
    ])('%s', async (query, words) => {
      expect(await refusal(`{ ${query} }`)).toMatch(words);
    });
  });
});
