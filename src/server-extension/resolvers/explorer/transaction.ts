import { Arg, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Column } from '../column';
import { upTo } from '../cost';
import { IndexOnly, rowsOf, select, type Transaction } from '../query';
import { FeedItem, feedSql } from './feed';
import { Freshness } from './freshness';
import { freshnessOf } from './network-state';
import { hash } from './values';

/** Rows of one kind that are told of a transaction. */
const MOST_ROWS = 100;

@ObjectType({ description: 'A round anchored by a transaction' })
export class AnchoredRound {
  @Column(() => Int, 'r.round', { description: 'Round' })
  round!: number;
  @Column(() => String, 'r.reporter_id', { description: 'Reporter that ran it' })
  reporter!: string;
  @Column(() => String, 'r.root', { description: "Merkle root over the nodes' commitments" })
  root!: string;
  @Column(() => Int, 'r.count', { description: 'Commitments under it' })
  count!: number;
}

@ObjectType({ description: 'A batch of scores proven by a transaction' })
export class ProvenBatch {
  @Column(() => Int, '(b.epoch_id)::int', { description: 'Epoch' })
  epoch!: number;
  @Column(() => Int, 'b.batch', { description: 'Batch' })
  batch!: number;
  @Column(() => String, 'b.prover', { description: 'Account that relayed the proof' })
  prover!: string;
  @Column(() => Int, 'b.node_count', { description: 'Registered nodes in it' })
  nodeCount!: number;
}

@ObjectType({ description: 'Evidence anchored by a transaction' })
export class AnchoredEvidence {
  @Column(() => Int, '(e.epoch_id)::int', { description: 'Epoch' })
  epoch!: number;
  @Column(() => String, 'e.reporter_id', { description: 'Reporter' })
  reporter!: string;
  @Column(() => String, 'e.evidence_root', { description: "Merkle root over the epoch's transcripts" })
  evidenceRoot!: string;
}

@ObjectType({ description: 'A settlement of rewards that a change of stake went on without' })
export class SkippedSettlement {
  @Column(() => String, 's.id', { description: 'Id of its row in rewardSettlementSkips' })
  id!: string;
  @Column(() => Float, 's.named_node_id', { description: 'nodeId as the caller named it' })
  namedNodeId!: number;
  @Column(() => String, 's.account_id', { description: 'Account that moved stake' })
  account!: string;
}

@ObjectType({ description: 'A change of who may do what' })
export class GovernanceRow {
  @Column(() => String, 'g.id', { description: 'Id of its row in governanceEvents' })
  id!: string;
  @Column(() => String, 'g.kind', { description: 'What it was' })
  kind!: string;
  @Column(() => String, 'g.contract', { description: 'Contract that said it' })
  contract!: string;
  @Column(() => String, 'g.account', { nullable: true, description: 'Account it is about' })
  account!: string | null;
  @Column(() => String, 'g.target', { nullable: true, description: 'Contract it is about' })
  target!: string | null;
}

@ObjectType({
  description: `Rows of one transaction, at most ${MOST_ROWS} of each kind; feed(txHash: …) pages through all its events`,
})
export class TransactionDetail {
  @Field(() => String, { description: 'Transaction hash' })
  hash!: string;
  @Field(() => Int, { description: 'Height of its block' })
  block!: number;
  @Field(() => Date, { description: 'Time of its block' })
  timestamp!: Date;
  @Field(() => [FeedItem], { description: 'Its events, newest first', complexity: upTo(MOST_ROWS) })
  activities!: FeedItem[];
  @Field(() => [AnchoredRound], { description: 'Rounds it anchored', complexity: upTo(MOST_ROWS) })
  rounds!: AnchoredRound[];
  @Field(() => [ProvenBatch], { description: 'Batches it proved', complexity: upTo(MOST_ROWS) })
  batches!: ProvenBatch[];
  @Field(() => [AnchoredEvidence], { description: 'Evidence it anchored', complexity: upTo(MOST_ROWS) })
  evidence!: AnchoredEvidence[];
  @Field(() => [SkippedSettlement], {
    description: 'Settlements of rewards that it went on without',
    complexity: upTo(MOST_ROWS),
  })
  skippedSettlements!: SkippedSettlement[];
  @Field(() => [GovernanceRow], { description: 'Changes of who may do what', complexity: upTo(MOST_ROWS) })
  governance!: GovernanceRow[];
  @Field(() => Freshness, { description: 'How fresh this is' })
  freshness!: Freshness;
}

// Most events are activities, too; governance has none.
const PLACE_SQL = `
  (SELECT block, timestamp FROM activity WHERE tx_hash = $1 LIMIT 1)
  UNION ALL (SELECT block, timestamp FROM governance_event WHERE tx_hash = $1 LIMIT 1)
  LIMIT 1`;

@Resolver()
export class TransactionResolver {
  constructor(private readonly tx: Transaction) {}

  @IndexOnly()
  @Query(() => TransactionDetail, {
    nullable: true,
    description: 'What a transaction did with the contracts; null when the index has no event of it',
  })
  async transaction(
    @Arg('hash', () => String, { description: 'Transaction hash, in any case' }) given: string,
  ): Promise<TransactionDetail | null> {
    const txHash = hash('hash', given);
    const [place] = await rowsOf<{ block: number; timestamp: Date }>(this.tx, PLACE_SQL, [txHash]);
    if (!place) return null;
    const one = [{ where: 'a.tx_hash = $1', direction: 'NULL::text' }];
    const rows = [txHash, MOST_ROWS];
    return {
      hash: txHash,
      ...place,
      activities: await rowsOf<FeedItem>(this.tx, feedSql(one, null, MOST_ROWS), [txHash]),
      rounds: await select(this.tx, AnchoredRound, 'FROM round_anchor r WHERE r.tx_hash = $1 LIMIT $2', rows),
      batches: await select(this.tx, ProvenBatch, 'FROM oracle_batch b WHERE b.tx_hash = $1 LIMIT $2', rows),
      evidence: await select(this.tx, AnchoredEvidence, 'FROM evidence_anchor e WHERE e.tx_hash = $1 LIMIT $2', rows),
      // A skip has the id of its activity.
      skippedSettlements: await select(
        this.tx,
        SkippedSettlement,
        `FROM activity a JOIN reward_settlement_skip s ON s.id = a.id
         WHERE a.tx_hash = $1 AND a.kind = 'REWARD_SETTLEMENT_SKIPPED' LIMIT $2`,
        rows,
      ),
      governance: await select(this.tx, GovernanceRow, 'FROM governance_event g WHERE g.tx_hash = $1 LIMIT $2', rows),
      freshness: await freshnessOf(this.tx),
    };
  }
}
