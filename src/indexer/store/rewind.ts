import { rollbackBlock } from '@subsquid/typeorm-store/lib/hot';
import type { DatabaseSettings } from '../../config/database';
import { ormOptions, withSource } from './orm';

const STATE_SCHEMA = 'squid_processor';

/**
 * Takes unfinalized blocks back, the newest first, by what the processor's store noted of them; all of them or none.
 * @param to newest block that stays, not below the newest final one
 * @returns number of blocks taken back
 */
export function takeBack(settings: DatabaseSettings, to: number): Promise<number> {
  return withSource(ormOptions(settings), (source) =>
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
