/** What one request may cost. */
export const API_LIMITS = {
  requestBytes: 64 * 1024,
  /** Words and signs of a query. */
  tokens: 4_000,
  /** Longer ones are analysed in a thread of their own, where they hold nobody up. */
  tokensAtOnce: 400,
  /** Time of that thread for one query. */
  analysisMs: 1_000,
  variableDepth: 20,
  variableValues: 2_000,
  /** Of arguments, each variable as often as it is used. */
  valueDepth: 20,
  values: 2_000,
  conditions: 200,
  rootFields: 20,
  /** Fields of a query, each as often as its fragments are spread. */
  selections: 2_000,
  depth: 8,
  /** Conditions on rows of other tables: each may make Postgres look through one table for every row of another. */
  relationFilters: 4,
  introspections: 1,
  introspectionAliases: 0,
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
  /** Of these, what one client has at the same time. */
  lightConnectionsPerClient: 4,
  heavyConnectionsPerClient: 2,
  /** Clients that had light connections for longer than this lately have no more of them than so many, all together. */
  busyMs: 3_000,
  busyLightConnections: 2,
  /** A query that was slow begins in the heavy lane for so long. */
  slowForMs: 60_000,
  /** Waiting for a place in a lane, and for Postgres to take a connection. */
  waitMs: 3_000,
  /** For a request's body to arrive; only then it has a place. */
  bodyMs: 3_000,
  /** Connections of one client and of all, and requests that a connection may have under way. */
  socketsPerClient: 128,
  sockets: 2_048,
  requestsPerSocket: 4,
  /** For the client to take the answer in, from the arrival of its request on. */
  readMs: 30_000,
  /** Memory for analysed queries, texts known to be slow, queries known by their hash, and answers still true. */
  /** What a word of an analysed query takes. */
  tokenBytes: 400,
  documentsBytes: 16 * 1024 * 1024,
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
  /** Time for the head of a request to arrive. */
  requestTimeoutMs: 5_000,
  /** Errors of an answer, and characters of each. */
  validationErrors: 10,
  errors: 20,
  errorChars: 500,
};
export type ApiLimits = Readonly<typeof API_LIMITS>;
