import { createLogger } from '@subsquid/logger';
import { readSettings } from '../../../config/settings';
import { forgetIndex } from '../../../indexer/store/schema';

const log = createLogger('dpin:indexer');

/** `dpin resync`: forgets the index; the next `dpin process` builds it anew. */
export async function run(): Promise<void> {
  const tables = await forgetIndex(readSettings('indexer', process.env));
  log.info({ tables: tables.length }, 'index forgotten; start dpin process to index anew');
}
