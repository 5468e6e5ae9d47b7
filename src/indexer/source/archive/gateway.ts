import type { LogFilter } from '../types';
import type { Archive } from './archive';
import { type ArchiveAddress, ArchiveHttp, WrongAnswer } from './http';
import { type ArchiveBlock, parseBlock, queryOf } from './shapes';

/** Workers end an answer by themselves, at tens of megabytes. */
const MAX_ANSWER_BYTES = 128 * 2 ** 20;
const MAX_SMALL_BYTES = 65_536;

/** SQD's archive gateway (version 2): it names a worker for a block, which gives a list of the blocks from there on. */
export class Gateway implements Archive {
  readonly http: ArchiveHttp;

  constructor(
    address: ArchiveAddress,
    private readonly filters: readonly LogFilter[],
  ) {
    this.http = new ArchiveHttp(address, 'SQD gateway');
  }

  height(): Promise<number> {
    return this.http.patiently(() => this.heightNow());
  }

  async heightNow(): Promise<number> {
    const text = (await this.small('height')).trim();
    if (!/^\d{1,15}$/.test(text)) throw new WrongAnswer(`a height that is no number: ${text.slice(0, 80)}`);
    return Number(text);
  }

  async *blocks(from: number, to: number): AsyncIterable<ArchiveBlock> {
    const worker = (await this.small(`${from}/worker`)).trim();
    if (!/^https?:\/\/\S+$/.test(worker)) throw new WrongAnswer(`no worker: ${worker.slice(0, 80)}`);
    const response = await this.http.request(worker, queryOf(this.filters, { from, to }));
    const list = listOf(await response.text(MAX_ANSWER_BYTES));
    let next = from;
    for (const item of list) {
      const block = parseBlock(item, { from: next, to });
      yield block;
      next = block.header.height + 1;
    }
  }

  private async small(path: string): Promise<string> {
    return (await this.http.request(this.http.urlOf(path))).text(MAX_SMALL_BYTES);
  }
}

function listOf(text: string): unknown[] {
  try {
    const list = JSON.parse(text);
    if (Array.isArray(list) && list.length > 0) return list;
  } catch {
    // Said below.
  }
  throw new WrongAnswer(`no list of blocks: ${text.slice(0, 80)}`);
}
