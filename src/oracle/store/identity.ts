import { FatalError } from '../../runtime/errors';
import type { Database } from './database';

export interface Identity {
  chainId: number;
  /** Address of the ReputationOracle. */
  oracle: string;
  /** The reporter's account. */
  reporter: string;
}

/**
 * Ties the oracle's tables to one chain, contract and account at their first use.
 * @throws FatalError when they belong to others: rounds of two networks must never mix
 */
export async function claimIdentity(db: Database, mine: Identity): Promise<void> {
  await db.query(
    'INSERT INTO identity (chain_id, oracle_address, reporter) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [mine.chainId, mine.oracle, mine.reporter],
  );
  const [row] = await db.query<{ chain_id: string; oracle_address: string; reporter: string }>(
    'SELECT chain_id, oracle_address, reporter FROM identity',
  );
  if (!row) throw new Error('table identity is empty after an insert');
  if (Number(row.chain_id) !== mine.chainId || row.oracle_address !== mine.oracle || row.reporter !== mine.reporter) {
    throw new FatalError(
      `ORACLE_SCHEMA: this schema keeps the rounds of reporter ${row.reporter} on chain ${row.chain_id}`,
      'Give every reporter and every network a schema or a database of its own, or set the account it belongs to.',
      { oracle: row.oracle_address, wanted: mine },
    );
  }
}
