import { FatalError } from '../runtime/errors';

/**
 * Sees that a database can hold every text that the chain may bring.
 * @param name of the database
 * @param ask answers a statement with its rows
 * @throws FatalError for another encoding than UTF8
 */
export async function requireUtf8(name: string, ask: (sql: string) => Promise<{ encoding: string }[]>): Promise<void> {
  const [row] = await ask(`SELECT current_setting('server_encoding') AS encoding`);
  if (row?.encoding === 'UTF8') return;
  throw new FatalError(
    `DB_NAME: database "${name}" has the encoding ${row?.encoding}, which cannot hold every text of the chain`,
    `Make another database and set DB_NAME to it: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'`,
  );
}
