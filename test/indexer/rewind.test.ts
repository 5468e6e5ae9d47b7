import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { toBeHex } from 'ethers';
import { EXIT_FATAL } from '../../src/runtime/exit';
import { startRpcProxy } from '../support/rpc-proxy';
import { until } from '../support/until';
import { Fixture } from './fixture';
import { Scenario } from './scenario';

const COMMAND = join(__dirname, '..', '..', 'bin', 'dpin.js');

describe('an index that is set back', () => {
  let fixture: Fixture;
  let scenario: Scenario;

  beforeAll(async () => {
    fixture = await Fixture.start();
    scenario = new Scenario(fixture);
    await scenario.stakingAndRegistry();
    await scenario.oracle(1, 5_000);
    await scenario.rewards();
  }, 120_000);
  afterAll(() => fixture.stop());

  function started(database: string, to: string, args: string[] = [], change: Record<string, string> = {}) {
    const child = spawn(process.execPath, [COMMAND, 'rewind', '--to', to, ...args], {
      env: { ...process.env, ...fixture.env(database), ...change },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    return { child, output: () => output, ended: once(child, 'close').then(([code]) => ({ code, output })) };
  }
  const rewind = (database: string, to: number | string, args?: string[], change?: Record<string, string>) =>
    started(database, String(to), args, change).ended;

  /** Indexes up to the newest block, and gives that with all rows. */
  async function indexed(database: string): Promise<{ height: number; rows: Map<string, string[]> }> {
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    expect(await indexer.stop()).toBe(0);
    return { height: await fixture.height(database), rows: await fixture.dump(database) };
  }

  it('in front of finality has the rows that it had then, and goes on to those of a clean index', async () => {
    const database = await fixture.database();
    const before = await indexed(database);
    for (let step = 0; step < 4; step++) await scenario.step(step + 3);
    const after = await indexed(database);
    expect(after.rows).not.toEqual(before.rows);

    const { code, output } = await rewind(database, before.height);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/^The blocks after \d+ were taken back; the index ended at block \d+ before\.$/m),
    });
    expect(await fixture.dump(database)).toEqual(before.rows);
    expect(await fixture.height(database)).toBe(before.height);
    expect((await rewind(database, before.height)).output).toContain('Nothing to do: the index ends at block');
    const { output: json } = await rewind(database, before.height, ['--json']);
    expect(json).toContain(JSON.stringify({ from: before.height, to: before.height, how: 'nothing' }));

    await indexed(database);
    expect(await fixture.dump(database)).toEqual(await fixture.cleanDump());
  }, 120_000);

  it('behind finality has the rows that it had then, and goes on to those of a clean index', async () => {
    const database = await fixture.database();
    const before = await indexed(database);
    for (let step = 0; step < 5; step++) await scenario.step(step * 3);
    await fixture.mine(20);
    await indexed(database);

    const { code, output } = await rewind(database, before.height);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringContaining(`Index made anew up to block ${before.height};`),
    });
    expect(output).toContain('the block is behind finality');
    expect(await fixture.height(database)).toBe(before.height);
    expect(await fixture.dump(database)).toEqual(before.rows);

    await indexed(database);
    expect(await fixture.dump(database)).toEqual(await fixture.cleanDump());
  }, 120_000);

  it('loses nothing when it is killed meanwhile: the same call goes on', async () => {
    const database = await fixture.database();
    const before = await indexed(database);
    await fixture.mine(30);
    await indexed(database);
    const first = started(database, String(before.height));
    await until('that the index is forgotten', async () => (await fixture.height(database)) < before.height);
    first.child.kill('SIGKILL');
    await first.ended;

    const { code, output } = await rewind(database, before.height);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/Index made (further, up to|anew up to) block|Nothing to do/),
    });
    expect(await fixture.dump(database)).toEqual(before.rows);
    await indexed(database);
    expect(await fixture.dump(database)).toEqual(await fixture.cleanDump());
  }, 120_000);

  it('is left alone over an endpoint that could not give it again', async () => {
    const database = await fixture.database();
    await fixture.mine(20);
    const { height, rows } = await indexed(database);
    const to = height - 12;
    const proxy = await startRpcProxy(fixture.chain.url);
    try {
      const stuck = await fixture.chain.provider.send('eth_getBlockByNumber', [toBeHex(to - 5), false]);
      proxy.rule = (_, [tag]) => (tag === 'latest' ? { alter: () => stuck } : 'pass');
      const change = { RPC_URL: proxy.url };
      expect(await rewind(database, to, [], change)).toEqual({
        code: EXIT_FATAL,
        output: expect.stringContaining(`block ${to} is not final at the endpoints of RPC_URL`),
      });
      proxy.rule = (method) =>
        method === 'eth_getLogs' ? { error: { code: -32_601, message: 'Method not found' } } : 'pass';
      const refused = started(database, String(to), [], change);
      // It tries again for a minute.
      await until('word of the refusal', () => refused.output().includes('eth_getLogs: Method not found'));
      refused.child.kill('SIGTERM');
      await refused.ended;
    } finally {
      await proxy.close();
    }
    expect(await fixture.dump(database)).toEqual(rows);
  }, 180_000);

  it('is left alone when an indexer works on it, or the block is none that it can have', async () => {
    const database = await fixture.database();
    await fixture.mine(10);
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    const rows = await fixture.dump(database);
    const refusals: [string, string][] = [
      ['10', 'An indexer works on this database already'],
      ['0', '--to: events begin in block 1, block 0 is before it'],
      ['ten', '--to <block>: "ten" is not the height of a block'],
    ];
    for (const [to, words] of refusals) {
      const { code, output } = await rewind(database, to);
      expect({ code, output }).toEqual({ code: EXIT_FATAL, output: expect.stringContaining(words) });
    }
    expect(await indexer.stop()).toBe(0);
    const { code, output } = await rewind(database, 100_000);
    expect({ code, output }).toEqual({
      code: EXIT_FATAL,
      output: expect.stringContaining('is not final at the endpoints'),
    });
    await fixture.query(database, `UPDATE squid_processor.network_mark SET genesis_hash = '0x01'`);
    expect((await rewind(database, 10)).output).toContain('has the index of another network');
    const nowhere = await rewind('nowhere', 10);
    expect(nowhere).toEqual({ code: EXIT_FATAL, output: expect.stringContaining('DB_NAME: Postgres has no such') });
    expect(nowhere.output).not.toMatch(/^ +at /m);
    expect(await fixture.dump(database)).toEqual(rows);
  }, 120_000);
});
