/**
 * A process that sends transactions and gets killed: reads its task as JSON from the environment, prints a line per
 * finished transaction. Runs on the built code, as the oracle does.
 */
const { Wallet } = require('ethers');
const { createLogger } = require('@subsquid/logger');
const { Blocks } = require('../../lib/chain/blocks');
const { TransactionStore } = require('../../lib/oracle/store/transactions');
const { ChainProvider } = require('../../lib/chain/provider');
const { TransactionSender } = require('../../lib/chain/sender');
const { Database, openPool } = require('../../lib/oracle/store/database');

async function main() {
  const task = JSON.parse(process.env.TASK);
  const log = createLogger('dpin:test');
  const pool = openPool(task.database, log);
  const database = new Database(pool, log, new AbortController().signal);
  const provider = new ChainProvider(task.rpcUrl, task.chainId);
  const sender = new TransactionSender({
    provider,
    blocks: new Blocks(provider, task.finalityBlocks),
    wallet: new Wallet(task.key),
    chainId: task.chainId,
    outbox: new TransactionStore(database),
    pollMs: 20,
  });
  await sender.resume();
  await Promise.all(
    task.requests.map(async (request) => {
      const receipt = await sender.send(request);
      process.stdout.write(`${JSON.stringify({ key: request.key, txHash: receipt.txHash })}\n`);
    }),
  );
  provider.destroy();
  await pool.end();
}

main();
