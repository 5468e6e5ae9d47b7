/** A process that takes an oracle's lock, says so and keeps it until it is killed. */
const { createLogger } = require('@subsquid/logger');
const { takeOracleLock } = require('../../../lib/oracle/store/oracle-lock');

const { settings, identity } = JSON.parse(process.env.TASK);
const signal = new AbortController().signal;
takeOracleLock({ settings, identity, log: createLogger('dpin:test'), signal }).then(() => {
  process.stdout.write('held\n');
});
