import type { DocumentedQuery } from './documented';
import { explorerQueries } from './explorer';
import { rowQueries } from './rows';

/** All queries that are measured. */
export const QUERIES: readonly DocumentedQuery[] = [...explorerQueries, ...rowQueries];
