/** What one request may cost. */
export const API_LIMITS = {
  requestBytes: 64 * 1024,
  /** Words and signs of a query. */
  tokens: 4_000,
  variableDepth: 20,
  variableValues: 10_000,
  rootFields: 20,
  /** Fields of a query, each as often as its fragments are spread. */
  selections: 2_000,
  depth: 8,
  /** Conditions on rows of other tables: each may make Postgres look through one table for every row of another. */
  relationFilters: 4,
  introspections: 1,
  /** Values of an answer, counted before execution: each list counts its `limit`. */
  responseNodes: 20_000,
  /** All statements of a request together, from its arrival on. */
  deadlineMs: 5_000,
  /** Waiting for a connection to Postgres. */
  connectTimeoutMs: 3_000,
  /** Time for a request to arrive. */
  requestTimeoutMs: 10_000,
  validationErrors: 10,
  databaseConnections: 5,
};
export type ApiLimits = Readonly<typeof API_LIMITS>;
