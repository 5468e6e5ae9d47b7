/** A process with a pool of its own that prints the processes' ids and waits to be killed. */
const { createLogger } = require('@subsquid/logger');
const { VerifierPool } = require('../../../lib/oracle/verification/pool');

const pool = new VerifierPool({ workers: 2, log: createLogger('dpin:test') });
pool.start().then(async () => {
  while (pool.pids.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  process.stdout.write(`${JSON.stringify(pool.pids)}\n`);
});
