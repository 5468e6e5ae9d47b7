import { createLogger } from '@subsquid/logger';
import { backoffMs } from '../../../runtime/backoff';
import { FatalError, RetryableError } from '../../../runtime/errors';
import { retry } from '../../../runtime/patience';
import { shortReason } from '../../failures';
import { chunksOf, readText, shownUrl } from '../http';
import { retryAfterMs } from '../rpc/failure';

const log = createLogger('dpin:indexer:archive');

/** No whole block came for this long: the connection counts as lost. */
const IDLE_MS = 60_000;
/** An answer that is wrong as often as this for the same block, in a row, stays wrong. */
const WRONG_ANSWERS = 3;
/** Of an answer that is an error. */
const MAX_ERROR_BYTES = 65_536;

/** Where an archive is, and who asks. */
export interface ArchiveAddress {
  url: string;
  /** Sent as a bearer token; '' for none. */
  key: string;
  /** Milliseconds without a whole block after which a connection counts as lost; default a minute. */
  idleMs?: number;
}

/** An answer that is not what an archive gives; asked again, and given up when it stays so. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer';
}

/** The archive's connection broke, it lags behind its own word, or it wants to be left alone for a while. */
export class ArchiveAway extends RetryableError {
  constructor(
    message: string,
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, {}, options);
  }
}

/** Requests to an archive of SQD, in which only one question is open at a time. */
export class ArchiveHttp {
  readonly shown: string;

  constructor(
    private readonly address: ArchiveAddress,
    /** For messages: "SQD Portal" or "SQD gateway". */
    readonly name: string,
  ) {
    this.shown = shownUrl(address.url);
  }

  /** Address of something of the archive. */
  urlOf(path: string): string {
    const url = new URL(this.address.url);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`;
    return url.href;
  }

  /**
   * Repeats the work while the archive is away or asks to wait, and says so.
   * @param work calls `progressed` when it got something; what it threw before is forgotten then
   * @throws FatalError when the archive keeps giving wrong answers or refuses
   */
  async patiently<T>(work: (progressed: () => void) => Promise<T>): Promise<T> {
    let wrong = 0;
    let askedToWaitMs = 0;
    return retry(
      (_, progressed) =>
        work(() => {
          wrong = 0;
          progressed();
        }),
      {
        isTransient: (error) => {
          askedToWaitMs = error instanceof ArchiveAway ? (error.retryAfterMs ?? 0) : 0;
          return error instanceof ArchiveAway || error instanceof WrongAnswer;
        },
        delayMs: (attempt) => Math.max(askedToWaitMs, backoffMs(attempt)),
        onFailure: ({ error, waitMs }) => {
          if (error instanceof WrongAnswer && ++wrong >= WRONG_ANSWERS) {
            throw new FatalError(
              `${this.name} gives what is no block of the chain: ${error.message}`,
              `Nothing of it was indexed. Look at ${this.shown}, choose another in INDEX_ARCHIVE_URL, or read the chain ` +
                'without it: INDEX_SOURCE=filtered',
              {},
              { cause: error },
            );
          }
          log.warn(
            { url: this.shown, reason: error.message, waitMs },
            `${this.name} does not answer well; trying again`,
          );
        },
      },
    );
  }

  /**
   * One request; the answer's status is 2xx or one of `taken`.
   * @throws ArchiveAway, FatalError
   */
  async request(url: string, json?: unknown, taken: readonly number[] = []): Promise<ArchiveResponse> {
    const idle = new IdleTimer(this.address.idleMs ?? IDLE_MS);
    const response = await fetch(url, {
      method: json === undefined ? 'GET' : 'POST',
      headers: {
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(this.address.key !== '' && { authorization: `Bearer ${this.address.key}` }),
      },
      body: json === undefined ? undefined : JSON.stringify(json),
      signal: idle.signal,
    }).catch((error) => {
      idle.stop();
      throw connectionLost(error);
    });
    const { status } = response;
    if (response.ok || taken.includes(status)) return new ArchiveResponse(response, idle);
    const said = await readText(response, MAX_ERROR_BYTES).catch(() => undefined);
    idle.stop();
    const what = `HTTP ${status}: ${(said ?? '').replaceAll(/\s+/g, ' ').slice(0, 200)}`;
    if (status === 408 || status === 429 || status >= 500) {
      throw new ArchiveAway(what, retryAfterMs(response.headers.get('retry-after')));
    }
    throw new FatalError(
      `${this.name} refuses what it is asked: ${what}`,
      'Check INDEX_ARCHIVE_URL (the data set of this chain) and INDEX_ARCHIVE_KEY, or set INDEX_SOURCE=filtered.',
      { url: this.shown },
    );
  }
}

/** An answer whose body may come slowly, but must come. */
export class ArchiveResponse {
  constructor(
    private readonly response: Response,
    private readonly idle: IdleTimer,
  ) {}

  get status(): number {
    return this.response.status;
  }

  /** The whole body. @throws WrongAnswer when it is larger */
  async text(maxBytes: number): Promise<string> {
    try {
      const text = await readText(this.response, maxBytes);
      if (text === undefined) throw new WrongAnswer(`an answer of more than ${maxBytes} bytes`);
      return text;
    } catch (error) {
      throw error instanceof WrongAnswer ? error : connectionLost(error);
    } finally {
      this.idle.stop();
    }
  }

  /**
   * The body's lines as they come. The last one comes only when it ends with a line feed or with the body.
   * @throws WrongAnswer for a line of more than `maxBytes`; ArchiveAway when the connection breaks
   */
  async *lines(maxBytes: number): AsyncIterable<string> {
    let parts: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const chunk of this.chunks()) {
        let from = 0;
        for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
          parts.push(chunk.subarray(from, end));
          const line = Buffer.concat(parts).toString('utf8');
          parts = [];
          bytes = 0;
          from = end + 1;
          if (line.trim() === '') continue;
          // Whoever takes the line may take their time; bytes that make no line do not count as an answer.
          this.idle.stop();
          yield line;
          this.idle.restart();
        }
        parts.push(chunk.subarray(from));
        bytes += chunk.length - from;
        if (bytes > maxBytes) throw new WrongAnswer(`a line of more than ${maxBytes} bytes`);
      }
      const rest = Buffer.concat(parts).toString('utf8');
      if (rest.trim() !== '') yield rest;
    } finally {
      this.idle.stop();
    }
  }

  private async *chunks(): AsyncIterable<Uint8Array> {
    try {
      yield* chunksOf(this.response);
    } catch (error) {
      throw connectionLost(error);
    }
  }
}

/** Aborts a request of which nothing whole came for a while. */
class IdleTimer {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout;

  constructor(private readonly idleMs: number) {
    this.timer = this.start();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  restart(): void {
    clearTimeout(this.timer);
    this.timer = this.start();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private start(): NodeJS.Timeout {
    const reason = new Error(`nothing whole came for ${this.idleMs} ms`);
    return setTimeout(() => this.controller.abort(reason), this.idleMs);
  }
}

function connectionLost(error: unknown): ArchiveAway {
  const reason = shortReason((error as Error).cause ?? error);
  return new ArchiveAway(`no connection: ${reason}`, undefined, { cause: error });
}
