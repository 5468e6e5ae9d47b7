import { Arg, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { hex, ordinal, pageLimit, pageOffset, rowsOf, type Transaction } from './query';

@ObjectType({ description: "Public record of one challenge; the epoch's evidence root is the Merkle root over these" })
export class OracleTranscript {
  @Field(() => Int, { description: 'Round' })
  round!: number;
  @Field(() => Int, { description: 'Node' })
  nodeId!: number;
  @Field(() => Int, { description: 'Device of the node' })
  device!: number;
  @Field(() => Int, { description: 'Epoch of the round' })
  epoch!: number;
  @Field(() => String, { description: 'Canonical JSON: keys sorted, no spaces, hex lower-case' })
  document!: string;
  @Field(() => String, { description: "SHA-256 of the document's UTF-8 bytes" })
  sha256!: string;
}

interface TranscriptRow {
  round: string;
  node_id: string;
  device: number;
  epoch: string;
  document: string;
  sha256: Buffer;
}

const transcriptsSql = 'SELECT round, node_id, device, epoch, document, sha256 FROM oracle.transcripts';

const transcriptOf = (row: TranscriptRow): OracleTranscript => ({
  round: Number(row.round),
  nodeId: Number(row.node_id),
  device: row.device,
  epoch: Number(row.epoch),
  document: row.document,
  sha256: hex(row.sha256) ?? '',
});

/** Evidence of the reporter whose database this is. */
@Resolver()
export class TranscriptsResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => [OracleTranscript], {
    description: "An epoch's transcripts in the order of their Merkle tree: by round, node and device",
  })
  async transcripts(
    @Arg('epoch', () => Int) epoch: number,
    @Arg('limit', () => Int, { defaultValue: 20, description: '1 to 100' }) limit: number,
    @Arg('offset', () => Int, { defaultValue: 0, description: '0 to 10000' }) offset: number,
  ): Promise<OracleTranscript[]> {
    const rows = await rowsOf<TranscriptRow>(
      this.tx,
      `${transcriptsSql} WHERE epoch = $1 ORDER BY round, node_id, device LIMIT $2 OFFSET $3`,
      [ordinal('epoch', epoch), pageLimit(limit), pageOffset(offset)],
    );
    return rows.map(transcriptOf);
  }

  @Query(() => OracleTranscript, {
    nullable: true,
    description: 'The transcript of one challenge; null before its end',
  })
  async transcript(
    @Arg('round', () => Int) round: number,
    @Arg('nodeId', () => Int) nodeId: number,
    @Arg('device', () => Int, { defaultValue: 0 }) device: number,
  ): Promise<OracleTranscript | null> {
    const [row] = await rowsOf<TranscriptRow>(
      this.tx,
      `${transcriptsSql} WHERE round = $1 AND node_id = $2 AND device = $3`,
      [ordinal('round', round), ordinal('nodeId', nodeId), ordinal('device', device)],
    );
    return row ? transcriptOf(row) : null;
  }
}
