import type { Request } from 'express';
import { z } from 'zod';
import type { ApiLimits } from '../limits';
import { Refusal, tooCostly } from './refusal';

/** What a client asks, as GraphQL over HTTP has it. */
export interface Asked {
  query: string;
  operationName: string | undefined;
  variables: Readonly<Record<string, unknown>>;
}

const record = z.record(z.string(), z.unknown());
/** Parts of a request; `null` is how clients leave one out. */
const bodySchema = z.object({
  query: z.string().nullish(),
  operationName: z.string().max(256, 'is longer than 256 characters').nullish(),
  variables: record.nullish(),
  extensions: record.nullish(),
});
export type Body = z.output<typeof bodySchema>;

/**
 * The parts of a request, from the URL of a GET or the JSON of a POST.
 * @throws Refusal that names the part that is wrong
 */
export function bodyOf(request: Request, limits: ApiLimits): Body {
  if (request.method !== 'GET' && request.method !== 'POST') {
    throw new Refusal(405, 'METHOD_NOT_ALLOWED', 'only GET and POST are answered', { allow: 'GET, POST' });
  }
  if (request.method === 'POST' && !request.is('application/json')) {
    throw new Refusal(415, 'BAD_REQUEST', 'content-type: send the query as application/json');
  }
  const parsed = bodySchema.safeParse(request.method === 'GET' ? inUrl(request.query) : request.body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Refusal(400, 'BAD_REQUEST', `${issue?.path.join('.') || 'the request'}: ${issue?.message}`);
  }
  checkValues(parsed.data.variables ?? {}, limits);
  return parsed.data;
}

function inUrl({ query, operationName, variables, extensions }: Request['query']): unknown {
  return { query, operationName, variables: json('variables', variables), extensions: json('extensions', extensions) };
}

function json(name: string, text: unknown): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(String(text));
  } catch {
    throw new Refusal(400, 'BAD_REQUEST', `${name}: is no JSON`);
  }
}

/** Goes through the levels instead of into them, so that no value is nested too deeply for it. @throws Refusal */
function checkValues(variables: object, { variableValues, variableDepth }: ApiLimits): void {
  let level: unknown[] = [variables];
  let values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > variableDepth) {
      throw tooCostly(`the variables are nested more than ${variableDepth} levels deep`, {
        variableDepthAtLeast: depth,
      });
    }
    values += level.length;
    // JSON has numbers that no number is: written out again they would be null.
    if (level.some((value) => typeof value === 'number' && !Number.isFinite(value))) {
      throw new Refusal(400, 'BAD_REQUEST', 'variables: a number is too large');
    }
    if (values > variableValues) {
      throw tooCostly(`the variables have more than ${variableValues} values`, { variableValuesAtLeast: values });
    }
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
}
