import { createLogger } from '@subsquid/logger';
import { firstBlock } from '../chain/start-blocks';
import { rpcUrls, type SettingsOf } from '../config/settings';
import { isDatabaseAway } from '../runtime/database-away';
import { FatalError, RetryableError } from '../runtime/errors';
import { drain } from '../runtime/exit';
import { unlessStopped } from '../runtime/stop-signal';
import { handlerTable, logFilters } from './batch';
import { HANDLERS } from './handlers';
import { DRAIN_MS, finalityOf, HEAD_POLL_MS, startIndexer } from './main';
import { type IndexedNetwork, whatToIndex } from './network';
import { requireSameNetwork } from './rules/same-network';
import { RpcSource } from './source/rpc/source';
import { takeIndexLock } from './store/index-lock';
import { type IndexLook, lookAtIndex } from './store/look';
import { takeBack } from './store/rewind';
import { forgetIndex } from './store/schema';

const log = createLogger('dpin:indexer');

const PROGRESS_MS = 10_000;

/** What a rewind did. */
export interface Rewound {
  /** Block that the index held before; null when there was none. */
  from: number | null;
  to: number;
  /**
   * taken-back: unfinalized blocks were undone; anew: forgotten and indexed again up to the block; onwards: the index was
   * before the block and went on to it; nothing: it stood there.
   */
  how: 'taken-back' | 'anew' | 'onwards' | 'nothing';
}

/**
 * Leaves the index as it is after one block of the chain. Unfinalized blocks are undone. What is final cannot be undone
 * row by row: the index is forgotten and made again up to the block. Killed meanwhile, the same call goes on.
 * @throws FatalError for a block before the first event or not final yet, another network's database, or an indexer that
 * works on it; RetryableError when chain or database stay away; the signal's reason
 */
export async function rewindIndex(settings: SettingsOf<'indexer'>, to: number, signal: AbortSignal): Promise<Rewound> {
  // Before anything is forgotten the chain must be there to index it again.
  const network = await whatToIndex(settings);
  const { starts, mark } = network;
  const first = firstBlock(starts);
  if (to < first) {
    throw new FatalError(
      `--to: events begin in block ${first}, block ${to} is before it`,
      `Name a later block, or forget the whole index: npx dpin resync`,
    );
  }
  const index = await takingBack(settings, to, signal, ({ mark: kept, final }) => {
    // Without a row it binds nobody.
    if (kept && final) requireSameNetwork(settings.DB_NAME, kept, mark);
  });
  const from = index.newest ?? null;
  if (from === to) return { from, to, how: 'nothing' };
  if (isUnfinalized(index, to)) return { from, to, how: 'taken-back' };

  const isFinal = index.final !== undefined && to < index.final.height;
  await unlessStopped(requireReadable(settings, network, [first, to]), signal);
  if (isFinal) {
    log.info({ to, final: index.final?.height }, 'the block is behind finality: the index is made anew up to it');
    await forgetIndex(settings).catch(orAway);
  }
  await indexUpTo(settings, to, signal);
  return { from, to, how: isFinal ? 'anew' : 'onwards' };
}

/** Undoes unfinalized blocks after `to`, where that is enough. @returns how far the index was before */
async function takingBack(
  settings: SettingsOf<'indexer'>,
  to: number,
  signal: AbortSignal,
  check: (index: IndexLook) => void,
): Promise<IndexLook> {
  const lock = await takeIndexLock({ settings, log, signal, graceMs: 0 });
  try {
    const index = await lookAtIndex(settings);
    check(index);
    if (isUnfinalized(index, to)) {
      const blocks = await takeBack(settings, to);
      log.info({ to, blocks }, 'unfinalized blocks were taken back');
    }
    return index;
  } catch (error) {
    return orAway(error);
  } finally {
    await lock.release();
  }
}

/** Whether all blocks after `to` that the index holds can be undone. */
function isUnfinalized({ final, newest }: IndexLook, to: number): boolean {
  return final !== undefined && newest !== undefined && final.height <= to && to < newest;
}

/**
 * Sees that the endpoints can give what an index up to a block is made of: the block is final there, and its logs come.
 * @param blocks the first and the last of the index
 * @throws FatalError for a last block that the chain may still take back; RetryableError when logs do not come
 */
async function requireReadable(
  settings: SettingsOf<'indexer'>,
  { deployment, starts }: IndexedNetwork,
  [first, to]: [number, number],
): Promise<void> {
  const source = new RpcSource({
    urls: rpcUrls(settings.RPC_URL),
    chainId: settings.CHAIN_ID,
    finality: finalityOf(settings),
    filters: logFilters(handlerTable(HANDLERS, deployment.contracts), deployment.contracts, starts),
    headPollMs: HEAD_POLL_MS,
  });
  const final = await source.getFinalizedHeight();
  if (to > final) {
    throw new FatalError(
      `--to: block ${to} is not final at the endpoints of RPC_URL, and cannot be indexed up to yet; final is block ${final}`,
      `Nothing was changed. Name a block up to ${final}, or one that the index holds in front of finality.`,
    );
  }
  for (const height of [first, to]) {
    for await (const _ of source.getFinalizedBlocks([{ range: { from: height, to: height } }], true));
  }
}

async function indexUpTo(settings: SettingsOf<'indexer'>, to: number, signal: AbortSignal): Promise<void> {
  let saidMs = performance.now();
  const onBatch = (_: number, block: number) => {
    if (performance.now() - saidMs < PROGRESS_MS) return;
    saidMs = performance.now();
    log.info({ block, to }, 'indexing up to the block');
  };
  const indexer = await startIndexer(settings, { toBlock: to, onBatch, signal });
  try {
    await unlessStopped(indexer.finished, signal);
  } finally {
    await drain([() => indexer.drained()], DRAIN_MS);
  }
}

function orAway(error: unknown): never {
  if (!isDatabaseAway(error)) throw error;
  throw new RetryableError('Postgres does not answer', {}, { cause: error });
}
