/** A verdict that does not follow from what is said to be its ground; the message names where they part. */
export class Difference extends Error {
  override readonly name = 'Difference';
}
