import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { Asked } from './asked';

/** An answer as it goes out. */
export interface Answer {
  status: number;
  body: Buffer;
  /** Of the body: the same one has the same tag, whatever block it was made at and however it is sent. */
  etag: string;
  headers: Readonly<Record<string, string>>;
  /** The body as gzip, once somebody asked for it. */
  zipped?: Promise<Buffer>;
}

/** Shorter answers are not worth the work. */
const ZIPPED_FROM_BYTES = 1_024;
const zip = promisify(gzip);

/** The body as gzip, made once for all who read it; undefined where that is not worth the work. */
export function zippedBody(answer: Answer): Promise<Buffer> | undefined {
  if (answer.body.length < ZIPPED_FROM_BYTES) return undefined;
  answer.zipped ??= zip(answer.body);
  return answer.zipped;
}

export function answerOf(status: number, text: string, headers: Answer['headers'] = {}): Answer {
  const body = Buffer.from(text);
  const etag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { status, body, etag, headers };
}

export interface AnswersOptions {
  /** Of all answers together. */
  answersBytes: number;
  /** Of the largest that is kept. */
  answerBytes: number;
  /** Called for each answer that was known. */
  onKept(): void;
}

/** Answers that are still true, by what was asked: those of one state, until it is told of another. */
export class Answers {
  private readonly known: LRUCache<string, Answer>;
  private readonly onKept: () => void;
  private state = 0;

  constructor({ answersBytes, answerBytes, onKept }: AnswersOptions) {
    this.onKept = onKept;
    this.known = new LRUCache({
      maxSize: answersBytes,
      maxEntrySize: answerBytes,
      // With room for its gzip.
      sizeCalculation: ({ body }) => 2 * body.length + 256,
    });
  }

  /** Forgets everything: the state is another one. */
  forget(): void {
    this.state += 1;
    this.known.clear();
  }

  /**
   * The answer to a question, made by `make` unless it is known. Nobody waits for the work that somebody else's question
   * causes: `make` gets its own turn, and looks again by `again` what became known meanwhile. Only sound answers are kept.
   */
  async get(asked: Asked, make: (again: () => Answer | undefined) => Promise<Answer>): Promise<Answer> {
    const key = keyOf(asked);
    const known = this.known.get(key);
    if (known) {
      this.onKept();
      return known;
    }
    const { state } = this;
    const answer = await make(() => this.known.get(key));
    if (this.state === state && answer.status === 200 && answer.headers['cache-control'] === undefined) {
      this.known.set(key, answer);
    }
    return answer;
  }
}

function keyOf({ query, operationName, variables }: Asked): string {
  return createHash('sha256')
    .update(JSON.stringify([operationName ?? null, variables, query]))
    .digest('base64');
}
