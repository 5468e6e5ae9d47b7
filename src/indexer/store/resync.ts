import { DataSource } from 'typeorm';
import { type DatabaseSettings, ormOptions } from './database';

/**
 * Drops everything the indexer keeps (its tables in schema public, the list of its migrations, the processor's state),
 * so that its next start indexes the chain anew. The oracle's schema is not touched.
 * @returns names of the tables dropped
 */
export async function forgetIndex(settings: DatabaseSettings): Promise<string[]> {
  const source = await new DataSource(ormOptions(settings)).initialize();
  try {
    const tables = [...source.entityMetadatas.map(({ tableName }) => tableName), 'migrations'];
    await source.transaction(async (manager) => {
      for (const table of tables) await manager.query(`DROP TABLE IF EXISTS public."${table}" CASCADE`);
      await manager.query('DROP SCHEMA IF EXISTS squid_processor CASCADE');
    });
    return tables;
  } finally {
    await source.destroy();
  }
}
