/** Words by which endpoints say "too many requests"; each has its own. */
const RATE_WORDS =
  /rate.?limit|limit(ed)? rate|too many requests|requests? (rate|per)|throttl|compute units|capacity|quota|slow down/i;

/** Whether the error in an answer of an endpoint says "too many requests". */
export function isRateLimit(error: { code?: unknown; message?: unknown }): boolean {
  return error.code === 429 || RATE_WORDS.test(String(error.message ?? ''));
}
