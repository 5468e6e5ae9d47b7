/** What one request may cost. */
export const API_LIMITS = {
  requestBytes: 64 * 1024,
  /** Words and signs of a query. */
  tokens: 4_000,
  /** Longer ones are analysed in a thread of their own, where they hold nobody up. */
  tokensAtOnce: 400,
  /** Time of that thread for one query. */
  analysisMs: 2_000,
  /** Of values in variables, and in the text. */
  variableDepth: 20,
  valueDepth: 20,
  variableValues: 2_000,
  rootFields: 20,
  /** Fields of a query, each as often as its fragments are spread. */
  selections: 2_000,
  depth: 8,
  /** Conditions on rows of other tables: each may make Postgres look through one table for every row of another. */
  relationFilters: 4,
  introspections: 1,
  /** Values of an answer, counted before execution: each list counts its `limit`. */
  responseNodes: 10_000,
  /** All statements of a request together, from its arrival on. */
  deadlineMs: 5_000,
  /**
   * Every request begins in the light lane, whose statements have so long together; one that needs more begins again in
   * the heavy lane. So a quick query waits for slow ones no longer than this.
   */
  lightMs: 200,
  lightConnections: 6,
  heavyConnections: 4,
  /** Connections of a lane that one client has at the same time. */
  connectionsPerClient: 2,
  /** A query that was slow begins in the heavy lane for so long. */
  slowForMs: 60_000,
  /** Waiting for a place in a lane, and for Postgres to take a connection. */
  waitMs: 3_000,
  /** For the client to take the answer in, from the arrival of its request on. */
  readMs: 30_000,
  /** Memory for analysed queries, texts known to be slow, queries known by their hash, and answers still true. */
  documentsBytes: 4 * 1024 * 1024,
  textsBytes: 1024 * 1024,
  persistedBytes: 4 * 1024 * 1024,
  answersBytes: 64 * 1024 * 1024,
  answerBytes: 1024 * 1024,
  /** Between two looks at how far the index is. */
  stateMs: 200,
  /** Requests under way at the same time, of one client and of all. */
  requestsPerClient: 32,
  requests: 256,
  /** The same, beyond these, each of a client that has none under way. */
  reservedRequests: 256,
  /** After which whoever was refused may ask again. */
  retryAfterSeconds: 1,
  /** Time for a request to arrive. */
  requestTimeoutMs: 10_000,
  validationErrors: 10,
};
export type ApiLimits = Readonly<typeof API_LIMITS>;
