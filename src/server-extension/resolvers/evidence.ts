import { Int, ObjectType, Query, Resolver } from 'type-graphql';
import { Column } from './column';
import { select, type Transaction } from './query';

/** SQL of the address under which a file can be fetched; null while the server's own is not known. @param digest of it */
export const evidenceUrl = (digest: string): string =>
  `(SELECT s.evidence_url FROM status s) || '/evidence/' || encode(${digest}, 'hex')`;

@ObjectType({
  description:
    'Where transcripts and reveals can be fetched by their SHA-256, so that anybody can make a verdict again: ' +
    '<url>/evidence/<64 hex digits>',
})
export class OracleEvidence {
  @Column(() => String, 's.evidence_url', { description: 'Public address of the evidence server' })
  url!: string;
  @Column(() => Int, 's.challenge_window_seconds', { description: 'How long a file stays at least, s' })
  challengeWindowSeconds!: number;
}

@Resolver()
export class EvidenceResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => OracleEvidence, {
    nullable: true,
    description: 'Where the public evidence is; null before the oracle ever ran',
  })
  async evidence(): Promise<OracleEvidence | null> {
    const [evidence] = await select(this.tx, OracleEvidence, 'FROM status s WHERE s.evidence_url IS NOT NULL');
    return evidence ?? null;
  }
}
