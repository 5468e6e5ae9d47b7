import type { RequestHandler } from 'express';
import { type DocumentNode, getOperationAST, Lexer, parse, Source, TokenKind } from 'graphql';
import { z } from 'zod';
import type { ApiLimits } from '../limits';
import { costOf, overLimits, type QueryCost } from './cost';

const askedSchema = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/**
 * Refuses queries that cost too much before GraphQL sees them: its parser, its rules and what plans the answer take time
 * that grows with the size of a text, or with what its fragments come to. Anything else that is wrong with a request is
 * for GraphQL to say.
 */
export function costGate(limits: ApiLimits): RequestHandler {
  return (request, response, next) => {
    const asked = request.method === 'GET' ? inUrl(request.query) : request.body;
    const refusal = refusalOf(asked, limits);
    if (refusal === undefined) next();
    else response.status(400).json({ errors: [refusal] });
  };
}

/** Why a request is not answered, as an error of GraphQL. */
export function refusalOf(asked: unknown, limits: ApiLimits) {
  const parsed = askedSchema.safeParse(asked);
  if (!parsed.success) return undefined;
  const { query, operationName, variables } = parsed.data;
  const tooLarge = manyTokens(query, limits.tokens) ?? manyValues(variables ?? {}, limits);
  if (tooLarge !== undefined) return refusal(tooLarge);
  const document = parsedOrNothing(query);
  const operation = document && getOperationAST(document, operationName);
  if (!operation) return undefined;
  const cost = costOf(document, operation, variables ?? {});
  const over = overLimits(cost, limits);
  return over === undefined ? undefined : refusal(over, cost);
}

function refusal(message: string, cost?: QueryCost) {
  return { message, extensions: { code: 'QUERY_TOO_COSTLY', ...(cost && { cost }) } };
}

function inUrl({ query, operationName, variables }: Record<string, unknown>): unknown {
  try {
    return { query, operationName, variables: variables === undefined ? undefined : JSON.parse(String(variables)) };
  } catch {
    return undefined;
  }
}

function parsedOrNothing(query: string): DocumentNode | undefined {
  try {
    return parse(query, { noLocation: true });
  } catch {
    return undefined;
  }
}

/** Counts words and signs without parsing, which nests as deeply as the text. */
function manyTokens(query: string, most: number): string | undefined {
  const lexer = new Lexer(new Source(query));
  try {
    for (let tokens = 0; lexer.advance().kind !== TokenKind.EOF; tokens++) {
      if (tokens === most) return `the query has more than ${most} words and signs`;
    }
  } catch {
    // No GraphQL from here on; the parser stops there, too.
  }
  return undefined;
}

/** Goes through the levels instead of into them, so that no value is nested too deeply for it. */
function manyValues(variables: object, { variableValues, variableDepth }: ApiLimits): string | undefined {
  let level: unknown[] = [variables];
  let values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > variableDepth) return `the variables are nested more than ${variableDepth} levels deep`;
    values += level.length;
    if (values > variableValues) return `the variables have more than ${variableValues} values`;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return undefined;
}
