import type { Population } from '../population';

/** A question that an explorer asks, and how it goes on asking it. */
export interface DocumentedQuery {
  name: string;
  document: string;
  /**
   * Variables of the `i`th request, no two alike. Where a query has none, its text is varied by a comment, so that no
   * answer of it is kept either.
   */
  variables?(i: number, population: Population): Record<string, unknown>;
}
