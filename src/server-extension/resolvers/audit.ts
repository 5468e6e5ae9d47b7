import { Arg, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Column, columnsOf } from './column';
import { rowsCost, upTo } from './cost';
import { DEFAULT_LIMIT, pageLimit, rowsOf, select, type Transaction } from './query';

/** Differences told by name. */
const NAMED = 100;

@ObjectType({ description: 'A value on which index and chain did not agree' })
export class AuditDifference {
  @Column(() => String, 'd.entity', { description: 'Kind of row; Sums stands for sums over all rows' })
  entity!: string;
  @Column(() => String, 'd.row_id', { description: 'Id of the row' })
  id!: string;
  @Column(() => String, 'd.field', { description: 'The value; id when the chain knows no such thing' })
  field!: string;
  @Column(() => String, 'd.indexed', { nullable: true, description: 'What the index had' })
  indexed!: string | null;
  @Column(() => String, 'd.on_chain', { nullable: true, description: 'What the contracts, or other rows, said' })
  onChain!: string | null;
}

@ObjectType({ description: 'A comparison of all rows of the index with the contracts at one block' })
export class IndexAudit {
  @Column(() => Int, 'a.height', { description: 'Block that was compared' })
  block!: number;
  @Column(() => String, 'a.hash', { description: 'Its hash' })
  blockHash!: string;
  @Column(() => Date, 'a.started_at', { description: 'When it began' })
  startedAt!: Date;
  @Column(() => Date, 'a.finished_at', { description: 'When it ended' })
  finishedAt!: Date;
  @Column(() => Float, 'a.rows', { description: 'Rows compared' })
  rows!: number;
  @Column(() => Float, 'a.compared', { description: 'Values compared' })
  compared!: number;
  @Column(() => Float, 'a.differences', { description: 'Values that differed; the index is as it should be with 0' })
  differences!: number;
  @Field(() => [AuditDifference], { description: `The first ${NAMED} of them`, complexity: upTo(NAMED) })
  named!: AuditDifference[];
}

@ObjectType({
  description:
    'A number that is the same in every index with the same rows of an epoch. It speaks of rows that never change: ' +
    'activities, histories, rounds, batches, evidence',
})
export class EpochChecksum {
  @Column(() => Int, 'e.epoch', { description: 'Epoch; -1 for all blocks before the first' })
  epoch!: number;
  @Column(() => Float, 'e.rows', { description: 'Rows of its blocks' })
  rows!: number;
  @Column(() => String, 'e.checksum', { description: 'SHA-256 over them' })
  checksum!: string;
}

/** What the last audit of the index found. */
@Resolver()
export class AuditResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => IndexAudit, { nullable: true, description: 'The last audit that ended; null before the first' })
  async lastAudit(): Promise<IndexAudit | null> {
    if (!(await this.wasAudited())) return null;
    const [found] = await rowsOf<IndexAudit & { audit: number }>(
      this.tx,
      `SELECT a.id AS audit, ${columnsOf(IndexAudit)} FROM squid_processor.audit a
        WHERE a.finished_at IS NOT NULL ORDER BY a.id DESC LIMIT 1`,
    );
    if (!found) return null;
    const named = await select(
      this.tx,
      AuditDifference,
      'FROM squid_processor.audit_difference d WHERE d.audit = $1 ORDER BY d.id LIMIT $2',
      [found.audit, NAMED],
    );
    return { ...found, named };
  }

  @Query(() => [EpochChecksum], {
    description: 'Checksums of epochs that were over at the last audit, newest first',
    complexity: rowsCost(DEFAULT_LIMIT),
  })
  async epochChecksums(
    @Arg('limit', () => Int, { defaultValue: DEFAULT_LIMIT, description: '1 to 100' }) limit: number,
  ): Promise<EpochChecksum[]> {
    const rows = pageLimit(limit);
    if (!(await this.wasAudited())) return [];
    return select(this.tx, EpochChecksum, 'FROM squid_processor.audit_epoch e ORDER BY e.epoch DESC LIMIT $1', [rows]);
  }

  private async wasAudited(): Promise<boolean> {
    const [found] = await rowsOf<{ there: boolean }>(
      this.tx,
      "SELECT to_regclass('squid_processor.audit_epoch') IS NOT NULL AS there",
    );
    return found?.there ?? false;
  }
}
