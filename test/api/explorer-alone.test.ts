import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCustomResolvers } from '@subsquid/graphql-server/lib/resolvers';
import { getNamedType, isEnumType, isObjectType, parse } from 'graphql';
import { buildApiSchema } from '../../src/server-extension/schema';
import { startTestApi, type TestApi } from './fixture';
import { ALICE, seedExplorer } from './seed-explorer';

describe('an index without anything beside it', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.stop());

  it('says that nothing is known before the indexer ever ran', async () => {
    const { data, errors } = await api.ask(`{
      freshness { indexedBlock chainBlock lagBlocks newestProvenEpoch }
      overview { levels { holders } epoch { number } last24h { fromAt } }
      nodes { rows { nodeId } total } networkSeries(unit: DAY) { points { number } }
      networkConstants { chainId contracts { name } constants { name } methodology { quorum } }
      reportersLiveness { rows { reporter } } openJobs { total } account(address: "${ALICE}") { balance } }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      freshness: { indexedBlock: null, chainBlock: null, lagBlocks: null, newestProvenEpoch: null },
      overview: { levels: null, epoch: null, last24h: null },
      nodes: { rows: [], total: 0 },
      networkSeries: { points: [] },
      networkConstants: { chainId: null, contracts: [], constants: [], methodology: null },
      reportersLiveness: { rows: [] },
      openJobs: { total: 0 },
      account: null,
    });
  });

  it("answers without a reporter's tables, and says that they are not there", async () => {
    await seedExplorer(api.db);
    await api.db.query('DROP SCHEMA oracle CASCADE');
    const { data, errors } = await api.ask(`{
      node(nodeId: 0) { summary { scoreBps uptime24h { passed } } rates { round } coverage { held } freshness { lagBlocks } }
      nodeScoreHistory(nodeId: 0, limit: 1) { rows { epoch rounds { held } } } }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      node: {
        summary: { scoreBps: 9_001, uptime24h: { passed: 20 } },
        ...{ rates: null, coverage: null, freshness: { lagBlocks: 4 } },
      },
      nodeScoreHistory: { rows: [{ epoch: 239, rounds: null }] },
    });
  });
});

describe('the schema of the queries', () => {
  it('names the values of enums that the index has, too', async () => {
    const schema = await buildApiSchema();
    const model = parse(readFileSync(join(__dirname, '..', '..', 'schema.graphql'), 'utf8'));
    for (const name of ['ScoreStatus', 'ScoreOutcome', 'ActivityKind']) {
      const definition = model.definitions.find((one) => one.kind === 'EnumTypeDefinition' && one.name.value === name);
      if (definition?.kind !== 'EnumTypeDefinition') throw new Error(`${name} is no enum of the index`);
      const type = schema.getType(name);
      if (!isEnumType(type)) throw new Error(`${name} is no enum of the API`);
      const inIndex = definition.values?.map(({ name: value }) => value.value);
      expect(type.getValues().map(({ name: value }) => value)).toEqual(inIndex);
    }
  });

  it('has a cost for each list of our own: as many rows as asked for', async () => {
    const resolvers = await loadCustomResolvers(require.resolve('../../src/server-extension/resolvers'));
    const lists = Object.values(resolvers.getQueryType()?.getFields() ?? {}).filter(({ args }) =>
      args.some(({ name }) => name === 'limit' || name === 'epochs'),
    );
    expect(lists.map(({ name }) => name)).toEqual(expect.arrayContaining(['nodes', 'feed', 'rounds', 'explainScore']));
    for (const { name, args, extensions } of lists) {
      const complexity = extensions?.['complexity'] as (asked: { args: object; childComplexity: number }) => number;
      const size = args.find((arg) => arg.name === 'limit' || arg.name === 'epochs')?.name as string;
      expect([name, complexity({ args: { [size]: 7 }, childComplexity: 3 })]).toEqual([name, 21]);
      expect([name, complexity({ args: {}, childComplexity: 1 })]).toEqual([
        name,
        args.find((arg) => arg.name === size)?.defaultValue,
      ]);
    }
  });

  it('gives amounts as the index does, in the same scalar', async () => {
    const schema = await buildApiSchema();
    const summary = schema.getType('NodeSummary');
    const node = schema.getType('GpuNode');
    if (!isObjectType(summary) || !isObjectType(node)) throw new Error('types of nodes are objects');
    const [own, ofIndex] = [summary, node].map((type) => getNamedType(type.getFields()['totalStake']!.type));
    expect(own).toBe(ofIndex);
  });
});
