// Writes the migration that brings the index from db/migrations to schema.graphql, against a Postgres of its own that
// it starts and removes. Run by `npm run migration`, after `npm run codegen`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const { databaseEnvironment } = require('../lib/config/database.js');
const { freePorts } = require('../lib/devnet/machine/ports.js');
const { removePostgres, startPostgres } = require('../lib/devnet/machine/postgres.js');

process.chdir(join(import.meta.dirname, '..'));
const dir = mkdtempSync(join(tmpdir(), 'dpin-migration-'));
const [port] = await freePorts(1);
const postgres = await startPostgres({ dir, port });
try {
  const env = { ...process.env, ...databaseEnvironment(postgres.address) };
  const model = join(import.meta.dirname, 'model-without-foreign-keys.cjs');
  for (const step of ['apply', 'generate']) {
    const program = require.resolve(`@subsquid/typeorm-migration/lib/${step}.js`);
    const options = { env, stdio: 'inherit' };
    process.exitCode = spawnSync(process.execPath, ['--require', model, program], options).status ?? 1;
    if (process.exitCode !== 0) break;
  }
} finally {
  await postgres.stop();
  await removePostgres(dir);
  rmSync(dir, { recursive: true, force: true });
}
