import { randomBytes, randomInt } from 'node:crypto';
import type { Logger } from '@subsquid/logger';
import type { TypedDataDomain, Wallet } from 'ethers';
import { type Chain, connectChain } from '../chain/connect';
import { loadKey } from '../chain/keys';
import type { Outbox } from '../chain/outbox';
import { ContractRevert } from '../chain/revert';
import { TransactionSender } from '../chain/sender';
import type { MetricsOf } from '../config/metrics';
import { type Network, networkOf } from '../config/networks';
import type { SettingsOf } from '../config/settings';
import { SOFTWARE } from '../config/version';
import type { LifetimeLock } from '../database/lifetime-lock';
import { dpinDomain, isSignedBy, signMessage } from '../protocol/eip712';
import { spareMs } from '../protocol/rounds/timetable';
import { SYSTEM_CLOCK } from '../runtime/clock';
import { FatalError, RetryableError } from '../runtime/errors';
import type { Closer } from '../runtime/exit';
import { patiently } from '../runtime/patience';
import { EpochCloser } from './epochs/closer';
import { openEvidence } from './evidence/open';
import type { EvidenceStore } from './evidence/store';
import { Gateway } from './gateway/gateway';
import type { HandshakeOptions } from './gateway/handshakes';
import type { NodeKey } from './gateway/node-keys';
import { runBackstop } from './rounds/backstop';
import { ContractChain } from './rounds/chain';
import type { RoundContext, SlotTimes } from './rounds/context';
import { firstRoundOf, Inbox } from './rounds/inbox';
import { OpenClasses } from './rounds/open-classes';
import type { RoundSigner } from './rounds/ports';
import { PresenceLog } from './rounds/presence';
import { Scheduler } from './rounds/scheduler';
import { AddressStore } from './store/addresses';
import { ChallengeStore } from './store/challenges';
import { Database, openPool } from './store/database';
import { IdentityStore } from './store/identity';
import { type Incident, IncidentStore } from './store/incidents';
import { migrateOracleSchema } from './store/migrate';
import { takeOracleLock } from './store/oracle-lock';
import { PresenceStore } from './store/presence';
import { Retention } from './store/retention';
import { RoundStore } from './store/rounds';
import { StatusStore } from './store/status';
import { TransactionStore } from './store/transactions';
import { counted } from './verification/counted';
import { VerifierPool } from './verification/pool';

/** A reporter's oracle that is ready to listen: what an earlier process left unfinished is under way again. */
export interface Oracle {
  chainId: number;
  /** The reporter's account, lower-case. */
  reporter: string;
  chain: Chain;
  gateway: Gateway;
  inbox: Inbox;
  checker: VerifierPool;
  evidence: EvidenceStore;
  presence: PresenceLog;
  scheduler: Scheduler;
  closer: EpochCloser;
  lock: LifetimeLock;
  retention: Retention;
}

export interface OracleSurroundings {
  settings: SettingsOf<'oracle'>;
  metrics: MetricsOf<'oracle'>;
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
export async function createOracle({ settings, metrics, log, signal, closing }: OracleSurroundings): Promise<Oracle> {
  const wallet = await loadKey(settings, settings.CHAIN_ID);
  const reporter = wallet.address.toLowerCase();
  const chain = await connectChain(settings);
  closing.push(() => chain.provider.destroy());
  const identity = { chainId: chain.chainId, oracle: chain.oracle.address, reporter };
  const lock = await takeOracleLock({ settings, identity, log, signal });
  closing.push(() => lock.release());
  const pool = openPool(settings, log);
  closing.push(() => pool.end());
  const database = new Database(pool, log, signal, () => lock.held(), metrics);
  const applied = await database.patiently(() => migrateOracleSchema(pool));
  if (applied.length > 0) log.info({ applied }, 'database schema brought up to date');
  await new IdentityStore(database).claim(identity);

  const checker = new VerifierPool({ workers: settings.ORACLE_VERIFIERS, log });
  closing.push(() => checker.close());
  await checker.start();
  const network = networkOf(chain.chainId);
  const evidence = await openEvidence({
    ...{ settings, network, reporter, log, closing },
    oracle: chain.oracle.address,
    status: new StatusStore(database),
  });
  const sender = transactionSender(chain, wallet, new TransactionStore(database));
  await database.patiently(() => patiently('transactions under way', () => sender.resume(), { log, signal }));

  const times = await slotTimes(chain, log, signal);
  assertSlotHoldsRound(network, times);
  const rounds = new RoundStore(database);
  const firstRound = await firstRoundOf(rounds, SYSTEM_CLOCK, times);
  const inbox = new Inbox(firstRound);
  const domain = dpinDomain(chain.chainId, chain.registry.address);
  const incidents = new IncidentStore(database);
  const addIncident = (incident: Incident) => {
    incidents.add(incident).catch((error: Error) => log.warn({ error: error.message }, 'incident not written down'));
  };
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
    addresses: await nodeAddresses(database, log),
    messages: inbox,
    log,
    addIncident: (incident) => {
      metrics.add('dpin_oracle_refusals_total', { kind: incident.kind });
      addIncident(incident);
    },
  });
  const standstills = (sinceMs: number) => gateway.standstills(sinceMs);
  const presence = new PresenceLog(new PresenceStore(database), standstills, SYSTEM_CLOCK, log);
  const { timetable, overlapMs, maxClockDriftMs } = network;
  const context: RoundContext = {
    clock: SYSTEM_CLOCK,
    chain: new ContractChain({
      chain,
      sender,
      minBusyPriceWei: settings.MIN_BUSY_PRICE_WEI,
      openClasses: new OpenClasses(network, log),
    }),
    rounds,
    challenges: new ChallengeStore(database),
    gateway,
    presence,
    checker: counted(checker, metrics),
    evidence,
    signer: roundSigner(wallet, domain),
    random: { bytes: randomBytes, below: randomInt },
    reporter,
    times,
    timetable,
    overlapMs,
    maxClockDriftMs,
    software: SOFTWARE,
    log,
    metrics,
    addIncident,
    signal,
  };
  const beforeMeasuring = (epoch: number) => runBackstop(context, epoch);
  const closer = new EpochCloser({ chain, sender, database, signal, metrics, wallet, beforeMeasuring });
  await closer.warmUp();
  const scheduler = new Scheduler(context, inbox);
  closing.push(() => scheduler.stopped());
  // Ends the waits for mined transactions, which rounds and postings would otherwise sit out.
  closing.push(() => sender.close());
  closing.push(() => gateway.close());
  const retention = new Retention(database, settings.ORACLE_RETENTION_DAYS);
  return {
    ...{ chainId: chain.chainId, reporter, chain, lock },
    ...{ gateway, inbox, checker, evidence, presence, scheduler, closer, retention },
  };
}

/** @throws FatalError when the contract's slots are too short for the network's timetable */
function assertSlotHoldsRound({ timetable, overlapMs, name }: Network, { slotMs }: SlotTimes): void {
  try {
    spareMs(timetable, slotMs, overlapMs);
  } catch (error) {
    throw new FatalError(
      `The slots of this ReputationOracle do not hold a round of ${name}: ${(error as Error).message}`,
      'Use a deployment whose slotSeconds are long enough, or the software that belongs to it.',
      { slotMs, ...timetable },
      { cause: error },
    );
  }
}

function roundSigner(wallet: Wallet, domain: TypedDataDomain): RoundSigner {
  return {
    sign: (message, value) => signMessage(wallet, domain, message, value),
    isSignedBy: (signer, message, value, signature) => isSignedBy(signer, domain, message, value, signature),
  };
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

async function nodeAddresses(database: Database, log: Logger): Promise<HandshakeOptions['addresses']> {
  const store = new AddressStore(database);
  return {
    known: await store.all(),
    add: (at) => {
      store.add(at, SYSTEM_CLOCK.wallMs()).catch((error: Error) => {
        log.warn({ error: error.message }, 'address of a node not written down');
      });
    },
  };
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
