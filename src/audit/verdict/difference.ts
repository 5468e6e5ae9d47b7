/** A verdict that does not follow from what is said to be its ground; the message names where they part. */
export class Difference extends Error {
  override readonly name = 'Difference';
}

/** A file without which nothing can be said of a verdict. */
export class Missing extends Error {
  override readonly name = 'Missing';
}
