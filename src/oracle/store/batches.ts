import { z } from 'zod';
import type { BatchSubmission } from '../../chain/reputation';
import type { Receipt } from '../../chain/sender';
import { fromHex } from '../../protocol/bytes';
import type { SolidityProof } from '../../zk/groth16';
import type { Database } from './database';

/** Progress of a batch; the meaning of each stands with the column in db/oracle. */
export type BatchState = 'waiting' | 'proving' | 'proved' | 'posted' | 'superseded' | 'failed';

/** A proof and the 62 public words it is of: all that a submission is made from. */
export interface ProvenVector {
  publicVector: readonly bigint[];
  vectorCommitment: bigint;
  proof: SolidityProof;
}

export interface BatchRow {
  state: BatchState;
  proved: ProvenVector | undefined;
}

const point = z.tuple([z.string(), z.string()]).transform(([x, y]): [bigint, bigint] => [BigInt(x), BigInt(y)]);
const proofSchema = z.object({ a: point, b: z.tuple([point, point]), c: point });

interface Row {
  state: BatchState;
  vector_commitment: string | null;
  public_vector: string[] | null;
  proof: unknown;
}

/** Table `batches`. Every write may run twice. */
export class BatchStore {
  constructor(private readonly db: Database) {}

  async find(epoch: number, batch: number): Promise<BatchRow | undefined> {
    // numeric[] would arrive as floating point: text keeps every digit.
    const [row] = await this.db.query<Row>(
      `SELECT state, vector_commitment, public_vector::text[] AS public_vector, proof FROM batches
       WHERE epoch = $1 AND batch = $2`,
      [epoch, batch],
    );
    if (!row) return undefined;
    if (!row.proof || !row.public_vector || !row.vector_commitment) return { state: row.state, proved: undefined };
    return {
      state: row.state,
      proved: {
        publicVector: row.public_vector.map(BigInt),
        vectorCommitment: BigInt(row.vector_commitment),
        proof: proofSchema.parse(row.proof),
      },
    };
  }

  async setState(epoch: number, batch: number, state: BatchState, error: string | null = null): Promise<void> {
    await this.db.query(
      `INSERT INTO batches (epoch, batch, state, error) VALUES ($1, $2, $3, $4)
       ON CONFLICT (epoch, batch) DO UPDATE SET state = excluded.state, error = excluded.error, updated_at = now()`,
      [epoch, batch, state, error],
    );
  }

  /** Writes a proof that was verified here, before it goes anywhere. */
  async saveProved(
    submission: BatchSubmission,
    proven: ProvenVector & { oldCommitment: bigint; proveSeconds: number },
  ) {
    const texts = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
    await this.db.query(
      `UPDATE batches SET state = 'proved', presence = $3, old_commitment = $4, new_commitment = $5,
         vector_commitment = $6, score_words = $7::numeric[], states = $8::numeric[], public_vector = $9::numeric[],
         proof = $10, prove_seconds = $11, error = NULL, updated_at = now() WHERE epoch = $1 AND batch = $2`,
      [
        submission.epoch,
        submission.batch,
        submission.presence,
        proven.oldCommitment,
        submission.newCommitment,
        submission.vectorCommitment,
        submission.scoreWords,
        submission.states,
        proven.publicVector,
        JSON.stringify(proven.proof, texts),
        proven.proveSeconds,
      ],
    );
  }

  async savePosted(epoch: number, batch: number, receipt: Receipt): Promise<void> {
    await this.db.query(
      `UPDATE batches SET state = 'posted', tx_key = $3, tx_hash = $4, block_number = $5, gas_used = $6,
         error = NULL, updated_at = now() WHERE epoch = $1 AND batch = $2`,
      [epoch, batch, receipt.key, fromHex(receipt.txHash), receipt.blockNumber, receipt.gasUsed],
    );
  }
}
