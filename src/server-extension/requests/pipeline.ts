import type { Logger } from '@subsquid/logger';
import type { Request, Response } from 'express';
import { type DocumentNode, execute, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { METRICS } from '../../config/metrics';
import { addressOf } from '../../runtime/client-address';
import { monotonicMs } from '../../runtime/clock';
import type { Metrics } from '../../runtime/metrics';
import { publicError, statusOf, tooManyValues, unavailable } from '../errors';
import type { ApiLimits } from '../limits';
import type { IndexState } from '../state';
import type { Work } from './admission';
import { type Analysed, analyse, analyseAgain, checkValues, type Rejected, tokensOf } from './analysis/analyse';
import type { Analyst } from './analysis/analyst';
import { type Answer, Answers, answerOf, zippedBody } from './answers';
import { type Asked, bodyOf } from './asked';
import type { Lanes } from './lanes';
import { PersistedQueries } from './persisted';
import { Refusal, tooCostly } from './refusal';
import { ownValuesIn } from './size';

/** Whose request it is. */
interface Asker {
  client: string;
  /** Nobody waits for the answer any more. */
  isGone(): boolean;
}

/** Fields that describe the schema, at a length that would hold others up. */
const DESCRIPTIONS = new Set(['__schema', '__type']);

export interface PipelineOptions {
  schema: GraphQLSchema;
  /** Fields of the root whose answers are as true as the state of the index. */
  indexOnly: ReadonlySet<string>;
  /** Fields of the root that our own resolvers answer. */
  own: ReadonlySet<string>;
  lanes: Lanes;
  analyst: Analyst;
  limits: ApiLimits;
  log: Logger;
  metrics: Metrics<(typeof METRICS)['api']>;
  /** What is known of the state of the index; undefined: nothing. */
  state(): IndexState | undefined;
}

/** What turns a request into its answer: read, analysed, answered from memory or in a lane to the database, sent. */
export class Pipeline {
  private readonly persisted: PersistedQueries;
  private readonly documents: LRUCache<string, KnownDocument>;
  private readonly answers: Answers;
  /** Descriptions of the schema stay true as long as the process runs. */
  private readonly descriptions: Answers;

  constructor(private readonly options: PipelineOptions) {
    const { persistedBytes, documentsBytes, answersBytes, answerBytes } = options.limits;
    this.persisted = new PersistedQueries(persistedBytes);
    this.documents = new LRUCache({ maxSize: documentsBytes });
    const onKept = () => options.metrics.add('dpin_api_kept_answers_total', {});
    this.answers = new Answers({ answersBytes, answerBytes, onKept });
    // The standard query for all of it has two megabytes.
    this.descriptions = new Answers({ answersBytes: 8 * answerBytes, answerBytes: 4 * answerBytes, onKept });
  }

  /** Forgets answers: the state of the index is another one. */
  forget(): void {
    this.answers.forget();
  }

  /** Answers one request; resolves when nothing is left to do for it. */
  readonly work: Work = async (request, response) => {
    const client = addressOf(request.socket.remoteAddress ?? 'unknown');
    const startMs = monotonicMs();
    const asker = { client, isGone: () => response.destroyed };
    const answer = await this.answer(asker, () => bodyOf(request, this.options.limits));
    this.options.metrics.observe('dpin_api_request_seconds', {}, (monotonicMs() - startMs) / 1000);
    await this.send(answer, request, response);
  };

  private async answer(asker: Asker, read: () => ReturnType<typeof bodyOf>): Promise<Answer> {
    try {
      const asked = this.persisted.resolve(read());
      const analysed = await this.analysed(asker.client, asked);
      if ('rejected' in analysed) return this.failed(400, analysed.rejected);
      return await this.made(asker, asked, analysed);
    } catch (error) {
      if (error instanceof Refusal) return this.failed(error.status, error.errors, error.headers);
      if (error instanceof GraphQLError) return this.executed({ errors: [error] });
      throw error;
    }
  }

  private async analysed(client: string, asked: Asked): Promise<Analysed | Rejected> {
    const { schema, limits, analyst } = this.options;
    const { query } = asked;
    const known = this.documents.get(query);
    if (known) return known.analysedFor(asked, limits);
    const tokens = tokensOf(query, limits.tokens);
    if (tokens > limits.tokens) {
      throw tooCostly(`the query has more than ${limits.tokens} words and signs`, { tokensAtLeast: tokens });
    }
    let found: Analysed | Rejected;
    if (tokens <= limits.tokensAtOnce) found = analyse(asked, schema, limits);
    else {
      const analysed = await analyst.analyse(client, asked);
      if ('rejected' in analysed) return analysed;
      found = checkValues(analysed.document, schema) ?? analyseAgain(analysed.document, asked, limits);
    }
    if (!('rejected' in found)) {
      // Places in the text, which errors have, hold every word of it.
      const size = query.length + tokens * limits.tokenBytes;
      this.documents.set(query, new KnownDocument(parse(query, { noLocation: true })), { size });
    }
    return found;
  }

  private async made(asker: Asker, asked: Asked, analysed: Analysed): Promise<Answer> {
    const { schema, own, indexOnly, limits, analyst, state } = this.options;
    const names = analysed.roots.map(({ name }) => name.value);
    if (names.some((name) => DESCRIPTIONS.has(name))) {
      if (!names.every((name) => DESCRIPTIONS.has(name) || name === '__typename')) {
        throw new Refusal(400, 'BAD_USER_INPUT', 'ask for __schema and __type in a query of their own');
      }
      return this.descriptions.get(asked, () => analyst.introspect(asker.client, asked));
    }
    const values = ownValuesIn(analysed, asked, schema, own);
    if (values > limits.responseNodes) throw tooManyValues(values, limits.responseNodes);
    const isTrueForTheState = names.every((name) => indexOnly.has(name) || name === '__typename');
    const known = state();
    if (known === undefined) return this.fromDatabase(asker, asked, analysed, () => undefined);
    const make = async (again: () => Answer | undefined) => {
      const answer = await this.fromDatabase(asker, asked, analysed, again);
      // The state before it was made: the database may be further, never less far.
      return { ...answer, headers: { 'x-indexed-block': String(known.block), ...answer.headers } };
    };
    return isTrueForTheState ? this.answers.get(asked, make) : make(() => undefined);
  }

  /** @param known an answer that somebody else got while this one waited for its turn */
  private async fromDatabase(
    { client, isGone }: Asker,
    { query, operationName, variables }: Asked,
    { document }: Analysed,
    known: () => Answer | undefined,
  ): Promise<Answer> {
    const { schema, lanes } = this.options;
    const result = await lanes.run(client, query, async (openreader) => {
      if (isGone()) throw unavailable('nobody waits for the answer');
      const contextValue = { openreader };
      const asked = { schema, document, rootValue: {}, contextValue, variableValues: variables, operationName };
      return known() ?? execute(asked);
    });
    return 'body' in result ? result : this.executed(result);
  }

  /** An answer of GraphQL with the HTTP status that its errors ask for. */
  private executed({ data, errors }: { data?: unknown; errors?: readonly GraphQLError[] | undefined }): Answer {
    if (!errors?.length) return answerOf(200, JSON.stringify({ data }));
    const { errors: mostErrors, errorChars } = this.options.limits;
    const told = errors.slice(0, mostErrors).map((error) => {
      const { message, ...rest } = publicError(error, this.options.log);
      return { message: message.length > errorChars ? `${message.slice(0, errorChars)}…` : message, ...rest };
    });
    const status = statusOf({ data, errors: told }) ?? 200;
    const retry = { 'retry-after': String(this.options.limits.retryAfterSeconds) };
    const text = JSON.stringify(data === undefined ? { errors: told } : { errors: told, data });
    return answerOf(status, text, { 'cache-control': 'no-store', ...(status === 503 && retry) });
  }

  private failed(status: number, errors: Rejected['rejected'], headers: Answer['headers'] = {}): Answer {
    return answerOf(status, JSON.stringify({ errors }), { 'cache-control': 'no-store', ...headers });
  }

  private async send(answer: Answer, request: Request, response: Response): Promise<void> {
    const { status, body, etag, headers } = answer;
    // Whoever keeps it asks each time whether it is still true.
    response.set({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache', ...headers });
    response.vary('Accept-Encoding');
    response.status(status);
    const isKept = status === 200 && headers['cache-control'] === undefined;
    if (isKept) response.set('etag', etag);
    // Not `request.fresh`: fetch adds "no-cache" to every conditional request, and means the caches in between.
    if (isKept && hasAlready(request, etag)) {
      response.status(304).end();
      return;
    }
    const zipped = request.acceptsEncodings('gzip') ? await zippedBody(answer) : undefined;
    if (zipped) response.set('content-encoding', 'gzip');
    response.end(zipped ?? body);
  }
}

/** A document that passed. */
class KnownDocument {
  /** By operation, as it is with variables that cost nothing of their own. */
  private readonly plain = new Map<string | undefined, Analysed>();

  constructor(private readonly document: DocumentNode) {}

  analysedFor(asked: Asked, limits: ApiLimits): Analysed | Rejected {
    if (!Object.values(asked.variables).every(isPlain)) return analyseAgain(this.document, asked, limits);
    const known = this.plain.get(asked.operationName);
    if (known && !usesDefaults(known, asked)) return known;
    const found = analyseAgain(this.document, asked, limits);
    if (!('rejected' in found) && !usesDefaults(found, asked)) this.plain.set(asked.operationName, found);
    return found;
  }
}

/** Whether a value stands in the text that other variables would have replaced. */
function usesDefaults({ operation }: Analysed, { variables }: Asked): boolean {
  const definitions = operation.variableDefinitions ?? [];
  return definitions.some(({ variable, defaultValue }) => defaultValue && variables[variable.name.value] === undefined);
}

/** Neither conditions nor a limit below zero. */
function isPlain(value: unknown): boolean {
  return typeof value === 'number' ? value >= 0 : typeof value !== 'object' || value === null;
}

function hasAlready(request: Request, etag: string): boolean {
  if (request.method !== 'GET') return false;
  const tags = request.get('if-none-match')?.split(',') ?? [];
  return tags.some((tag) => tag.trim() === etag);
}
