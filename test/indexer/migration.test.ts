import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { readSettings, type SettingsOf } from '../../src/config/settings';
import { auditIndex } from '../../src/indexer/audit/audit';
import { ormOptions } from '../../src/indexer/store/orm';
import { Fixture } from './fixture';
import { Scenario } from './scenario';

const COMMAND = join(__dirname, '..', '..', 'bin', 'dpin.js');

type Row = Record<string, unknown>;

/** Migrations after the first release, newest first. */
const SINCE_FIRST_RELEASE = ['Explorer1795757452007', 'Histories1795718400000', 'NoForeignKeys1763802000000'];
/** Histories that begin with the migration, as Network.historiesAfterBlock says. */
const LATE_TABLES = [
  'class_weight_change',
  'emission_change',
  'fee_change',
  'governance_event',
  'methodology_change',
  'network_day',
  'network_epoch',
  'reward_settlement_skip',
  'stake_change',
  'weight_change',
];
/** Columns that old rows do not tell. */
const LATE_COLUMNS = ['created_block', 'created_at', 'updated_block', 'updated_at'];
const LATE_OF_TABLE: Readonly<Record<string, readonly string[]>> = {
  network: ['reward_distributor', 'histories_after_block', 'reward_per_weight', 'reward_per_weight_at'],
  gpu_node: ['reward_per_weight_paid'],
  delegation: ['pending_rewards', 'reward_per_share_paid'],
};
const LATE_KINDS = ['REWARD_DISTRIBUTOR_SET', 'REWARD_SETTLEMENT_SKIPPED'];

describe('an index of the first release', () => {
  let fixture: Fixture;
  let scenario: Scenario;
  beforeAll(async () => {
    fixture = await Fixture.start();
    scenario = new Scenario(fixture);
    await scenario.governance();
    await scenario.stakingAndRegistry();
    await scenario.jobs();
    await scenario.oracle(1, 5_000);
    await scenario.rewards();
    await fixture.mine(20);
  }, 120_000);
  afterAll(() => fixture.stop());

  const settingsOf = (database: string): SettingsOf<'indexer'> =>
    readSettings('indexer', {
      ...fixture.postgres.env,
      DB_NAME: database,
      RPC_URL: fixture.chain.url,
      CHAIN_ID: '31337',
      DEPLOYMENT_FILE: fixture.network.deploymentFile,
    });

  /** Makes of an index of today one of the first release: its tables, and nothing in them that it did not write. */
  async function toFirstRelease(database: string): Promise<void> {
    const settings = settingsOf(database);
    const migrations = [join(__dirname, '..', '..', 'db', 'migrations', '*.js')];
    const source = await new DataSource({ ...ormOptions(settings), migrations }).initialize();
    try {
      for (const name of SINCE_FIRST_RELEASE) {
        const [last] = await source.query('SELECT name FROM migrations ORDER BY id DESC LIMIT 1');
        expect(last.name).toBe(name);
        await source.undoLastMigration();
      }
      await source.query('DELETE FROM activity WHERE kind = ANY($1)', [LATE_KINDS]);
      const unnamed = [
        'NODE_UPDATED',
        'WORKER_KEY_ROTATED',
        'NODE_RETIRED',
        'COMMISSION_SCHEDULED',
        'COMMISSION_APPLIED',
      ];
      unnamed.push('SHARD_CLAIMED', 'SHARD_SUBMITTED', 'SHARD_ACCEPTED', 'JOB_COMPLETED', 'JOB_CANCELLED');
      await source.query('UPDATE activity SET account_id = NULL WHERE kind = ANY($1)', [unnamed]);
    } finally {
      await source.destroy();
    }
  }

  const parsed = (dump: Map<string, string[]>, table: string): Row[] =>
    (dump.get(table) ?? []).map((row) => JSON.parse(row));

  /** A table without what the migration could not know. */
  function known(dump: Map<string, string[]>, table: string): Row[] {
    const late = [...LATE_COLUMNS, ...(LATE_OF_TABLE[table] ?? [])];
    return parsed(dump, table)
      .filter(({ kind }) => table !== 'activity' || !LATE_KINDS.includes(kind as string))
      .map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => !late.includes(column))));
  }

  it('goes on where it stands, with all that its rows tell, and says from where on it has the rest', async () => {
    const database = await fixture.database();
    const first = fixture.index(database);
    await fixture.untilIndexed(database, first);
    expect(await first.stop()).toBe(0);
    const { block: migratedAt } = parsed(await fixture.dump(database), 'network')[0] as { block: number };
    await toFirstRelease(database);

    const second = fixture.index(database);
    for (const choice of [0, 1, 3, 4, 5, 7, 9]) await scenario.step(choice);
    await scenario.jobs();
    await scenario.oracle(20, 6_000);
    await scenario.rewards();
    await scenario.endings();
    await fixture.mine(10);
    await fixture.untilIndexed(database, second);
    expect(await second.stop()).toBe(0);
    expect(second.output).toContain(SINCE_FIRST_RELEASE[0]);

    const dump = await fixture.dump(database);
    const clean = await fixture.cleanDump();
    expect([...dump.keys()]).toEqual([...clean.keys()]);
    for (const table of dump.keys()) {
      if (!LATE_TABLES.includes(table)) expect([table, known(dump, table)]).toEqual([table, known(clean, table)]);
      else {
        const later = parsed(clean, table).filter(({ block }) => (block as number) > migratedAt);
        expect([table, parsed(dump, table)]).toEqual([table, later]);
      }
    }
    expect(parsed(dump, 'network')[0]).toMatchObject({ histories_after_block: migratedAt });
    expect(parsed(clean, 'network')[0]).toMatchObject({ histories_after_block: 0 });

    const early = parsed(dump, 'reward_accrual').filter(({ block }) => (block as number) <= migratedAt);
    expect(early.filter(({ reward_per_share }) => reward_per_share !== '0').length).toBeGreaterThan(0);
    const settled = (table: string, column: string) => parsed(dump, table).filter((row) => row[column] !== null).length;
    expect(settled('gpu_node', 'reward_per_weight_paid')).toBeGreaterThan(0);
    expect(settled('delegation', 'reward_per_share_paid')).toBeGreaterThan(0);
    const audit = await auditIndex(
      { ...settingsOf(database), AUDIT_CALLS_PER_SECOND: 100_000 },
      new AbortController().signal,
    );
    expect(audit.differences.filter(({ field }) => field !== 'rewardDistributor')).toEqual([]);

    // Earlier periods have figures that no row tells: the series begin with the first weight after the update.
    const [{ block: toldFrom }] = parsed(dump, 'weight_change') as [{ block: number }];
    await fixture.query(database, 'TRUNCATE network_day, network_epoch');
    const env = { ...process.env, ...fixture.env(database) };
    const { status } = spawnSync(process.execPath, [COMMAND, 'rollups'], { env });
    expect(status).toBe(0);
    const rebuilt = await fixture.dump(database);
    for (const table of ['network_day', 'network_epoch']) {
      const told = parsed(clean, table).filter(({ block }) => (block as number) >= toldFrom);
      expect(told.length).toBeGreaterThan(0);
      expect([table, parsed(rebuilt, table)]).toEqual([table, told]);
    }
  }, 120_000);
});
