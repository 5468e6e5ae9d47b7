import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { EXIT_RETRY } from '../../src/runtime/exit';
import { type RpcProxy, type Rule, startRpcProxy } from '../support/rpc-proxy';
import { Fixture } from './fixture';

const COMMAND = join(__dirname, '..', '..', 'bin', 'dpin.js');
const refusing =
  (...methods: string[]): Rule =>
  (method) =>
    methods.length === 0 || methods.includes(method)
      ? { error: { code: -32_000, message: 'invalid api key' } }
      : 'pass';

describe('a first endpoint that answers nothing sound', () => {
  let fixture: Fixture;
  let proxy: RpcProxy;
  let database: string;

  beforeAll(async () => {
    fixture = await Fixture.start();
    proxy = await startRpcProxy(fixture.chain.url);
    await fixture.mine(5);
    database = await fixture.database();
  }, 120_000);
  afterAll(async () => {
    await proxy.close();
    await fixture.stop();
  });
  const both = () => `${proxy.url}/v3/secret,${fixture.chain.url}`;

  const broken: [string, Rule][] = [
    ['errors', refusing()],
    ['an error to eth_getCode', refusing('eth_getCode')],
    ['null', () => ({ alter: () => null })],
    ['what is no JSON-RPC', () => ({ status: 200, body: { hello: 1 } })],
    ['what is no chain id', (method) => (method === 'eth_chainId' ? { alter: () => '0xzz' } : 'pass')],
  ];
  it.each(broken)('keeps no index from its start: %s', async (_, rule) => {
    proxy.rule = rule;
    const indexer = fixture.index(database, { RPC_URL: both() });
    await fixture.mine(1);
    await fixture.untilIndexed(database, indexer);
    expect(await indexer.stop()).toBe(0);
    expect(indexer.output).toContain('RPC endpoint gives no sound answer; going on at the next');
    expect(indexer.output).not.toContain('secret');
  });

  it('ends the start where it is the only one, with its words', async () => {
    proxy.rule = refusing();
    const indexer = fixture.index(database, { RPC_URL: `${proxy.url}/v3/secret,${proxy.url}` });
    expect(await indexer.exited).toBe(EXIT_RETRY);
    expect(indexer.output).toContain(
      [
        'RPC_URL: an endpoint answers with an error: invalid api key',
        `  endpoint 1: ${proxy.url}: invalid api key`,
        `  endpoint 2: ${proxy.url}: invalid api key`,
      ].join('\n'),
    );
  });

  const calls: [string, Rule][] = [
    ['errors', refusing('eth_call')],
    ['nothing', (method) => (method === 'eth_call' ? { alter: () => '0x' } : 'pass')],
  ];
  it.each(calls)('keeps no audit from reading contracts: %s', async (_, rule) => {
    proxy.rule = (method, params) => (params[1] === 'latest' ? rule(method, params) : 'pass');
    expect((await audit(both())).code).toBe(0);
    const alone = await audit(proxy.url);
    expect(alone.code).toBe(EXIT_RETRY);
    expect(alone.output).toMatch(/^RPC_URL: an endpoint (answers with an error: invalid|gives what ReputationOracle)/m);
    expect(alone.output).not.toMatch(/^ +at /m);
  });

  async function audit(RPC_URL: string): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, [COMMAND, 'audit'], {
      env: {
        ...process.env,
        ...fixture.postgres.env,
        RPC_URL,
        CHAIN_ID: String(fixture.chain.chainId),
        DEPLOYMENT_FILE: fixture.network.deploymentFile,
        FINALITY_BLOCKS: '5',
        DB_NAME: database,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    const [code] = await once(child, 'close');
    return { code, output };
  }
});
