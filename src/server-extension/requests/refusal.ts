import type { GraphQLFormattedError } from 'graphql';

/** A request that is not answered, with the HTTP status and the errors that say why. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly errors: readonly GraphQLFormattedError[];

  /** @param code of the error, as in the table of docs/guide/running.md */
  constructor(
    readonly status: number,
    code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    extensions: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.errors = [{ message, extensions: { code, ...extensions } }];
  }
}

/** A query that asks for too much; `cost` says how much. */
export function tooCostly(message: string, cost: Readonly<Record<string, number>>): Refusal {
  return new Refusal(400, 'QUERY_TOO_COSTLY', message, {}, { cost });
}
