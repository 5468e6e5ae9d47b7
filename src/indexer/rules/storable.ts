/** Values of contracts, made so that Postgres and GraphQL can hold them: users choose some, and choose anything. */

/** Latest time that Postgres, GraphQL and people can do something with: the end of the year 9999. */
export const LAST_SECOND = 253_402_300_799;

/**
 * Time of a contract's timestamp in seconds. Some are chosen by users and may lie beyond every calendar; these become
 * the end of the year 9999 instead of stopping the indexer.
 */
export function dateOf(seconds: bigint): Date {
  return new Date(Number(seconds > LAST_SECOND ? LAST_SECOND : seconds) * 1000);
}

/** The seconds since 1970 that a block's or a contract's time was; its inverse, up to the end of the year 9999. */
export function secondsOf(date: Date): bigint {
  return BigInt(date.getTime() / 1000);
}

/** Text as Postgres can keep it: a NUL, which anybody can put into a contract's string, becomes U+FFFD. */
export function cleanText(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
