import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface RecordedBlock {
  header: { number: number; hash: string; parentHash: string; timestamp: number; logsBloom: string };
  logs: {
    logIndex: number;
    transactionIndex: number;
    transactionHash: string;
    address: string;
    topics: string[];
    data: string;
  }[];
}

interface Query {
  type: string;
  fromBlock: number;
  toBlock?: number;
  parentBlockHash?: string;
  logs: { address: string[]; topic0: string[] }[];
}

/** What happens to one answer with blocks: its lines, or a reply in their place. */
type Alter = (
  lines: string[],
  query: Query,
) => string[] | { status: number; headers?: Record<string, string>; body?: string } | { cutAfterBytes: number };

/** A server with the interfaces of SQD's gateway and Portal for one data set, which serves recorded blocks. */
export interface TestArchive {
  readonly url: string;
  alter: Alter;
  /** Bearer token that requests must have. */
  key: string;
  /** Blocks with data after which an answer ends. */
  answerBlocks: number;
  readonly queries: Query[];
  close(): Promise<void>;
}

/**
 * Records all blocks of a chain and serves them.
 * @param send asks the chain
 * @param finalHeight newest block that it has
 */
export async function startTestArchive(
  send: <T>(method: string, ...params: unknown[]) => Promise<T>,
  finalHeight: number,
): Promise<TestArchive> {
  const blocks: RecordedBlock[] = [];
  for (let height = 0; height <= finalHeight; height++) blocks.push(await record(send, height));

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (archive.key !== '' && request.headers.authorization !== `Bearer ${archive.key}`) {
      response.writeHead(401).end('{"error":{"code":"missing_credential"}}');
      return;
    }
    const path = request.url ?? '';
    const { number, hash } = (blocks.at(-1) as RecordedBlock).header;
    if (path === '/set/finalized-head') response.end(JSON.stringify({ number, hash }));
    else if (path === '/set/height') response.end(String(number));
    else if (/^\/set\/\d+\/worker$/.test(path)) response.end(`${archive.url.replace('/set', '')}/worker`);
    else if (path === '/set/finalized-stream' || path === '/worker') {
      const query = JSON.parse(Buffer.concat(chunks).toString()) as Query;
      archive.queries.push(query);
      give(query, path === '/worker', response);
    } else response.writeHead(404).end('no such thing');
  };
  const give = (query: Query, asList: boolean, response: ServerResponse) => {
    if (query.fromBlock > finalHeight) {
      response.writeHead(204).end();
      return;
    }
    const parent = blocks[query.fromBlock - 1]?.header.hash;
    if (query.parentBlockHash !== undefined && query.parentBlockHash !== parent) {
      response.writeHead(409).end('{"error":{"code":"base_block_mismatch"},"previousBlocks":[]}');
      return;
    }
    const altered = archive.alter(linesFor(query), query);
    if ('status' in altered) {
      response.writeHead(altered.status, altered.headers).end(altered.body ?? '');
      return;
    }
    const lines = Array.isArray(altered) ? altered : linesFor(query);
    const body = asList ? `[${lines.join()}]` : lines.map((line) => `${line}\n`).join('');
    if ('cutAfterBytes' in altered) {
      response.write(body.slice(0, altered.cutAfterBytes), () => setTimeout(() => response.destroy(), 20));
    } else response.end(body);
  };
  const linesFor = ({ fromBlock, toBlock = finalHeight, logs: filters }: Query): string[] => {
    const wanted = (address: string, topic: string | undefined) =>
      filters.some((filter) => filter.address.includes(address) && filter.topic0.includes(topic ?? ''));
    const matching = blocks
      .slice(fromBlock, toBlock + 1)
      .map(({ header, logs }) => ({ header, logs: logs.filter(({ address, topics }) => wanted(address, topics[0])) }));
    const withData = matching.filter(({ logs }) => logs.length > 0).slice(0, archive.answerBlocks);
    const full = withData.length === archive.answerBlocks;
    const first = matching.slice(0, 1);
    const last = full ? withData.slice(-1) : matching.slice(-1);
    const given = [...new Set([...first, ...withData, ...last])];
    return given.sort((a, b) => a.header.number - b.header.number).map((block) => JSON.stringify(block));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const archive: TestArchive = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/set`,
    alter: (lines) => lines,
    key: '',
    answerBlocks: Number.POSITIVE_INFINITY,
    queries: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return archive;
}

async function record(
  send: <T>(method: string, ...params: unknown[]) => Promise<T>,
  height: number,
): Promise<RecordedBlock> {
  const number = `0x${height.toString(16)}`;
  const header = await send<Record<'hash' | 'parentHash' | 'timestamp' | 'logsBloom', string>>(
    'eth_getBlockByNumber',
    number,
    false,
  );
  const logs = await send<(RecordedBlock['logs'][number] & { logIndex: string; transactionIndex: string })[]>(
    'eth_getLogs',
    { fromBlock: number, toBlock: number },
  );
  const { hash, parentHash, timestamp, logsBloom } = header;
  return {
    header: { number: height, hash, parentHash, timestamp: Number(timestamp), logsBloom },
    logs: logs.map(({ logIndex, transactionIndex, transactionHash, address, topics, data }) => ({
      ...{ logIndex: Number(logIndex), transactionIndex: Number(transactionIndex) },
      ...{ transactionHash, address, topics, data },
    })),
  };
}
