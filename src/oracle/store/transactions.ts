import type { Outbox, OutboxRow, Outcome, SignedTransaction, TransactionState } from '../../chain/outbox';
import { fromHex, toHex } from '../../protocol/bytes';
import type { Database } from './database';
import { insert } from './insert';

/** One advisory lock per account keeps two processes from giving out the same nonce. */
const LOCK_NAMESPACE = 0x6470_696e;
/** What a failed transaction's row loses when another takes its key. */
const ANEW = `(key) DO UPDATE SET from_address = excluded.from_address, to_address = excluded.to_address,
  data = excluded.data, nonce = excluded.nonce, raw_tx = excluded.raw_tx, tx_hash = excluded.tx_hash,
  replaced_hashes = '{}', state = 'signed', block_number = NULL, block_hash = NULL, gas_used = NULL, error = NULL,
  updated_at = now()`;

interface Row {
  key: string;
  from_address: string;
  to_address: string;
  data: Buffer;
  nonce: string;
  raw_tx: Buffer;
  tx_hash: Buffer;
  replaced_hashes: Buffer[];
  state: TransactionState;
  error: string | null;
  block_number: string | null;
  block_hash: Buffer | null;
  gas_used: string | null;
}

/** Table `transactions`: the sender's outbox. Every write may run twice. */
export class TransactionStore implements Outbox {
  constructor(private readonly db: Database) {}

  async find(key: string): Promise<OutboxRow | undefined> {
    const [row] = await this.db.query<Row>('SELECT * FROM transactions WHERE key = $1', [key]);
    return row && toOutboxRow(row);
  }

  async unfinished(from: string): Promise<OutboxRow[]> {
    const rows = await this.db.query<Row>(
      "SELECT * FROM transactions WHERE from_address = $1 AND state IN ('signed', 'sent') ORDER BY nonce",
      [from],
    );
    return rows.map(toOutboxRow);
  }

  async add(
    key: string,
    from: string,
    sign: (takenNonces: ReadonlySet<number>) => Promise<SignedTransaction>,
  ): Promise<OutboxRow> {
    return this.db.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK_NAMESPACE, from]);
      const open = await tx.query<{ nonce: string }>(
        "SELECT nonce FROM transactions WHERE from_address = $1 AND state IN ('signed', 'sent')",
        [from],
      );
      const [known] = await tx.query<{ state: string }>('SELECT state FROM transactions WHERE key = $1', [key]);
      if (known === undefined || known.state === 'failed') {
        const signed = await sign(new Set(open.map(({ nonce }) => Number(nonce))));
        const row = {
          key,
          from_address: from,
          to_address: signed.to,
          data: fromHex(signed.data),
          nonce: signed.nonce,
          raw_tx: fromHex(signed.rawTx),
          tx_hash: fromHex(signed.txHash),
          state: 'signed',
        };
        await insert(tx, 'transactions', [row], ANEW);
      }
      const [row] = await tx.query<Row>('SELECT * FROM transactions WHERE key = $1', [key]);
      return toOutboxRow(row as Row);
    });
  }

  async replace(key: string, rawTx: string, txHash: string): Promise<void> {
    await this.db.query(
      `UPDATE transactions SET replaced_hashes = replaced_hashes || tx_hash, raw_tx = $2, tx_hash = $3,
         state = 'signed', updated_at = now() WHERE key = $1 AND tx_hash <> $3 AND state IN ('signed', 'sent')`,
      [key, fromHex(rawTx), fromHex(txHash)],
    );
  }

  async markSent(key: string): Promise<void> {
    await this.db.query(
      "UPDATE transactions SET state = 'sent', updated_at = now() WHERE key = $1 AND state = 'signed'",
      [key],
    );
  }

  async finish(
    key: string,
    state: 'mined' | 'failed',
    outcome: Outcome | undefined,
    error: string | null,
  ): Promise<void> {
    await this.db.query(
      `UPDATE transactions SET state = $2, tx_hash = coalesce($3, tx_hash), block_number = $4, block_hash = $5,
         gas_used = $6, error = $7, updated_at = now() WHERE key = $1`,
      [
        key,
        state,
        outcome ? fromHex(outcome.txHash) : null,
        outcome?.blockNumber ?? null,
        outcome ? fromHex(outcome.blockHash) : null,
        outcome?.gasUsed ?? null,
        error,
      ],
    );
  }
}

function toOutboxRow(row: Row): OutboxRow {
  return {
    key: row.key,
    from: row.from_address,
    to: row.to_address,
    data: toHex(row.data),
    nonce: Number(row.nonce),
    rawTx: toHex(row.raw_tx),
    txHash: toHex(row.tx_hash),
    replacedHashes: row.replaced_hashes.map(toHex),
    state: row.state,
    error: row.error,
    outcome:
      row.block_number === null || row.block_hash === null
        ? null
        : {
            txHash: toHex(row.tx_hash),
            blockNumber: Number(row.block_number),
            blockHash: toHex(row.block_hash),
            gasUsed: BigInt(row.gas_used as string),
          },
  };
}
