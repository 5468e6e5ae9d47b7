// Classes that the GraphQL server finds here become queries; their order decides nothing. What they say of rounds,
// verdicts and postings is one reporter's view: that of the reporter whose tables the server's connections read.
export { AuditResolver } from './audit';
export { ChallengesResolver } from './challenges';
export { EpochsResolver } from './epochs';
export { EvidenceResolver } from './evidence';
export { ExplainResolver } from './explain';
export * from './explorer';
export { HealthResolver } from './health';
export { PostingsResolver } from './postings';
export { RoundsResolver } from './rounds';
export { SquidStatusResolver } from './squid-status';
export { TranscriptsResolver } from './transcripts';
