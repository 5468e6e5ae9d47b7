/** The oracle cannot do its part of the round, which becomes void; what its nodes did not do in time stays theirs. */
export class RoundFault extends Error {
  override readonly name = 'RoundFault';
}
