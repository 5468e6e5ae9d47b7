import { Arg, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Column, columnsOf, hex } from './column';
import { rowsCost, upTo } from './cost';
import { DEFAULT_LIMIT, pageLimit, select, type Transaction } from './query';

/** Reasons shown of an epoch. */
const REASONS = 3;

@ObjectType({ description: 'Why challenges ended as ORACLE_FAULT' })
export class FaultReason {
  @Column(() => String, 'c.reason', { description: 'The reason, as the verdict gives it' })
  reason!: string;
  @Column(() => Int, 'count(*)', { description: 'Challenges that ended so' })
  count!: number;
}

@ObjectType({ description: 'Times in which this reporter could take nothing in, between its first and last round' })
export class ReporterAbsences {
  @Column(() => Int, 'count(*)', { description: 'How many' })
  count!: number;
  @Column(() => Float, 'coalesce(sum(a.lost_ms), 0)', { description: 'Time lost, ms, also outside the epoch' })
  lostMs!: number;
}

@ObjectType({ description: "A reporter's epoch: what it held, and what it could not" })
export class ReporterEpoch {
  @Column(() => Int, 'n.epoch', { description: 'Epoch' })
  epoch!: number;
  @Column(() => String, "coalesce(e.state, 'running')", {
    description: 'running, measured, anchored, proving, posted, empty (nothing measured) or failed',
  })
  state!: string;
  @Column(() => Int, 'r.over', { description: 'Rounds of this reporter that are over' })
  rounds!: number;
  @Column(() => Int, 'r.void', { description: 'Those that it could not hold to their end' })
  voidRounds!: number;
  // An epoch left out has no count of its own, and one that is over may have lost its challenges to age.
  @Column(() => Int, 'greatest(e.oracle_faults, f.count)', {
    description: "Challenges that ended as ORACLE_FAULT: the reporter's own failures",
  })
  oracleFaults!: number;
  @Column(() => [FaultReason], "coalesce(f.reasons, '[]')", {
    description: 'The most frequent reasons',
    complexity: upTo(REASONS),
  })
  oracleFaultReasons!: FaultReason[];
  @Column(() => ReporterAbsences, 'to_json(a)', { description: 'When it could take nothing in' })
  absences!: ReporterAbsences;
  @Column(() => String, hex('e.evidence_root'), {
    nullable: true,
    description: "Merkle root over the epoch's transcripts, as it is anchored on-chain",
  })
  evidenceRoot!: string | null;
}

const FROM_EPOCHS = `
  FROM (
    SELECT epoch FROM epochs
    UNION SELECT epoch FROM rounds WHERE epoch > (SELECT coalesce(max(epoch), -1) FROM epochs)
    ORDER BY epoch DESC LIMIT $1
  ) n
  LEFT JOIN epochs e USING (epoch)
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state IN ('closed', 'void')) AS over, count(*) FILTER (WHERE state = 'void') AS void,
      min(slot_start) AS starts, max(slot_end) AS ends
    FROM rounds WHERE epoch = n.epoch
  ) r
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(x.count), 0) AS count, json_agg(to_json(x)) FILTER (WHERE x.place <= ${REASONS}) AS reasons
    FROM (
      SELECT ${columnsOf(FaultReason)}, row_number() OVER (ORDER BY count(*) DESC, c.reason) AS place
      FROM challenges c WHERE c.epoch = n.epoch AND c.verdict = 'ORACLE_FAULT' GROUP BY c.reason
    ) x
  ) f
  CROSS JOIN LATERAL (
    SELECT ${columnsOf(ReporterAbsences)} FROM absences a WHERE a.to_at > r.starts AND a.from_at < r.ends
  ) a
  ORDER BY n.epoch DESC`;

@Resolver()
export class EpochsResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => [ReporterEpoch], {
    description: 'Epochs of this reporter, newest first, with what it could not do, counted in public',
    complexity: rowsCost(DEFAULT_LIMIT),
  })
  async reporterEpochs(
    @Arg('limit', () => Int, { defaultValue: DEFAULT_LIMIT, description: '1 to 100' }) limit: number,
  ): Promise<ReporterEpoch[]> {
    return select(this.tx, ReporterEpoch, FROM_EPOCHS, [pageLimit(limit)]);
  }
}
