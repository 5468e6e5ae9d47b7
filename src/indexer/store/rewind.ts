import { rollbackBlock } from '@subsquid/typeorm-store/lib/hot';
import { DataSource } from 'typeorm';
import type { DatabaseSettings } from '../../config/database';
import type { NetworkMark } from '../rules/same-network';
import { finalHeadOf, readMark } from './network-mark';
import { ormOptions } from './orm';

const STATE_SCHEMA = 'squid_processor';

/** How far an index is. */
export interface Place {
  /** Newest final block; undefined before the first. */
  final: number | undefined;
  /** Newest block, unfinalized ones included. */
  head: number | undefined;
  /** Whose index it is; undefined where none was marked. */
  mark: NetworkMark | undefined;
}

/** How far the index of a database is. */
export function placeOf(settings: DatabaseSettings): Promise<Place> {
  return withSource(settings, async (source) => {
    const final = (await finalHeadOf(source.manager))?.height;
    if (final === undefined) return { final, head: undefined, mark: undefined };
    const [hot] = await source.query(`SELECT max(height) AS height FROM ${STATE_SCHEMA}.hot_block`);
    return { final, head: Math.max(final, hot.height ?? final), mark: await readMark(source.manager) };
  });
}

/**
 * Takes unfinalized blocks back, the newest first, by what the processor's store noted of them; all of them or none.
 * @param to newest block that stays, not below the newest final one
 * @returns number of blocks taken back
 */
export function takeBack(settings: DatabaseSettings, to: number): Promise<number> {
  return withSource(settings, (source) =>
    source.transaction('SERIALIZABLE', async (manager) => {
      const blocks: { height: number }[] = await manager.query(
        `SELECT height FROM ${STATE_SCHEMA}.hot_block WHERE height > $1 ORDER BY height DESC`,
        [to],
      );
      for (const { height } of blocks) await rollbackBlock(STATE_SCHEMA, manager, height);
      return blocks.length;
    }),
  );
}

async function withSource<T>(settings: DatabaseSettings, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = await new DataSource(ormOptions(settings)).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
