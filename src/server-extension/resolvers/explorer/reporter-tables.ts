import { rowsOf, type Transaction } from '../query';

/** Whether the server's connections find a reporter's own tables: an index without an oracle beside it has none. */
export async function hasReporterTables(tx: Transaction): Promise<boolean> {
  const [found] = await rowsOf<{ there: boolean }>(
    tx,
    "SELECT to_regclass('challenges') IS NOT NULL AND to_regclass('measurements') IS NOT NULL AS there",
  );
  return found?.there ?? false;
}
