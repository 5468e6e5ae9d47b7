import { Arg, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Column, columnsOf } from '../column';
import { rowsCost } from '../cost';
import { IndexOnly, type Transaction } from '../query';
import { countedOf, DEFAULT_PAGE, type Listing, Page, readPage } from './page';

@ObjectType({ description: 'When a reporter last did its work on the chain' })
export class ReporterLiveness {
  @Column(() => String, 'r.id', { description: "Address of the reporter's account" })
  reporter!: string;
  @Column(() => Int, 'r.slot', { description: 'Slot in the reporter set' })
  slot!: number;
  @Column(() => Int, 'r.active_from_epoch', { description: 'First epoch of the term' })
  activeFromEpoch!: number;
  @Column(() => Int, 'r.retired_from_epoch', {
    nullable: true,
    description: 'First epoch after it; null while it runs',
  })
  retiredFromEpoch!: number | null;
  @Column(() => Int, 'r.round_count', { description: 'Rounds anchored' })
  roundCount!: number;
  @Column(() => Int, 'r.evidence_count', { description: 'Epochs with anchored evidence' })
  evidenceCount!: number;
  @Column(() => Int, 'a.round', { nullable: true, description: 'Newest anchored round; null before the first' })
  newestRound!: number | null;
  @Column(() => Date, 'a.timestamp', { nullable: true, description: 'When it was anchored' })
  newestRoundAt!: Date | null;
  @Column(() => Int, '(e.epoch_id)::int', {
    nullable: true,
    description: 'Newest epoch with anchored evidence; null before the first',
  })
  newestEvidenceEpoch!: number | null;
  @Column(() => Date, 'e.timestamp', { nullable: true, description: 'When it was anchored' })
  newestEvidenceAt!: Date | null;
}

@ObjectType({ description: 'Reporters by address, retired ones included' })
export class ReporterPage extends Page {
  @Field(() => [ReporterLiveness], { description: 'Reporters of the page' })
  rows!: ReporterLiveness[];
}

const FROM_REPORTERS = `
  FROM reporter r
  LEFT JOIN LATERAL (
    SELECT a.round, a.timestamp FROM round_anchor a WHERE a.reporter_id = r.id ORDER BY a.id DESC LIMIT 1
  ) a ON true
  LEFT JOIN LATERAL (
    SELECT e.epoch_id, e.timestamp FROM evidence_anchor e WHERE e.reporter_id = r.id ORDER BY e.id DESC LIMIT 1
  ) e ON true`;

@Resolver()
export class ReportersResolver {
  constructor(private readonly tx: Transaction) {}

  @IndexOnly()
  @Query(() => ReporterPage, {
    description: 'Each reporter with its newest anchored round and evidence',
    complexity: rowsCost(DEFAULT_PAGE),
  })
  async reportersLiveness(
    @Arg('after', () => String, { nullable: true, description: 'endCursor of the page before' }) after: string | null,
    @Arg('limit', () => Int, { defaultValue: DEFAULT_PAGE, description: '1 to 100' }) limit: number,
  ): Promise<ReporterPage> {
    const listing: Listing = {
      columns: columnsOf(ReporterLiveness),
      from: FROM_REPORTERS,
      where: [],
      parameters: [],
      keys: [{ sql: 'r.id', type: 'text' }],
      direction: 'ASC',
    };
    const page = await readPage<ReporterLiveness>(this.tx, listing, { after, limit });
    return Object.assign(new ReporterPage(this.tx, page, countedOf(listing)), { rows: page.rows });
  }
}
