/**
 * A process that closes epochs and gets killed: reads its task as JSON from the environment and ends when the epoch is
 * over. Runs on the built code, as the oracle does.
 */
const { Wallet } = require('ethers');
const { createLogger } = require('@subsquid/logger');
const { connectChain } = require('../../../lib/chain/connect');
const { TransactionStore } = require('../../../lib/oracle/store/transactions');
const { TransactionSender } = require('../../../lib/chain/sender');
const { EpochCloser } = require('../../../lib/oracle/epochs/closer');
const { EpochStore } = require('../../../lib/oracle/store/epochs');
const { Database, openPool } = require('../../../lib/oracle/store/database');

async function main() {
  const task = JSON.parse(process.env.TASK);
  const log = createLogger('dpin:test');
  const pool = openPool(task.database, log);
  const database = new Database(pool, log, new AbortController().signal);
  const chain = await connectChain(task.settings);
  const wallet = new Wallet(task.key);
  const outbox = new TransactionStore(database);
  const { provider, blocks, chainId } = chain;
  const sender = new TransactionSender({ provider, blocks, wallet, chainId, outbox, pollMs: 50 });
  await sender.resume();
  const closer = new EpochCloser({ chain, sender, database, wallet });
  const epochs = new EpochStore(database);
  for (;;) {
    await closer.tick();
    const row = await epochs.find(task.epoch);
    if (row && ['posted', 'failed', 'empty'].includes(row.state)) {
      process.stdout.write(`${row.state}\n`);
      process.exit(0);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

main();
