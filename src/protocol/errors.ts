/** A value that the protocol's rules forbid: a caller's mistake, never a node's answer (those get verdict codes). */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
