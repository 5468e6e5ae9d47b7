import { createLogger } from '@subsquid/logger';
import { evidenceOf } from '../../../src/oracle/epochs/evidence';
import { Database, openPool } from '../../../src/oracle/store/database';
import { migrateOracleSchema } from '../../../src/oracle/store/migrate';
import { TranscriptStore } from '../../../src/oracle/store/transcripts';
import { EMPTY_ROOT, merkleRoot } from '../../../src/protocol/merkle';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';

let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const log = createLogger('dpin:test');
  const pool = openPool(postgres.env, log);
  database = new Database(pool, log, new AbortController().signal);
  await migrateOracleSchema(pool);
});
afterAll(async () => {
  await database.pool.end();
  await postgres.remove();
});

it('takes the root over all transcripts by round, node and device, however many pages they fill', async () => {
  await database.query(
    `INSERT INTO oracle.transcripts (round, node_id, device, epoch, document, sha256)
     SELECT round, node, device, 7, round || '/' || node || '/' || device || ' é', '' FROM generate_series(70, 74) round,
       generate_series(0, 255) node, generate_series(0, 1) device ORDER BY random()`,
  );
  await database.query(
    "INSERT INTO oracle.transcripts (round, node_id, device, epoch, document, sha256) VALUES (80, 0, 0, 8, 'other', '')",
  );
  const documents: Uint8Array[] = [];
  for (let round = 70; round <= 74; round++) {
    for (let node = 0; node <= 255; node++) {
      for (let device = 0; device <= 1; device++) documents.push(Buffer.from(`${round}/${node}/${device} é`, 'utf8'));
    }
  }
  const evidence = await evidenceOf(new TranscriptStore(database).documentsOf(7));
  expect(evidence.transcripts).toBe(2_560);
  expect(Buffer.from(evidence.root)).toEqual(Buffer.from(merkleRoot(documents)));
});

it('gives the empty root for an epoch without transcripts', async () => {
  expect(await evidenceOf(new TranscriptStore(database).documentsOf(9))).toEqual({ root: EMPTY_ROOT, transcripts: 0 });
});
