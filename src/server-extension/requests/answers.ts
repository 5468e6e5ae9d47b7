import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Asked } from './asked';

/** An answer as it goes out. */
export interface Answer {
  status: number;
  body: Buffer;
  /** Of the body: the same one has the same tag, whatever block it was made at. */
  etag: string;
  headers: Readonly<Record<string, string>>;
}

export function answerOf(status: number, text: string, headers: Answer['headers'] = {}): Answer {
  const body = Buffer.from(text);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
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
      sizeCalculation: ({ body }) => body.length + 256,
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
