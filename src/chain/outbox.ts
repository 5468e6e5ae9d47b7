export type TransactionState = 'signed' | 'sent' | 'mined' | 'failed';

/** One signed transaction; hex is lower-case with 0x. */
export interface OutboxRow {
  key: string;
  from: string;
  to: string;
  data: string;
  nonce: number;
  rawTx: string;
  txHash: string;
  /** Hashes of attempts with the same nonce that `rawTx` replaced; any of them may land. */
  replacedHashes: string[];
  state: TransactionState;
  error: string | null;
  /** Where the attempt `txHash` landed, once finished. */
  outcome: Outcome | null;
}

/** What became of a transaction, for its row. */
export interface Outcome {
  txHash: string;
  blockNumber: number;
  blockHash: string;
  gasUsed: bigint;
}

const columns =
  'key, from_address, to_address, data, nonce, raw_tx, tx_hash, replaced_hashes, state, error, block_number, block_hash, gas_used';
const bytes = (hex: string) => Buffer.from(hex.slice(2), 'hex');
const hex = (buffer: Buffer) => `0x${buffer.toString('hex')}`;

/** One advisory lock per account keeps two processes from giving out the same nonce. */
const LOCK_NAMESPACE = 0x6470_696e;

/** Runs SQL; the runner of a transaction and the database itself look the same. */
export interface SqlRunner {
  query<R extends Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

/**
 * Postgres as the outbox needs it. It may repeat a statement or a transaction whose connection broke (everything here may
 * run twice), or throw RetryableError.
 */
export interface OutboxDatabase extends SqlRunner {
  transaction<T>(work: (tx: SqlRunner) => Promise<T>): Promise<T>;
}

/** The outbox in Postgres: a signed transaction is a row before anybody else can see it. */
export class Outbox {
  constructor(private readonly database: OutboxDatabase) {}

  async find(key: string): Promise<OutboxRow | undefined> {
    return (await this.rows(`SELECT ${columns} FROM transactions WHERE key = $1`, [key]))[0];
  }

  /** Rows of an account that are not over, in order of nonce. */
  async unfinished(from: string): Promise<OutboxRow[]> {
    return this.rows(
      `SELECT ${columns} FROM transactions WHERE from_address = $1 AND state IN ('signed', 'sent') ORDER BY nonce`,
      [from],
    );
  }

  /**
   * Signs and writes a new transaction while holding the account's lock: `sign` gets the nonces of unfinished rows and
   * gives the row to write. A finished row of the same key (one that failed for good) is replaced by it.
   * @returns the row now under that key: another process's when it was first.
   */
  async add(
    key: string,
    from: string,
    sign: (
      takenNonces: ReadonlySet<number>,
    ) => Promise<{ nonce: number; to: string; data: string; rawTx: string; txHash: string }>,
  ): Promise<OutboxRow> {
    return this.database.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK_NAMESPACE, from]);
      const open = await tx.query<{ key: string; nonce: string }>(
        "SELECT key, nonce FROM transactions WHERE from_address = $1 AND state IN ('signed', 'sent')",
        [from],
      );
      const known = await tx.query<{ state: string }>('SELECT state FROM transactions WHERE key = $1', [key]);
      if (known[0] === undefined || known[0].state === 'failed') {
        const signed = await sign(new Set(open.map((row) => Number(row.nonce))));
        await tx.query(
          `INSERT INTO transactions (key, from_address, to_address, data, nonce, raw_tx, tx_hash, state)
           VALUES ($1, $2, $3, $4, $5, $6, $7, 'signed')
           ON CONFLICT (key) DO UPDATE SET from_address = excluded.from_address, to_address = excluded.to_address,
             data = excluded.data, nonce = excluded.nonce, raw_tx = excluded.raw_tx, tx_hash = excluded.tx_hash,
             replaced_hashes = '{}', state = 'signed', block_number = NULL, block_hash = NULL, gas_used = NULL,
             error = NULL, updated_at = now()`,
          [key, from, signed.to, bytes(signed.data), signed.nonce, bytes(signed.rawTx), bytes(signed.txHash)],
        );
      }
      const [row] = await tx.query(`SELECT ${columns} FROM transactions WHERE key = $1`, [key]);
      return toRow(row as Record<string, unknown>);
    });
  }

  /** Writes a replacement with higher fees and the same nonce, before it is broadcast. */
  async replace(key: string, rawTx: string, txHash: string): Promise<void> {
    await this.rows(
      `UPDATE transactions SET replaced_hashes = replaced_hashes || tx_hash, raw_tx = $2, tx_hash = $3,
         state = 'signed', updated_at = now() WHERE key = $1 AND tx_hash <> $3 AND state IN ('signed', 'sent')`,
      [key, bytes(rawTx), bytes(txHash)],
    );
  }

  async markSent(key: string): Promise<void> {
    await this.rows("UPDATE transactions SET state = 'sent', updated_at = now() WHERE key = $1 AND state = 'signed'", [
      key,
    ]);
  }

  /** Writes the end of a transaction: mined, or failed with a reason. Without an outcome the nonce went elsewhere. */
  async finish(
    key: string,
    state: 'mined' | 'failed',
    outcome: Outcome | undefined,
    error: string | null,
  ): Promise<void> {
    await this.rows(
      `UPDATE transactions SET state = $2, tx_hash = coalesce($3, tx_hash), block_number = $4, block_hash = $5,
         gas_used = $6, error = $7, updated_at = now() WHERE key = $1`,
      [
        key,
        state,
        outcome ? bytes(outcome.txHash) : null,
        outcome?.blockNumber ?? null,
        outcome ? bytes(outcome.blockHash) : null,
        outcome ? String(outcome.gasUsed) : null,
        error,
      ],
    );
  }

  private async rows(sql: string, values: unknown[]): Promise<OutboxRow[]> {
    return (await this.database.query(sql, values)).map(toRow);
  }
}

function toRow(row: Record<string, unknown>): OutboxRow {
  return {
    key: row.key as string,
    from: row.from_address as string,
    to: row.to_address as string,
    data: hex(row.data as Buffer),
    nonce: Number(row.nonce),
    rawTx: hex(row.raw_tx as Buffer),
    txHash: hex(row.tx_hash as Buffer),
    replacedHashes: (row.replaced_hashes as Buffer[]).map(hex),
    state: row.state as TransactionState,
    error: row.error as string | null,
    outcome:
      row.block_number === null
        ? null
        : {
            txHash: hex(row.tx_hash as Buffer),
            blockNumber: Number(row.block_number),
            blockHash: hex(row.block_hash as Buffer),
            gasUsed: BigInt(row.gas_used as string),
          },
  };
}
