// Classes that the GraphQL server finds here become queries; their order decides nothing.
export { ChallengesResolver } from './challenges';
export { ExplainResolver } from './explain';
export { HealthResolver } from './health';
export { PostingsResolver } from './postings';
export { RoundsResolver } from './rounds';
export { SquidStatusResolver } from './squid-status';
export { TranscriptsResolver } from './transcripts';
