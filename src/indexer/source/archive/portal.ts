import { z } from 'zod';
import type { LogFilter } from '../types';
import type { Archive } from './archive';
import { type ArchiveAddress, ArchiveHttp, WrongAnswer } from './http';
import { type ArchiveBlock, parseBlock, queryOf } from './shapes';

/** A line is a block with our logs of it. */
const MAX_LINE_BYTES = 32 * 2 ** 20;
const MAX_HEAD_BYTES = 65_536;

const headSchema = z.object({ number: z.number().int().min(0) }).nullable();

/**
 * An SQD Portal: final blocks as newline-delimited JSON over HTTP. A stream ends where the Portal likes; the next one
 * begins after the last block that came, and names it, so that another chain cannot follow.
 */
export class Portal implements Archive {
  readonly http: ArchiveHttp;

  constructor(
    address: ArchiveAddress,
    private readonly filters: readonly LogFilter[],
  ) {
    this.http = new ArchiveHttp(address, 'SQD Portal');
  }

  height(): Promise<number> {
    return this.http.patiently(() => this.heightNow());
  }

  async heightNow(): Promise<number> {
    const response = await this.http.request(this.http.urlOf('finalized-head'));
    const head = headSchema.safeParse(jsonOf(await response.text(MAX_HEAD_BYTES)));
    if (!head.success) throw new WrongAnswer('its newest block has no number');
    return head.data?.number ?? -1;
  }

  async *blocks(from: number, to: number, parentHash?: string): AsyncIterable<ArchiveBlock> {
    const query = { ...queryOf(this.filters, { from, to }), ...(parentHash && { parentBlockHash: parentHash }) };
    const response = await this.http.request(this.http.urlOf('finalized-stream'), query);
    // No content: it has no block of the range yet.
    if (response.status === 204) return;
    let next = from;
    for await (const line of response.lines(MAX_LINE_BYTES)) {
      const json = jsonOf(line);
      if (json === undefined) {
        throw new WrongAnswer(`a line that is no JSON, after block ${next - 1}: ${line.slice(0, 80)}`);
      }
      const block = parseBlock(json, { from: next, to });
      yield block;
      next = block.header.height + 1;
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
