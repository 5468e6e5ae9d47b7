import { rollbackBlock } from '@subsquid/typeorm-store/lib/hot';
import type { EntityManager } from 'typeorm';
import type { DatabaseSettings } from '../../config/database';
import { setIndexedHead } from './freshness';
import { finalHeadOf, hasStateTable } from './heads';
import { ormOptions, withSource } from './orm';

const STATE_SCHEMA = 'squid_processor';

/**
 * Takes unfinalized blocks back, the newest first, by what the processor's store noted of them; all of them or none.
 * @param to newest block that stays, not below the newest final one
 * @returns number of blocks taken back
 */
export function takeBack(settings: DatabaseSettings, to: number): Promise<number> {
  return withSource(ormOptions(settings), (source) =>
    source.transaction('SERIALIZABLE', (manager) => takeBackAfter(manager, to)),
  );
}

/**
 * Takes every unfinalized block back; the next start of the indexer takes them in again.
 * @param manager of a transaction
 */
export async function takeBackUnfinalized(manager: EntityManager): Promise<void> {
  const final = await finalHeadOf(manager);
  if (final === undefined || !(await hasStateTable(manager, 'hot_block'))) return;
  await takeBackAfter(manager, final.height);
}

async function takeBackAfter(manager: EntityManager, to: number): Promise<number> {
  const blocks: { height: number }[] = await manager.query(
    `SELECT height FROM ${STATE_SCHEMA}.hot_block WHERE height > $1 ORDER BY height DESC`,
    [to],
  );
  for (const { height } of blocks) await rollbackBlock(STATE_SCHEMA, manager, height);
  // What time it was at that block is noted nowhere.
  if (await hasStateTable(manager, 'indexed_head')) await setIndexedHead(manager, { height: to });
  return blocks.length;
}
