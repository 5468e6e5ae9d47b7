/**
 * What a person must mend: a wrong setting, a key refused on this chain, a chain that is not the expected one.
 * `message` says what is wrong, `advice` what to do, `facts` the numbers behind it (never a secret).
 */
export class FatalError extends Error {
  override readonly name = 'FatalError';
  constructor(
    message: string,
    readonly advice: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What passes by itself: RPC or Postgres away, a block not there yet. Callers back off and try again. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  constructor(
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
