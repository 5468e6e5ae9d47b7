import { createLogger } from '@subsquid/logger';
import { RetryableError } from '../../runtime/errors';
import { retry } from '../../runtime/patience';
import { shortReason } from '../failures';
import type { BlockRef, HotState, HotUpdate } from './types';

const log = createLogger('dpin:indexer');

/** Errors in a row, with growing pauses: about 40 seconds. */
const ATTEMPTS = 10;

/** What is needed of an update here: the processor's own source has other blocks than ours. */
type AnyUpdate = HotUpdate<{ header: BlockRef }>;
interface HotSource<R, U extends AnyUpdate> {
  processHotBlocks(requests: R, state: HotState, update: (update: U) => Promise<void>): Promise<void>;
}

/** The state after an update was taken in: what lay above its base is gone, what became final is the new ground. */
export function advance(state: HotState, { baseHead, finalizedHead, blocks }: AnyUpdate): HotState {
  const chain = [state, ...state.top].filter(({ height }) => height <= baseHead.height);
  const refs = chain
    .concat(blocks.map(({ header }) => header) as typeof chain)
    .map(({ height, hash }) => ({ height, hash }));
  const final = refs.findIndex(({ height }) => height === finalizedHead.height);
  const [ground, ...top] = refs.slice(Math.max(final, 0)) as [BlockRef, ...BlockRef[]];
  return { ...ground, top };
}

/**
 * Makes a source of unfinalized blocks outlive error answers of the endpoint. Some endpoints answer with an error when
 * a reorg, or a replica behind, took away the block just asked for; the processor's source takes every error for final.
 */
export function makePatient<R, U extends AnyUpdate>(source: HotSource<R, U>): void {
  const follow = source.processHotBlocks.bind(source);
  source.processHotBlocks = async (requests, start, update) => {
    let state = start;
    const followOn = (_: number, progressed: () => void) =>
      follow(requests, state, async (next) => {
        await update(next);
        state = advance(state, next);
        progressed();
      });
    await retry(followOn, {
      isTransient: (error) => (error as Error).name === 'RpcError',
      onFailure: ({ error, attempt, waitMs }) => {
        const reason = shortReason(error);
        if (attempt >= ATTEMPTS) {
          throw new RetryableError(`RPC endpoint keeps answering: ${reason}`, {}, { cause: error });
        }
        log.warn({ reason, height: state.height, waitMs }, 'RPC endpoint answered with an error; trying again');
      },
    });
  };
}
