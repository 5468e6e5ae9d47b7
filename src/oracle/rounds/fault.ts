/** The oracle cannot do its part of the round; it becomes void and counts for nobody. */
export class RoundFault extends Error {
  override readonly name = 'RoundFault';
}
