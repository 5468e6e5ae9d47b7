import { z } from 'zod';
import { shortReason } from '../../failures';
import { readText, shownUrl } from '../http';
import { type FailureKind, failureOf, RpcFailure, retryAfterMs, TooLarge } from './failure';
import { RangeWidth } from './width';

/** Calls in one request, until the endpoint refuses as many. */
const BATCH_CALLS = 100;
/** Requests at the same time where an endpoint wants its calls one by one. */
const CONCURRENCY = 8;
/**
 * An answer that is larger counts as refused, where whoever asks sets no limit of their own. One without logs is small,
 * and several are asked for at the same time.
 */
const MAX_ANSWER_BYTES = 64 * 2 ** 20;
const MAX_ANSWER_BYTES_WITHOUT_LOGS = 16 * 2 ** 20;
const TIMEOUT_MS = 20_000;

export interface Call {
  method: string;
  params: readonly unknown[];
}

/** What came for one call. */
export type Answer = { value: unknown; failure?: undefined } | { failure: RpcFailure };

const answerSchema = z.object({ id: z.unknown(), result: z.unknown().optional(), error: z.unknown().optional() });

/** The value of an answer. @throws the failure of its call */
export function valueIn(answer: Answer | undefined): unknown {
  if (answer === undefined) throw new RpcFailure('unsound', 'a call has no answer');
  if (answer.failure) throw answer.failure;
  return answer.value;
}

/** One JSON-RPC endpoint over HTTP. It does not try again; it knows how much the endpoint takes at once. */
export class Endpoint {
  /** Without path, query and password, which carry API keys. */
  readonly shown: string;
  readonly width = new RangeWidth();
  /** Whether it has the `finalized` block; undefined until asked. */
  hasFinalizedTag: boolean | undefined;
  private batchCalls = BATCH_CALLS;
  private readonly url: string;
  private readonly headers: Record<string, string> = { 'content-type': 'application/json' };

  constructor(
    url: string,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    this.shown = shownUrl(url);
    const parsed = new URL(url);
    if (parsed.username !== '') {
      const login = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
      this.headers['authorization'] = `Basic ${Buffer.from(login).toString('base64')}`;
      parsed.username = '';
      parsed.password = '';
    }
    this.url = parsed.href;
  }

  /** @throws RpcFailure */
  async call(method: string, ...params: unknown[]): Promise<unknown> {
    return valueIn((await this.batch([{ method, params }]))[0]);
  }

  /**
   * Answers in the order of the calls, which go into one request as far as the endpoint takes them together.
   * @param maxBytes of the answer to a request
   * @throws RpcFailure when the request as a whole failed; TooLarge when an answer has more than `maxBytes`
   */
  async batch(calls: readonly Call[], maxBytes?: number): Promise<Answer[]> {
    const chunks: (readonly Call[])[] = [];
    const size = this.batchCalls;
    for (let at = 0; at < calls.length; at += size) chunks.push(calls.slice(at, at + size));
    const answers: Answer[] = [];
    for (let at = 0; at < chunks.length; at += CONCURRENCY) {
      const some = await Promise.all(chunks.slice(at, at + CONCURRENCY).map((chunk) => this.send(chunk, maxBytes)));
      answers.push(...some.flat());
    }
    return answers;
  }

  private async send(calls: readonly Call[], maxBytes?: number): Promise<Answer[]> {
    try {
      return await this.post(calls, maxBytes);
    } catch (error) {
      if (!(error instanceof RpcFailure) || error.kind !== 'refused') throw error;
      if (calls.length === 1) return [{ failure: error }];
      const half = Math.ceil(calls.length / 2);
      const first = await this.send(calls.slice(0, half), maxBytes);
      const answers = [...first, ...(await this.send(calls.slice(half), maxBytes))];
      // Where each half was taken it was too many calls; else it was one of them, and the next batch may be taken.
      if (answers.every(({ failure }) => failure === undefined)) this.batchCalls = Math.min(this.batchCalls, half);
      return answers;
    }
  }

  private async post(calls: readonly Call[], maxBytes?: number): Promise<Answer[]> {
    const requests = calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }));
    const request = JSON.stringify(requests.length === 1 ? requests[0] : requests);
    const method = calls.map((call) => call.method).find((name) => name === 'eth_getLogs') ?? calls[0]?.method ?? '';
    const limit = maxBytes ?? (method === 'eth_getLogs' ? MAX_ANSWER_BYTES : MAX_ANSWER_BYTES_WITHOUT_LOGS);
    const { status, text, waitMs } = await this.fetch(request, limit);
    if (text === undefined) {
      const tooLarge = `the answer has more than ${limit} bytes`;
      throw maxBytes === undefined ? new RpcFailure('refused', tooLarge) : new TooLarge(tooLarge);
    }
    const body = parseJson(text);
    const whole = answerSchema.safeParse(body);
    if (status !== 429 && whole.success && whole.data.error != null) {
      const failure = failureOf(whole.data.error, method, waitMs);
      if (failure.kind === 'limited' || calls.length > 1) throw failure;
      return [{ failure }];
    }
    if (status >= 400) throw new RpcFailure(kindOf(status), `HTTP ${status}: ${saidIn(body, text)}`, waitMs);
    const answers = z.array(answerSchema).safeParse(calls.length === 1 ? [body] : body);
    if (!answers.success) throw new RpcFailure('unsound', `no JSON-RPC answer: ${text.slice(0, 100)}`);
    const byId = new Map(answers.data.map((answer) => [answer.id, answer]));
    return calls.map((call, id): Answer => {
      const answer = byId.get(id);
      if (answer === undefined) throw new RpcFailure('unsound', `no answer to ${call.method}`);
      if (answer.error == null) return { value: answer.result };
      const failure = failureOf(answer.error, call.method, waitMs);
      if (failure.kind === 'limited') throw failure;
      return { failure };
    });
  }

  /** @returns the answer, without its text when that has more than `maxBytes` */
  private async fetch(body: string, maxBytes: number) {
    try {
      const signal = AbortSignal.timeout(this.timeoutMs);
      const response = await fetch(this.url, { method: 'POST', headers: this.headers, body, signal });
      const text = await readText(response, maxBytes);
      return { status: response.status, text, waitMs: retryAfterMs(response.headers.get('retry-after')) };
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') {
        throw new RpcFailure('timeout', `no answer within ${this.timeoutMs} ms`, undefined, { cause: error });
      }
      const reason = shortReason((error as Error).cause ?? error);
      throw new RpcFailure('away', `no connection: ${reason}`, undefined, { cause: error });
    }
  }
}

/** What an HTTP status of 400 and more means, where the body is no JSON-RPC error. */
function kindOf(status: number): FailureKind {
  if (status === 429 || status === 529) return 'limited';
  if (status === 408 || status === 504) return 'timeout';
  // No smaller request helps against a wrong key or an unpaid bill.
  if (status >= 500 || status === 401 || status === 402) return 'away';
  return 'refused';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One line of what an endpoint said with an error. */
function saidIn(body: unknown, text: string): string {
  const { error } = (body ?? {}) as { error?: { message?: unknown } | string };
  const said = typeof error === 'string' ? error : (error?.message ?? text);
  return String(said).replaceAll(/\s+/g, ' ').slice(0, 200);
}
