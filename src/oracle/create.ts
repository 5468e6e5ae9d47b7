import type { Logger } from '@subsquid/logger';
import type { Wallet } from 'ethers';
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
import type { Closer } from '../runtime/exit';
import { patiently } from '../runtime/patience';
import { EpochCloser } from './epochs/closer';
import { Gateway } from './gateway/gateway';
import type { NodeKey } from './gateway/handshakes';
import { type RoundContext, roundAt, type SlotTimes } from './rounds/context';
import { Inbox } from './rounds/inbox';
import { OpenClasses } from './rounds/open-classes';
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

/** A reporter's oracle that is ready to listen: what an earlier process left unfinished is under way again. */
export interface Oracle {
  chainId: number;
  /** The reporter's account, lower-case. */
  reporter: string;
  gateway: Gateway;
  scheduler: Scheduler;
  closer: EpochCloser;
}

export interface OracleSurroundings {
  settings: SettingsOf<'oracle'>;
  log: Logger;
  /** Fires when the process stops. */
  signal: AbortSignal;
  /** Gets a closer for each thing as it is opened, also when what comes after it fails. */
  closing: Closer[];
}

/**
 * Opens everything an oracle works with and puts it together; starts no round yet.
 * @throws FatalError for what a person must mend; RetryableError when the chain stays away
 */
export async function createOracle({ settings, log, signal, closing }: OracleSurroundings): Promise<Oracle> {
  const wallet = await loadKey(settings, settings.CHAIN_ID);
  const reporter = wallet.address.toLowerCase();
  const chain = await connectChain(settings);
  closing.push(() => chain.provider.destroy());
  const pool = openPool(settings, log);
  closing.push(() => pool.end());
  const database = new Database(pool, log, signal);
  const applied = await database.patiently(() => migrateOracleSchema(pool));
  if (applied.length > 0) log.info({ applied }, 'database schema brought up to date');
  await new IdentityStore(database).claim({ chainId: chain.chainId, oracle: chain.oracle.address, reporter });

  const verifier = new Verifier();
  closing.push(() => verifier.close());
  await verifier.start();
  const sender = transactionSender(chain, wallet, new TransactionStore(database));
  await database.patiently(() => patiently('transactions under way', () => sender.resume(), { log, signal }));
  const closer = new EpochCloser({ chain, sender, database, signal, wallet });
  await closer.warmUp();

  const times = await slotTimes(chain, log, signal);
  const startedAtMs = Date.now();
  const firstRound = roundAt(startedAtMs, times) + 1;
  const inbox = new Inbox(startedAtMs, firstRound);
  const domain = dpinDomain(chain.chainId, chain.registry.address);
  const incidents = new IncidentStore(database);
  const gateway = new Gateway({
    host: settings.ORACLE_HOST,
    port: settings.ORACLE_PORT,
    chainId: chain.chainId,
    registry: chain.registry.address,
    reporter,
    software: SOFTWARE,
    domain,
    firstRound,
    limits: { perAddress: settings.GATEWAY_PER_ADDRESS },
    nodeKey: (nodeId) => nodeKey(chain, nodeId),
    messages: inbox,
    log,
    addIncident: (incident) => {
      incidents.add(incident).catch((error: Error) => log.warn({ error: error.message }, 'incident not written down'));
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
    openClasses: new OpenClasses(networkOf(chain.chainId), log),
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
  closing.push(() => gateway.close());
  return { chainId: chain.chainId, reporter, gateway, scheduler, closer };
}

async function slotTimes(chain: Chain, log: Logger, signal: AbortSignal): Promise<SlotTimes> {
  const schedule = await patiently('schedule', () => chain.oracle.schedule(), { log, signal });
  return {
    genesisMs: schedule.genesisTime * 1000,
    slotMs: schedule.slotSeconds * 1000,
    slotsPerEpoch: schedule.slotsPerEpoch,
  };
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
