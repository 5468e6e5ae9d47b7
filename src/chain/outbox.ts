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

/** A transaction as it is first written. */
export interface SignedTransaction {
  nonce: number;
  to: string;
  data: string;
  rawTx: string;
  txHash: string;
}

/**
 * Where signed transactions are kept: each is written down before anybody else can see it. Every write may run twice;
 * a call may throw RetryableError while the place is away.
 */
export interface Outbox {
  find(key: string): Promise<OutboxRow | undefined>;

  /** Rows of an account that are not over, in order of nonce. */
  unfinished(from: string): Promise<OutboxRow[]>;

  /**
   * Signs and writes a new transaction while no other process can give out the account's nonces: `sign` gets the nonces
   * of unfinished rows and gives the row to write. A row of the same key that failed for good is replaced by it.
   * @returns the row now under that key: another process's when it was first.
   */
  add(
    key: string,
    from: string,
    sign: (takenNonces: ReadonlySet<number>) => Promise<SignedTransaction>,
  ): Promise<OutboxRow>;

  /** Writes a replacement with higher fees and the same nonce, before it is broadcast. */
  replace(key: string, rawTx: string, txHash: string): Promise<void>;

  markSent(key: string): Promise<void>;

  /** Writes the end of a transaction: mined, or failed with a reason. Without an outcome the nonce went elsewhere. */
  finish(key: string, state: 'mined' | 'failed', outcome: Outcome | undefined, error: string | null): Promise<void>;
}
