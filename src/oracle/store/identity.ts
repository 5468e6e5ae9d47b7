import { FatalError } from '../../runtime/errors';
import type { Queryable } from './database';
import { insert } from './insert';

export interface Identity {
  chainId: number;
  /** Address of the ReputationOracle. */
  oracle: string;
  /** The reporter's account. */
  reporter: string;
}

/** The one row of table `identity`. */
export class IdentityStore {
  constructor(private readonly db: Queryable) {}

  /**
   * Ties the oracle's tables to one chain, contract and account at their first use.
   * @throws FatalError when they belong to others: rounds of two networks must never mix
   */
  async claim(mine: Identity): Promise<void> {
    const { chainId, oracle, reporter } = mine;
    await insert(this.db, 'identity', [{ chain_id: chainId, oracle_address: oracle, reporter }], 'DO NOTHING');
    const [row] = await this.db.query<{ chain_id: string; oracle_address: string; reporter: string }>(
      'SELECT chain_id, oracle_address, reporter FROM identity',
    );
    if (!row) throw new Error('table identity is empty after an insert');
    if (Number(row.chain_id) === chainId && row.oracle_address === oracle && row.reporter === reporter) return;
    throw new FatalError(
      `ORACLE_SCHEMA: this schema keeps the rounds of reporter ${row.reporter} on chain ${row.chain_id}`,
      'Give every reporter and every network a schema or a database of its own, or set the account it belongs to.',
      { oracle: row.oracle_address, wanted: mine },
    );
  }
}
