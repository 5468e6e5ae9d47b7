import { createLogger } from '@subsquid/logger';
import { ChallengeStore } from '../../../src/oracle/store/challenges';
import { Database, openPool } from '../../../src/oracle/store/database';
import { migrateOracleSchema } from '../../../src/oracle/store/migrate';
import { Retention } from '../../../src/oracle/store/retention';
import { RoundStore } from '../../../src/oracle/store/rounds';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';
import { until } from '../../support/until';

const log = createLogger('dpin:test');
const DAY_MS = 86_400_000;
const NOW_MS = 1_000 * DAY_MS;
const RETENTION_DAYS = 90;
/** Rounds of an epoch; each round is a day long here. */
const ROUNDS_PER_EPOCH = 4;
const epochOf = (round: number) => Math.floor(round / ROUNDS_PER_EPOCH);

describe('retention', () => {
  let postgres: TestPostgres;
  let database: Database;
  let challenges: ChallengeStore;

  const open = (signal = new AbortController().signal) => {
    const { DB_PORT, ...settings } = postgres.env;
    return new Database(openPool({ ...settings, DB_PORT: Number(DB_PORT) }, log), log, signal);
  };

  beforeAll(async () => {
    postgres = await startTestPostgres();
    database = open();
    challenges = new ChallengeStore(database);
    await migrateOracleSchema(database.pool);
  });

  afterAll(async () => {
    await database.pool.end();
    await postgres.remove();
  });

  beforeEach(() =>
    database.query('TRUNCATE rounds, challenges, transcripts, epochs, incidents, absences, transactions'),
  );

  /** A round that ended so many days ago, with its anchor. */
  async function round(number: number, daysAgo: number, state = 'closed'): Promise<void> {
    const end = new Date(NOW_MS - daysAgo * DAY_MS);
    await database.query(
      `INSERT INTO rounds (round, epoch, reporter, state, task, slot_start, slot_end, start_at, timetable, software)
       VALUES ($1, $2, '0x0c', $3, 'gemm', $4, $4, $4, '{}', 'test/1')`,
      [number, epochOf(number), state, end],
    );
    await database.query(
      `INSERT INTO transactions (key, from_address, to_address, data, nonce, raw_tx, tx_hash, state)
       VALUES ($1, '0x0c', '0x0d', '', $2, '', '', 'mined')`,
      [`anchor:${number}`, number],
    );
  }

  /** A device's challenge with its transcript. */
  async function challenge(
    number: number,
    nodeId: number,
    verdict = 'OK',
    task = 'gemm',
    opsPerMs = number,
  ): Promise<void> {
    await database.query(
      `INSERT INTO challenges (round, epoch, node_id, device, hardware_class, worker_key, operator, reward_recipient,
         task, params, task_seed, reference_per_ms, expected_ms, deadline_ms, verdict, verdict_group, ops_per_ms)
       VALUES ($1, $2, $3, 0, 0, '', '', '', $4, '{"n": 64, "w": 32, "T": 5, "K": 24, "m": 2}', '', 1, 1, 1, $5, 'pass', $6)`,
      [number, epochOf(number), nodeId, task, verdict, opsPerMs],
    );
    await database.query(
      "INSERT INTO transcripts (round, epoch, node_id, device, document, sha256) VALUES ($1, $2, $3, 0, '{}', '')",
      [number, epochOf(number), nodeId],
    );
  }

  async function epochs(from: number, to: number, state: string): Promise<void> {
    await database.query(
      'INSERT INTO epochs (epoch, state) SELECT epoch, $3 FROM generate_series($1::int, $2::int) epoch',
      [from, to, state],
    );
  }

  const numbers = async (sql: string) => (await database.query<{ n: string }>(sql)).map(({ n }) => Number(n));
  const roundsLeft = () => numbers('SELECT round AS n FROM rounds ORDER BY round');
  const challengesLeft = () => numbers('SELECT round AS n FROM challenges ORDER BY round, node_id');
  const transcriptsLeft = () => numbers('SELECT round AS n FROM transcripts ORDER BY round, node_id');
  const prune = (days = RETENTION_DAYS) => new Retention(database, days).prune(NOW_MS);

  /** Rounds 0 to 11 in three epochs that are over; 0 to 7 are old. One node passes in all of them. */
  async function threeEpochs(): Promise<void> {
    for (let number = 0; number < 12; number++) {
      await round(number, number < 8 ? RETENTION_DAYS + 8 - number : 12 - number);
      await challenge(number, 1);
    }
    await epochs(0, 2, 'posted');
  }

  it('deletes old rounds with their challenges, transcripts and anchor transactions, and no others', async () => {
    await threeEpochs();
    expect(await prune()).toEqual({ rounds: 8, incidents: 0, absences: 0, addresses: 0 });
    for (const left of [roundsLeft, challengesLeft, transcriptsLeft]) expect(await left()).toEqual([8, 9, 10, 11]);
    expect(await numbers('SELECT nonce AS n FROM transactions ORDER BY nonce')).toEqual([8, 9, 10, 11]);
  });

  it('deletes nothing when everything is to be kept for ever', async () => {
    await threeEpochs();
    expect(await prune(0)).toEqual({ rounds: 0, incidents: 0, absences: 0, addresses: 0 });
    expect(await roundsLeft()).toHaveLength(12);
  });

  it('does no more when it runs again', async () => {
    await threeEpochs();
    await challenge(2, 7);
    await prune();
    expect(await prune()).toEqual({ rounds: 0, incidents: 0, absences: 0, addresses: 0 });
    expect(await roundsLeft()).toEqual([2, 8, 9, 10, 11]);
  });

  it('keeps the last rate of every device and task, and what it hangs on', async () => {
    await threeEpochs();
    await challenge(1, 7, 'OK', 'gemm', 71);
    await challenge(3, 7, 'OK', 'gemm', 73);
    await challenge(5, 7, 'NO_OPENING');
    await challenge(2, 8, 'OK', 'tree', 82);
    await challenge(4, 9, 'LATE');
    const devices = [1, 7, 8, 9].map((nodeId) => ({ nodeId, device: 0 }));
    const rates = async () => [
      await challenges.lastRates('gemm', devices),
      await challenges.lastRates('tree', devices),
    ];
    const before = await rates();
    await prune();
    expect(await rates()).toEqual(before);
    expect(before[0]).toEqual(new Map(Object.entries({ '1/0': 11n, '7/0': 73n })));
    expect(await roundsLeft()).toEqual([2, 3, 8, 9, 10, 11]);
    expect(await challengesLeft()).toEqual([2, 3, 8, 9, 10, 11]);
    expect(await transcriptsLeft()).toEqual([2, 3, 8, 9, 10, 11]);
  });

  it('still has a last rate when the backstop overturns the newest one', async () => {
    for (const number of [0, 1, 2]) {
      await round(number, RETENTION_DAYS + 9 - number);
      await challenge(number, 1);
    }
    await round(8, 1);
    await challenge(8, 1);
    await epochs(0, 1, 'posted');
    await prune();
    await database.query("UPDATE challenges SET verdict = 'WRONG_RESULT' WHERE round = 8");
    expect(await challenges.lastRates('gemm', [{ nodeId: 1, device: 0 }])).toEqual(new Map([['1/0', 2n]]));
  });

  it.each(['measured', 'anchored', 'proving'])(
    'keeps an old epoch that is %s, and one without a row',
    async (state) => {
      for (let number = 0; number < 12; number++) {
        await round(number, RETENTION_DAYS + 12 - number);
        await challenge(number, 1);
      }
      await epochs(0, 0, 'empty');
      await epochs(1, 1, state);
      await prune();
      expect((await roundsLeft()).filter((number) => number >= 4)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
      expect(await transcriptsLeft()).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
    },
  );

  it('keeps a round that is not over, whatever its epoch says', async () => {
    await threeEpochs();
    await database.query("UPDATE rounds SET state = 'opening' WHERE round = 5");
    await prune();
    expect(await roundsLeft()).toEqual([5, 8, 9, 10, 11]);
  });

  it('keeps the newest round and the newest with challenges, when the oracle was away for longer', async () => {
    for (let number = 0; number < 6; number++) await round(number, RETENTION_DAYS + 9 - number, 'void');
    for (const number of [1, 3]) await challenge(number, 1, 'LATE');
    await epochs(0, 1, 'empty');
    await prune();
    expect(await roundsLeft()).toEqual([3, 5]);
    expect(await new RoundStore(database).newest()).toBe(5);
    expect((await challenges.ofNewestBefore(9)).map(({ round: number }) => number)).toEqual([3]);
  });

  it('keeps an anchor transaction that is still under way: its nonce counts', async () => {
    await threeEpochs();
    await database.query("UPDATE transactions SET state = 'sent' WHERE key = 'anchor:4'");
    await prune();
    expect(await numbers('SELECT nonce AS n FROM transactions ORDER BY nonce')).toEqual([4, 8, 9, 10, 11]);
  });

  it('deletes old incidents, absences and addresses, however many', async () => {
    const cutoff = new Date(NOW_MS - RETENTION_DAYS * DAY_MS);
    await database.query(
      `INSERT INTO incidents (at, remote, kind, detail) SELECT $1::timestamptz + n * interval '1 second', '', 'rate', ''
       FROM generate_series(-11000, 2) n`,
      [cutoff],
    );
    await database.query(
      `INSERT INTO absences (from_at, to_at, lost_ms, why) SELECT $1::timestamptz + n * interval '1 second',
         $1::timestamptz + n * interval '1 second', 1, 'down' FROM generate_series(-2, 2) n`,
      [cutoff],
    );
    await database.query(
      `INSERT INTO addresses (node_id, address, seen_at) SELECT n + 5, '192.0.2.7', $1::timestamptz + n * interval '1 second'
       FROM generate_series(-4, 2) n`,
      [cutoff],
    );
    expect(await prune()).toEqual({ rounds: 0, incidents: 11_000, absences: 2, addresses: 4 });
    expect(await numbers('SELECT count(*) AS n FROM incidents')).toEqual([3]);
    expect(await numbers('SELECT count(*) AS n FROM absences')).toEqual([3]);
    expect(await numbers('SELECT count(*) AS n FROM addresses')).toEqual([3]);
  });

  it('leaves whole rounds when it is killed in the middle, and the next one goes on', async () => {
    await threeEpochs();
    const stopping = new AbortController();
    const doomed = open(stopping.signal);
    const holder = await database.pool.connect();
    try {
      // Round 5 is held: the pruning has done with those before and cannot go on.
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM transcripts WHERE round = 5 FOR UPDATE');
      const pruning = new Retention(doomed, RETENTION_DAYS).prune(NOW_MS);
      pruning.catch(() => undefined);
      const waiting = "SELECT pid AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
      await until('the pruning waits', async () => (await numbers(waiting)).length > 0);
      stopping.abort(new Error('killed'));
      await database.query('SELECT pg_terminate_backend(pid::int) FROM unnest($1::int[]) pid', [
        await numbers(waiting),
      ]);
      await expect(pruning).rejects.toThrow();
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
      await doomed.pool.end();
    }
    for (const left of [roundsLeft, challengesLeft, transcriptsLeft]) {
      expect(await left()).toEqual([5, 6, 7, 8, 9, 10, 11]);
    }
    expect(await prune()).toEqual({ rounds: 3, incidents: 0, absences: 0, addresses: 0 });
    expect(await roundsLeft()).toEqual([8, 9, 10, 11]);
  });
});
