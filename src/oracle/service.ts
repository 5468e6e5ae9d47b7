import { setMaxListeners } from 'node:events';
import { createLogger } from '@subsquid/logger';
import type { Wallet } from 'ethers';
import cron from 'node-cron';
import { type Chain, connectChain } from '../chain/connect';
import { loadKey } from '../chain/keys';
import type { Outbox } from '../chain/outbox';
import { ContractRevert } from '../chain/revert';
import { TransactionSender } from '../chain/sender';
import { networkOf } from '../config/networks';
import type { SettingsOf } from '../config/settings';
import { SOFTWARE } from '../config/version';
import { dpinDomain } from '../protocol/eip712';
import { RetryableError } from '../runtime/errors';
import { type Closer, drain } from '../runtime/exit';
import { patiently } from '../runtime/patience';
import { aborted } from '../runtime/stop-signal';
import { EpochCloser } from './epochs/closer';
import { Gateway } from './gateway/gateway';
import type { NodeKey } from './gateway/session';
import { type RoundContext, roundAt } from './rounds/context';
import { Inbox } from './rounds/inbox';
import { Scheduler } from './rounds/scheduler';
import { ChallengeStore } from './store/challenges';
import { Database, openPool } from './store/database';
import { IdentityStore } from './store/identity';
import { IncidentStore } from './store/incidents';
import { migrateOracleSchema } from './store/migrate';
import { OpeningStore } from './store/openings';
import { RoundStore } from './store/rounds';
import { TransactionStore } from './store/transactions';
import { Verifier } from './verification/verifier';

/** Nodes dial again within 4 s; a round that opened earlier would find honest ones unreachable. */
const RECONNECT_MS = 6_000;
/** Work under way at the stop gets this long; the database knows where to go on. */
const STOP_MS = 2_500;

export interface OracleOptions {
  settings: SettingsOf<'oracle'>;
  /** Stops the oracle. */
  signal: AbortSignal;
  /** Told the gateway's port once it listens. */
  onListening?(port: number): void;
}

/**
 * Runs a reporter's oracle until the signal fires.
 * @throws FatalError for what a person must mend; RetryableError when the chain stays away at the start
 */
export async function runOracle({ settings, signal: stop, onListening }: OracleOptions): Promise<void> {
  // A failure stops the same work as the caller's signal does.
  const failure = new AbortController();
  const signal = AbortSignal.any([stop, failure.signal]);
  // Every wait listens to it; there are as many as rounds, challenges and transactions under way.
  setMaxListeners(0, signal);
  const log = createLogger('dpin:oracle');
  const wallet = await loadKey(settings, settings.CHAIN_ID);
  const chain = await connectChain(settings);
  const pool = openPool(settings, log);
  const database = new Database(pool, log, signal);
  const verifier = new Verifier();
  // In the order in which they are opened; closed the other way round, each when those after it are.
  const closing: Closer[] = [() => chain.provider.destroy(), () => pool.end(), () => verifier.close()];
  try {
    const applied = await database.patiently(() => migrateOracleSchema(pool));
    if (applied.length > 0) log.info({ applied }, 'database schema brought up to date');
    const reporter = wallet.address.toLowerCase();
    await new IdentityStore(database).claim({ chainId: chain.chainId, oracle: chain.oracle.address, reporter });
    await verifier.start();

    const sender = transactionSender(chain, wallet, new TransactionStore(database));
    await database.patiently(() => patiently('transactions under way', () => sender.resume(), { log, signal }));

    const closer = new EpochCloser({ chain, sender, database, signal, wallet });
    await closer.warmUp();

    const schedule = await patiently('schedule', () => chain.oracle.schedule(), { log, signal });
    const times = {
      genesisMs: schedule.genesisTime * 1000,
      slotMs: schedule.slotSeconds * 1000,
      slotsPerEpoch: schedule.slotsPerEpoch,
    };
    const startedAtMs = Date.now();
    const inbox = new Inbox(startedAtMs, roundAt(startedAtMs, times) + 1);
    const incidents = new IncidentStore(database);
    const domain = dpinDomain(chain.chainId, chain.registry.address);
    const gateway = new Gateway({
      host: settings.ORACLE_HOST,
      port: settings.ORACLE_PORT,
      chainId: chain.chainId,
      registry: chain.registry.address,
      reporter,
      software: SOFTWARE,
      domain,
      nodeKey: (nodeId) => nodeKey(chain, nodeId),
      messages: inbox,
      log,
      addIncident: (incident) => {
        incidents
          .add(incident)
          .catch((error: Error) => log.warn({ error: error.message }, 'incident not written down'));
      },
    });
    const context: RoundContext = {
      chain,
      oracleAddress: chain.oracle.address,
      sender,
      rounds: new RoundStore(database),
      challenges: new ChallengeStore(database),
      openings: new OpeningStore(database),
      gateway,
      verifier,
      signer: wallet,
      domain,
      reporter,
      times,
      minOpenMs: networkOf(chain.chainId).minOpenMs,
      minBusyPriceWei: settings.MIN_BUSY_PRICE_WEI,
      software: SOFTWARE,
      log,
      signal,
    };
    const scheduler = new Scheduler(context, inbox, startedAtMs + RECONNECT_MS);
    closing.push(() => scheduler.stopped());
    // Ends the waits for mined transactions, which rounds and postings would otherwise sit out.
    closing.push(() => sender.close());

    const port = await gateway.listen();
    closing.push(() => gateway.close());
    log.info({ port, reporter, chainId: chain.chainId }, 'oracle listens');
    onListening?.(port);
    await tickUntilStopped(scheduler, closer, signal);
  } catch (error) {
    // What was interrupted by the stop is no failure.
    if (!stop.aborted) throw error;
  } finally {
    failure.abort(new Error('the oracle stops'));
    await drain(closing, STOP_MS);
  }
}

/** Both ticks each second. @throws what makes closing epochs impossible for good */
async function tickUntilStopped(scheduler: Scheduler, closer: EpochCloser, signal: AbortSignal): Promise<void> {
  let fail!: (error: unknown) => void;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const task = cron.schedule('* * * * * *', () => {
    scheduler.tick().catch(fail);
    closer.tick().catch((error: unknown) => {
      if (!signal.aborted) fail(error);
    });
  });
  try {
    await Promise.race([aborted(signal), failed]);
  } finally {
    await task.destroy();
  }
}

function transactionSender(chain: Chain, wallet: Wallet, outbox: Outbox): TransactionSender {
  const { chainId, provider, blocks, oracle } = chain;
  return new TransactionSender({
    provider,
    blocks,
    wallet,
    chainId,
    outbox,
    abiOf: (address) => (address === oracle.address ? oracle.abi : undefined),
  });
}

/** Key and device count of a node at the head; null for one that is unknown or retired. */
async function nodeKey(chain: Chain, nodeId: number): Promise<NodeKey | null> {
  try {
    const node = await chain.registry.node(nodeId);
    return node.retired ? null : { workerKey: node.workerKey, devices: node.devices };
  } catch (error) {
    if (error instanceof ContractRevert) return null;
    throw error instanceof RetryableError ? error : new Error('the chain cannot be read', { cause: error });
  }
}
