/** What a client of the evidence server may take; beyond it an answer is refused or the socket ends. */
export const EVIDENCE_LIMITS = {
  /** Sockets in all, and from one address: when all are taken, whoever has most loses its oldest to who has less. */
  connections: 512,
  connectionsPerAddress: 32,
  /** Requests of one address: at once, and per second on average. */
  requestBurst: 100,
  requestsPerSecond: 20,
  /** Request line and headers, bytes. */
  headerBytes: 8 * 1024,
  /** Until the headers are there, and until the whole request is. */
  headersMs: 5_000,
  requestMs: 10_000,
  /** A socket on which nothing moves. */
  idleMs: 10_000,
  /** A whole answer: the largest reveal over a slow line takes less. */
  answerMs: 120_000,
} as const;

/** Where only this machine can connect, it is a proxy that does, for everybody: it limits connections itself. */
export function limitsAt(host: string): EvidenceLimits {
  const isOwnMachine = /^(127\.|::1$|localhost$)/.test(host);
  return isOwnMachine ? { ...EVIDENCE_LIMITS, connectionsPerAddress: EVIDENCE_LIMITS.connections } : EVIDENCE_LIMITS;
}

export type EvidenceLimits = { readonly [Name in keyof typeof EVIDENCE_LIMITS]: number };
