import { Arg, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { BATCH_SIZE } from '../../protocol/scoring/words';
import { Column, hex } from './column';
import { rowsCost } from './cost';
import { DEFAULT_LIMIT, pageLimit, select, type Transaction } from './query';

@ObjectType({ description: 'Proof and posting of one batch of 60 nodes in one epoch, as this reporter did it' })
export class OraclePosting {
  @Column(() => Int, 'b.epoch', { description: 'Epoch' })
  epoch!: number;
  @Column(() => Int, 'b.batch', { description: 'Batch' })
  batch!: number;
  @Column(() => String, 'b.state', {
    description: 'waiting, proving, proved, posted, superseded (another prover was first) or failed',
  })
  state!: string;
  @Column(() => Float, 'b.prove_seconds', { nullable: true, description: 'Time the proof took, s' })
  proveSeconds!: number | null;
  @Column(() => Int, 'b.gas_used', { nullable: true, description: 'Gas of the posting' })
  gasUsed!: number | null;
  @Field(() => Float, { nullable: true, description: 'Gas of the posting per score' })
  get gasPerScore(): number | null {
    return this.gasUsed === null ? null : this.gasUsed / BATCH_SIZE;
  }
  @Column(() => Int, 'b.block_number', { nullable: true, description: 'Block of the posting' })
  block!: number | null;
  @Column(() => String, hex('b.tx_hash'), { nullable: true, description: 'Transaction of the posting' })
  txHash!: string | null;
  @Column(() => String, 'b.error', { nullable: true, description: 'What went wrong, if anything did' })
  error!: string | null;
}

@Resolver()
export class PostingsResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => [OraclePosting], {
    description: 'Proofs and postings, newest epoch first',
    complexity: rowsCost(DEFAULT_LIMIT),
  })
  async postings(
    @Arg('limit', () => Int, { defaultValue: DEFAULT_LIMIT, description: '1 to 100' }) limit: number,
  ): Promise<OraclePosting[]> {
    return select(this.tx, OraclePosting, 'FROM batches b ORDER BY b.epoch DESC, b.batch LIMIT $1', [pageLimit(limit)]);
  }
}
