import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVIDENCE_LIMITS } from '../../../src/oracle/evidence/http/limits';
import { openEvidence } from '../../../src/oracle/evidence/open';
import { Database, openPool } from '../../../src/oracle/store/database';
import { migrateOracleSchema } from '../../../src/oracle/store/migrate';
import { StatusStore } from '../../../src/oracle/store/status';
import { type Closer, drain } from '../../../src/runtime/exit';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';
import { recordingLog } from './log';
import { dial } from './sockets';

const REPORTER = `0x${'01'.repeat(20)}`;
const ORACLE = `0x${'02'.repeat(20)}`;

describe('the evidence of an oracle', () => {
  const { lines, log } = recordingLog();
  const closing: Closer[] = [];
  let folder: string;
  let postgres: TestPostgres;
  let database: Database;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dpin-evidence-'));
    postgres = await startTestPostgres();
    const pool = openPool({ ...postgres.env, DB_PORT: Number(postgres.env.DB_PORT) }, log);
    await migrateOracleSchema(pool);
    database = new Database(pool, log, new AbortController().signal);
  });
  afterAll(async () => {
    await drain(closing, 5_000);
    await database.pool.end();
    await postgres.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is public where the database tells the API, as soon as it is stored', async () => {
    const store = await openEvidence({
      settings: {
        EVIDENCE_DIR: folder,
        EVIDENCE_MAX_GB: 1,
        EVIDENCE_HOST: '127.0.0.1',
        EVIDENCE_PORT: 0,
        EVIDENCE_URL: '',
      },
      network: { chainId: 31337, challengeWindowMs: 7_200_000 },
      ...{ reporter: REPORTER, oracle: ORACLE, status: new StatusStore(database), log, closing },
    });
    const hash = await store.put(Buffer.from('{"verdict":"OK"}'));
    const [status] = await database.query<{ evidence_url: string; challenge_window_seconds: number }>(
      'SELECT evidence_url, challenge_window_seconds FROM status',
    );
    expect(status?.challenge_window_seconds).toBe(7_200);
    expect(status?.evidence_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const about = await (await fetch(status!.evidence_url)).json();
    expect(about).toEqual({ reporter: REPORTER, chainId: 31337, oracle: ORACLE, challengeWindowSeconds: 7_200 });
    const answer = await fetch(`${status!.evidence_url}/evidence/${hash.slice(2)}`);
    expect(await answer.json()).toEqual({ verdict: 'OK' });
    expect(lines.filter((line) => line.includes('evidence is public'))).toHaveLength(1);
    // All connections to an address of this machine are a proxy's, so they are not counted as one client's.
    const many = Array.from({ length: 2 * EVIDENCE_LIMITS.connectionsPerAddress }, () =>
      dial(Number(new URL(status!.evidence_url).port)),
    );
    for (const { socket, ended } of await Promise.all(many)) {
      socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      await ended;
      expect(socket.bytesRead).toBeGreaterThan(0);
    }
  });
});
