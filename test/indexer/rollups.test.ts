import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Figures } from '../../src/audit/ledger';
import { seriesFromLogs } from '../../src/audit/series-from-logs';
import { EXIT_DIFFERENT, EXIT_FATAL } from '../../src/runtime/exit';
import { Fixture } from './fixture';
import { Scenario } from './scenario';

const COMMAND = join(__dirname, '..', '..', 'bin', 'dpin.js');
const DAY_SECONDS = 86_400;

type Row = Record<string, unknown>;

const camelCase = (column: string) => column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

describe('the series of days and epochs', () => {
  let fixture: Fixture;
  let scenario: Scenario;
  let database: string;
  let epochSeconds: number;

  beforeAll(async () => {
    fixture = await Fixture.start();
    scenario = new Scenario(fixture);
    database = await fixture.database();
    const indexer = fixture.index(database);
    await scenario.governance();
    await scenario.stakingAndRegistry();
    await scenario.jobs();
    await scenario.oracle(1, 5_000);
    await scenario.rewards();
    await scenario.oracle(8, 6_000);
    await scenario.pass(DAY_SECONDS);
    for (let choice = 0; choice < 12; choice++) await scenario.step(choice);
    await scenario.jobs();
    // A day without an event between them.
    await scenario.pass(2 * DAY_SECONDS);
    await scenario.endings();
    await scenario.step(1);
    await fixture.mine(20);
    await fixture.untilIndexed(database, indexer);
    expect(await indexer.stop()).toBe(0);
    epochSeconds = Number(await scenario.read('ReputationOracle', 'epochSeconds', []));
  }, 120_000);
  afterAll(() => fixture.stop());

  function rollups(...args: string[]) {
    const env = { ...process.env, ...fixture.env(database) };
    const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'rollups', ...args], { env });
    return { status, output: `${stdout}${stderr}` };
  }

  const series = async () => {
    const dump = await fixture.dump(database);
    const rows = (table: string): Row[] => (dump.get(table) ?? []).map((row) => JSON.parse(row));
    return { days: rows('network_day'), epochs: rows('network_epoch') };
  };

  it('are what the raw logs come to, day by day and epoch by epoch', async () => {
    const { network, chain } = fixture;
    const clock = { genesisTime: network.genesisTime, epochSeconds };
    const height = await chain.provider.getBlockNumber();
    const due = await seriesFromLogs(chain.provider, network.deployment, clock, height);
    const found = await series();
    for (const name of ['days', 'epochs'] as const) {
      expect(found[name].length).toBeGreaterThan(2);
      expect(found[name].map(({ number }) => number)).toEqual([...due[name].keys()]);
      for (const { id: _, number, starts_at: __, block: ___, timestamp: ____, ...columns } of found[name]) {
        const said = due[name].get(number as number) as Figures;
        const texts = Object.entries(columns).map(([column, value]) => [camelCase(column), String(value)] as const);
        const zeros = Object.fromEntries(texts.map(([column]) => [column, '0']));
        expect({ number, ...Object.fromEntries(texts) }).toEqual({ number, ...zeros, ...said });
      }
    }
  });

  it('begin where the calendar and the oracle say, all time before epoch 0 first', async () => {
    const { days, epochs } = await series();
    for (const { number, starts_at } of days) {
      expect(starts_at).toBe(new Date((number as number) * DAY_SECONDS * 1000).toISOString());
    }
    expect(epochs[0]).toMatchObject({ id: '0', number: -1, starts_at: '1970-01-01T00:00:00.000Z' });
    for (const { id, number, starts_at } of epochs.slice(1)) {
      expect(id).toBe(String(number).padStart(10, '0'));
      const seconds = fixture.network.genesisTime + (number as number) * epochSeconds;
      expect(starts_at).toBe(new Date(seconds * 1000).toISOString());
    }
  });

  it('are what the histories of the index come to, and are made anew from them', async () => {
    const before = await fixture.dump(database);
    expect(rollups('--check')).toEqual({
      status: 0,
      output: expect.stringContaining('the series equal the histories'),
    });
    await fixture.query(database, 'TRUNCATE network_day, network_epoch');
    const empty = rollups('--check');
    expect(empty).toEqual({ status: EXIT_DIFFERENT, output: expect.stringContaining('histories have it') });

    expect(rollups()).toEqual({
      status: 0,
      output: expect.stringMatching(/^\d+ rows of days and epochs were made anew/m),
    });
    expect(await fixture.dump(database)).toEqual(before);
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    expect(rollups()).toEqual({ status: EXIT_FATAL, output: expect.stringContaining('An indexer works on this') });
    await scenario.step(0);
    await fixture.untilIndexed(database, indexer);
    expect(rollups('--check').status).toBe(0);
    expect(await indexer.stop()).toBe(0);
  }, 60_000);

  it('name row, column and both values where they differ', async () => {
    const { days } = await series();
    const last = days.at(-1)!;
    await fixture.query(database, `UPDATE network_day SET holders = holders + 1 WHERE id = '${last['id']}'`);
    const found = rollups('--check');
    const holders = last['holders'] as number;
    expect(found.output).toContain(`network_day ${last['id']}: holders ${holders + 1}, by histories ${holders}`);
    expect(found.status).toBe(EXIT_DIFFERENT);
    const { differenceCount, differences } = JSON.parse(rollups('--check', '--json').output.trim().split('\n').at(-1)!);
    expect(differenceCount).toBe(1);
    expect(differences).toMatchObject([{ table: 'network_day', id: last['id'] }]);
    await fixture.query(database, `UPDATE network_day SET holders = ${holders} WHERE id = '${last['id']}'`);
  });

  it('cannot be made before anything is indexed', async () => {
    const before = database;
    database = await fixture.database();
    expect(rollups('--check').output).toContain('Nothing is indexed yet');
    database = before;
  });
});
