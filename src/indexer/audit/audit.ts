import { createLogger } from '@subsquid/logger';
import { functions as oracle } from '../../abi/ReputationOracle';
import { openContracts } from '../../chain/call';
import { type Chain, connectChain } from '../../chain/connect';
import { explainEndpoint } from '../../chain/refusal';
import { rpcUrls, type SettingsOf } from '../../config/settings';
import { LifetimeLock } from '../../database/lifetime-lock';
import { errorCode, isDatabaseAway } from '../../runtime/database-away';
import { FatalError, RetryableError } from '../../runtime/errors';
import { shortReason } from '../failures';
import { followed, genesisHash } from '../network';
import { requireSameChain } from '../rules/same-network';
import { RpcFailure } from '../source/rpc/failure';
import { EndpointPool } from '../source/rpc/pool';
import { parseHeader, toHex } from '../source/rpc/shapes';
import {
  type Audit,
  type AuditResult,
  type AuditRow,
  AuditStore,
  type Difference,
  type EpochChecksum,
} from '../store/audit/audit-store';
import { withClaimable } from './claimable';
import { BlockGone, NoKey, StateGone, StateReads } from './reads';
import { onChain } from './views';

const log = createLogger('dpin:audit');

const ROWS_AT_ONCE = 200;
/** Reorgs that an audit begins anew after. */
const ATTEMPTS = 5;
/** Checksums that a report has. */
const EPOCHS_REPORTED = 100;
const PROGRESS_MS = 10_000;
/** SQLSTATE of a table, schema or column that is not there. */
const NO_TABLE_STATES = new Set(['42P01', '3F000', '42703']);

/** What an audit found. */
export interface AuditReport extends Omit<AuditResult, 'id' | 'block'> {
  ok: boolean;
  block: number;
  hash: string;
  /** It went on with an audit that was not finished. */
  resumed: boolean;
  /** The newest epochs that are over. */
  epochs: EpochChecksum[];
}

export interface AuditOptions {
  /** Rows compared at once; after them the audit notes how far it is. Default 200. */
  rowsAtOnce?: number;
}

/**
 * Compares every row of the index about which contracts have something to say with the contracts, at the newest block
 * of the index, and rows with rows that they must come to. An audit that was killed goes on where it was; after an error
 * that nobody foresaw the next one begins anew.
 * @throws FatalError for another network's database, another audit under way, or endpoints that keep no state of the
 * block; RetryableError when nothing is indexed yet, or chain or database stay away; the signal's reason
 */
export async function auditIndex(
  settings: SettingsOf<'indexer'>,
  signal: AbortSignal,
  { rowsAtOnce = ROWS_AT_ONCE }: AuditOptions = {},
): Promise<AuditReport> {
  const chain = await connectChain(settings).catch((error) => {
    throw explainEndpoint(error);
  });
  let store: AuditStore | undefined;
  let lock: LifetimeLock | undefined;
  try {
    lock = await LifetimeLock.take({
      settings,
      owner: 'audit',
      claims: [{ key: ['dpin audit', 'public'], taken: 'Another audit of this database is under way' }],
      advice: 'Wait for its end.',
      log,
      signal,
      graceMs: 0,
    });
    store = await AuditStore.open(settings);
    return await new Auditor(settings, chain, store, signal, rowsAtOnce).run();
  } catch (error) {
    throw explained(error);
  } finally {
    await store?.close();
    await lock?.release();
    chain.provider.destroy();
  }
}

function explained(error: unknown): unknown {
  if (isDatabaseAway(error)) {
    return new RetryableError(
      'Postgres went away during the audit; the next one goes on with it',
      {},
      { cause: error },
    );
  }
  if (!NO_TABLE_STATES.has(errorCode(error))) return explainEndpoint(error);
  return new FatalError(
    `The tables of the index are not those of this release: ${shortReason(error)}`,
    'They are of an earlier release, or there are none: start npx dpin process, which makes them, then audit again.',
    {},
    { cause: error },
  );
}

/** Whether it is said what to do, or that it passes. */
function isExpected(error: unknown): boolean {
  return error instanceof FatalError || error instanceof RetryableError;
}

class Auditor {
  private readonly pool: EndpointPool;

  constructor(
    private readonly settings: SettingsOf<'indexer'>,
    private readonly chain: Chain,
    private readonly store: AuditStore,
    private readonly signal: AbortSignal,
    private readonly rowsAtOnce: number,
  ) {
    this.pool = new EndpointPool(rpcUrls(settings.RPC_URL), chain.chainId);
  }

  async run(): Promise<AuditReport> {
    await this.requireOurs();
    let audit = await this.store.unfinished();
    for (let attempt = 0; ; attempt++) {
      const resumed = audit !== undefined;
      audit ??= await this.begin();
      log.info({ block: audit.block.height, rows: audit.rows, resumed }, 'comparing the index with the chain');
      try {
        await this.compareAll(audit);
        const { id: _, block, ...result } = await this.store.finish(audit);
        const epochs = await this.store.checksums(EPOCHS_REPORTED);
        return { ok: result.differenceCount === 0, block: block.height, hash: block.hash, resumed, ...result, epochs };
      } catch (error) {
        // An audit of long ago may be of a block whose state is gone by now.
        const isOver = error instanceof BlockGone || (resumed && error instanceof StateGone);
        if (!isOver) {
          // What it took of the rows may be why: the next audit is not to fail at the same for ever.
          if (!this.signal.aborted && !isExpected(explained(error))) await this.store.abandon();
          throw error;
        }
        if (attempt >= ATTEMPTS) throw new RetryableError('Reorgs keep taking away the block of the audit');
        log.warn({ block: audit.block.height, reason: error.message }, 'the audit begins anew at a newer block');
        await this.store.abandon();
        audit = undefined;
      }
    }
  }

  private async requireOurs(): Promise<void> {
    const mark = await this.store.mark();
    if (mark === undefined) throw new RetryableError('Nothing is indexed yet: start npx dpin process');
    const { chainId, deployment, provider } = this.chain;
    requireSameChain(this.settings.DB_NAME, mark, {
      chainId,
      genesisHash: await genesisHash(provider),
      contracts: followed(deployment, {}),
    });
  }

  private async begin(): Promise<Audit> {
    const final = await this.store.finalHead();
    if (final === undefined) throw new RetryableError('Nothing is indexed yet: start npx dpin process');
    const { oracle: contract } = this.chain;
    const [genesis, length] = await Promise.all([
      contract.read(oracle.genesisTime, {}),
      contract.read(oracle.epochSeconds, {}),
    ]);
    // Without its time no epoch would count as over, and every checksum would be left out.
    const { timestampSeconds } = await this.header(final.height);
    const genesisSeconds = Number(genesis);
    const epochSeconds = Number(length);
    // A block at the very end of an epoch may be followed by one of the same second.
    const wholeUntil = Math.floor((timestampSeconds - genesisSeconds) / epochSeconds);
    return this.store.begin({ genesisSeconds, epochSeconds, wholeUntil });
  }

  private header(height: number): Promise<{ hash: string; timestampSeconds: number }> {
    return this.pool.withRetry(async (endpoint) => {
      this.signal.throwIfAborted();
      const header = parseHeader(await endpoint.call('eth_getBlockByNumber', toHex(height), false));
      if (header === undefined) throw new RpcFailure('stale', `no block ${height}`);
      return header;
    });
  }

  private async compareAll(audit: Audit): Promise<void> {
    const { hash, timestampSeconds } = await this.header(audit.block.height);
    if (hash !== audit.block.hash) throw new BlockGone(`block ${audit.block.height}`);
    const { contracts } = this.chain.deployment;
    const reads = new StateReads(this.pool, openContracts(contracts, this.chain.provider), audit.block, {
      callsPerSecond: this.settings.AUDIT_CALLS_PER_SECOND,
      signal: this.signal,
    });
    let saidMs = performance.now();
    let done = 0;
    for (;;) {
      this.signal.throwIfAborted();
      const rows = await this.store.next(this.rowsAtOnce);
      if (rows.length === 0) return;
      const compared = await Promise.all(rows.map((row) => compare(row, reads, BigInt(timestampSeconds))));
      const values = compared.reduce((sum, { values }) => sum + values, 0);
      await this.store.record(
        audit,
        rows,
        values,
        compared.flatMap(({ differences }) => differences),
      );
      done += rows.length;
      if (performance.now() - saidMs < PROGRESS_MS) continue;
      saidMs = performance.now();
      log.info({ done, of: audit.rows }, 'comparing');
    }
  }
}

/** Compares one row at a block of that time: number of values, and those that differ. */
async function compare(
  { entity, id, facts: taken }: AuditRow,
  reads: StateReads,
  atSeconds: bigint,
): Promise<{ values: number; differences: Difference[] }> {
  const facts = withClaimable(taken, atSeconds);
  const said = await onChain(entity, facts, reads.read).catch((error) => {
    if (error instanceof NoKey) return undefined;
    throw error;
  });
  if (said === undefined) return { values: 1, differences: [{ entity, id, field: 'id', indexed: id, onChain: null }] };
  const fields = Object.entries(said);
  const differences = fields
    .filter(([field, value]) => facts[field] !== value)
    .map(([field, value]) => ({ entity, id, field, indexed: facts[field] ?? null, onChain: value }));
  return { values: fields.length, differences };
}
