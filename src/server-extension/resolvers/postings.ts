import { Arg, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { BATCH_SIZE } from '../../protocol/scoring/words';
import { count, hex, pageLimit, rowsOf, type Transaction } from './query';

@ObjectType({ description: 'Proof and posting of one batch of 60 nodes in one epoch, as this reporter did it' })
export class OraclePosting {
  @Field(() => Int, { description: 'Epoch' })
  epoch!: number;
  @Field(() => Int, { description: 'Batch' })
  batch!: number;
  @Field(() => String, {
    description: 'waiting, proving, proved, posted, superseded (another prover was first) or failed',
  })
  state!: string;
  @Field(() => Float, { nullable: true, description: 'Time the proof took, s' })
  proveSeconds!: number | null;
  @Field(() => Int, { nullable: true, description: 'Gas of the posting' })
  gasUsed!: number | null;
  @Field(() => Float, { nullable: true, description: 'Gas of the posting per score' })
  gasPerScore!: number | null;
  @Field(() => Int, { nullable: true, description: 'Block of the posting' })
  block!: number | null;
  @Field(() => String, { nullable: true, description: 'Transaction of the posting' })
  txHash!: string | null;
  @Field(() => String, { nullable: true, description: 'What went wrong, if anything did' })
  error!: string | null;
}

interface PostingRow {
  epoch: string;
  batch: number;
  state: string;
  prove_seconds: string | null;
  gas_used: string | null;
  block_number: string | null;
  tx_hash: Buffer | null;
  error: string | null;
}

/** Postings of the reporter whose database this is. */
@Resolver()
export class PostingsResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => [OraclePosting], { description: 'Proofs and postings, newest epoch first' })
  async postings(
    @Arg('limit', () => Int, { defaultValue: 20, description: '1 to 100' }) limit: number,
  ): Promise<OraclePosting[]> {
    const rows = await rowsOf<PostingRow>(
      this.tx,
      `SELECT epoch, batch, state, prove_seconds, gas_used, block_number, tx_hash, error
       FROM oracle.batches ORDER BY epoch DESC, batch LIMIT $1`,
      [pageLimit(limit)],
    );
    return rows.map((row) => {
      const gasUsed = count(row.gas_used);
      return {
        epoch: Number(row.epoch),
        batch: row.batch,
        state: row.state,
        proveSeconds: count(row.prove_seconds),
        gasUsed,
        gasPerScore: gasUsed === null ? null : gasUsed / BATCH_SIZE,
        block: count(row.block_number),
        txHash: hex(row.tx_hash),
        error: row.error,
      };
    });
  }
}
