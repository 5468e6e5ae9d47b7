/** What one request may cost. */
export const API_LIMITS = {
  requestBytes: 64 * 1024,
  rootFields: 20,
  depth: 8,
  /** Values of an answer, counted before execution: each list counts its `limit`. */
  responseNodes: 20_000,
  statementTimeoutMs: 5_000,
  /** Time for a request to arrive. */
  requestTimeoutMs: 10_000,
  validationErrors: 10,
  databaseConnections: 5,
};
export type ApiLimits = Readonly<typeof API_LIMITS>;
