import { createLogger, Logger } from '@subsquid/logger';
import type { ChallengeRecords, RoundRecords } from '../../src/oracle/rounds/ports';
import type { PresenceRecords } from '../../src/oracle/rounds/presence';
import { ChallengeStore } from '../../src/oracle/store/challenges';
import { Database, openPool } from '../../src/oracle/store/database';
import { migrateOracleSchema } from '../../src/oracle/store/migrate';
import { PresenceStore } from '../../src/oracle/store/presence';
import { RoundStore } from '../../src/oracle/store/rounds';
import type { Findings } from '../../src/simulation/inspect';
import { MemoryStore } from '../../src/simulation/memory-store';
import { simulateRounds } from '../../src/simulation/run';
import { startTestPostgres, type TestPostgres } from '../support/postgres';

const silent = new Logger(() => undefined, 'dpin:simulation');
const run = (seed: number, over: Partial<Parameters<typeof simulateRounds>[0]> = {}) =>
  simulateRounds({ seed, rounds: 10, nodes: 20, faults: 8, log: silent, ...over });
const nothingWrong = { honestFailed: 0, honestMissed: 0, unfinished: 0, problems: [] };

/** The stores' methods as one object. */
function together(...stores: object[]): RoundRecords & ChallengeRecords & PresenceRecords {
  const one: Record<string, unknown> = {};
  for (const store of stores) {
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(store))) {
      const method: unknown = Reflect.get(store, name);
      if (typeof method === 'function') one[name] = method.bind(store);
    }
  }
  return one as unknown as RoundRecords & ChallengeRecords & PresenceRecords;
}

describe('simulated rounds', () => {
  it('gives the same findings for the same seed', async () => {
    expect(await run(5)).toEqual(await run(5));
  });

  it('ends every round, and fails no honest node, through a few seeds of faults', async () => {
    for (let seed = 900_000; seed < 900_010; seed++) expect(await run(seed)).toMatchObject(nothingWrong);
  });

  it('catches what it is there to catch: an oracle that forgets its absences is found out', async () => {
    class Forgetful extends MemoryStore {
      override async since(): Promise<[]> {
        return [];
      }
    }
    const found: Findings[] = [];
    for (let seed = 1; seed <= 20; seed++) found.push(await run(seed, { records: new Forgetful() }));
    expect(found.some(({ problems }) => problems.length > 0)).toBe(true);
  });

  it('catches a store that loses what it was given', async () => {
    class Leaky extends MemoryStore {
      private saved = 0;
      override async saveReveal(challenge: Parameters<MemoryStore['saveReveal']>[0]): Promise<void> {
        if (this.saved++ % 50 !== 49) await super.saveReveal(challenge);
      }
      override async saveAnswer(challenge: Parameters<MemoryStore['saveAnswer']>[0]): Promise<void> {
        if (this.saved++ % 50 !== 49) await super.saveAnswer(challenge);
      }
    }
    const { problems } = await run(3, { records: new Leaky() });
    expect(problems.join('\n')).toMatch(/has a receipt for what is not recorded/);
  });

  describe('on a real Postgres', () => {
    let postgres: TestPostgres;
    let database: Database;
    beforeAll(async () => {
      const log = createLogger('dpin:test');
      postgres = await startTestPostgres();
      database = new Database(openPool(postgres.env, log), log, new AbortController().signal);
      await migrateOracleSchema(database.pool);
    }, 60_000);
    afterAll(async () => {
      await database.pool.end();
      await postgres.remove();
    });

    it('comes to the same end', async () => {
      const records = together(new RoundStore(database), new ChallengeStore(database), new PresenceStore(database));
      const options = { rounds: 4, nodes: 12, faults: 6 };
      const findings = await run(7, { ...options, records });
      expect(findings).toMatchObject(nothingWrong);
      expect(findings).toEqual(await run(7, options));
    }, 120_000);
  });
});
