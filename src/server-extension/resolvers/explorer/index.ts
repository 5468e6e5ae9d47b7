// What an explorer asks first. All of it is from the index; what a reporter saw comes beside it where its tables are.
export { AccountsResolver } from './accounts';
export { ConstantsResolver } from './constants';
export { DelegationsResolver } from './delegations';
export { FeedResolver } from './feed';
export { JobsResolver } from './jobs';
export { LocksResolver } from './locks';
export { NodeResolver } from './node';
export { NodesResolver } from './nodes';
export { OverviewResolver } from './overview';
export { ReportersResolver } from './reporters';
export { ScoreHistoryResolver } from './score-history';
export { SearchResolver } from './search';
export { SeriesResolver } from './series';
export { TransactionResolver } from './transaction';
