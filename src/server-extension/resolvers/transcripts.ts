import { Arg, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Column, hex } from './column';
import { rowsCost } from './cost';
import { evidenceUrl } from './evidence';
import { DEFAULT_LIMIT, ordinal, pageLimit, pageOffset, select, type Transaction } from './query';

/** A document is so many values in one. */
const DOCUMENT_COST = 50;

@ObjectType({ description: "Public record of one challenge; the epoch's evidence root is the Merkle root over these" })
export class OracleTranscript {
  @Column(() => Int, 't.round', { description: 'Round' })
  round!: number;
  @Column(() => Int, 't.node_id', { description: 'Node' })
  nodeId!: number;
  @Column(() => Int, 't.device', { description: 'Device of the node' })
  device!: number;
  @Column(() => Int, 't.epoch', { description: 'Epoch of the round' })
  epoch!: number;
  @Column(() => String, 't.document', {
    description: 'Canonical JSON: keys sorted, no spaces, hex lower-case',
    complexity: DOCUMENT_COST,
  })
  document!: string;
  @Column(() => String, hex('t.sha256'), { description: "SHA-256 of the document's UTF-8 bytes" })
  sha256!: string;
  @Column(() => String, evidenceUrl('t.sha256'), {
    nullable: true,
    description: 'Where the document can be fetched, at least as long as the challenge window',
  })
  url!: string | null;
}

@Resolver()
export class TranscriptsResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => [OracleTranscript], {
    description: "An epoch's transcripts in the order of their Merkle tree: by round, node and device",
    complexity: rowsCost(DEFAULT_LIMIT),
  })
  async transcripts(
    @Arg('epoch', () => Int, { description: 'Epoch' }) epoch: number,
    @Arg('limit', () => Int, { defaultValue: DEFAULT_LIMIT, description: '1 to 100' }) limit: number,
    @Arg('offset', () => Int, { defaultValue: 0, description: '0 to 10000' }) offset: number,
  ): Promise<OracleTranscript[]> {
    return select(
      this.tx,
      OracleTranscript,
      'FROM transcripts t WHERE t.epoch = $1 ORDER BY t.round, t.node_id, t.device LIMIT $2 OFFSET $3',
      [ordinal('epoch', epoch), pageLimit(limit), pageOffset(offset)],
    );
  }

  @Query(() => OracleTranscript, {
    nullable: true,
    description: 'The transcript of one challenge; null before its end',
  })
  async transcript(
    @Arg('round', () => Int, { description: 'Round' }) round: number,
    @Arg('nodeId', () => Int, { description: 'nodeId as contracts use it' }) nodeId: number,
    @Arg('device', () => Int, { defaultValue: 0, description: 'Device of the node, from 0' }) device: number,
  ): Promise<OracleTranscript | null> {
    const [transcript] = await select(
      this.tx,
      OracleTranscript,
      'FROM transcripts t WHERE t.round = $1 AND t.node_id = $2 AND t.device = $3',
      [ordinal('round', round), ordinal('nodeId', nodeId), ordinal('device', device)],
    );
    return transcript ?? null;
  }
}
