import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEVNET_CHAIN_ID } from '../../src/devnet/network';
import { Gateway } from '../../src/indexer/source/archive/gateway';
import { Portal } from '../../src/indexer/source/archive/portal';
import { ArchiveSource } from '../../src/indexer/source/archive/source';
import { bloomOf } from '../../src/indexer/source/rpc/bloom';
import { RpcSource } from '../../src/indexer/source/rpc/source';
import { startTestArchive, type TestArchive } from '../support/sqd-archive';
import { until } from '../support/until';
import { FILTERS, LogChain, ModelIndex } from './log-chain';

let chain: LogChain;
let archive: TestArchive;
let finalHeight: number;

beforeAll(async () => {
  chain = await LogChain.start();
  await chain.write(30);
  finalHeight = (await chain.height()) - 20;
  archive = await startTestArchive((method, ...params) => chain.send(method, ...params), finalHeight);
}, 120_000);
afterAll(async () => {
  await archive.close();
  await chain.stop();
});
beforeEach(() => {
  archive.alter = (lines) => lines;
  archive.answerBlocks = 7;
  archive.key = '';
  archive.queries.length = 0;
});

const rpc = (url = chain.chain.url, finalityBlocks = 5) =>
  new RpcSource({
    ...{ urls: [url], chainId: DEVNET_CHAIN_ID, filters: FILTERS, headPollMs: 20 },
    finality: { tag: false, blocks: finalityBlocks },
  });

describe.each([
  ['an SQD Portal', Portal],
  ['an SQD gateway', Gateway],
])('final blocks from %s', (_, Client) => {
  const sourceOf = (key = '', chainSource = rpc()) =>
    new ArchiveSource(new Client({ url: archive.url, key }, FILTERS), chainSource, FILTERS, 20);
  const collect = async (source: Pick<RpcSource, 'getFinalizedBlocks'> = sourceOf()): Promise<ModelIndex> => {
    const index = new ModelIndex();
    await index.catchUp(source);
    return index;
  };
  const expectWhole = async (index: ModelIndex) => {
    expect(index.finalHeight).toBe(finalHeight);
    expect(index.logs).toEqual(await chain.truth(finalHeight));
  };

  it('come with every log of ours once, in as many answers as it takes', async () => {
    const index = await collect();
    await expectWhole(index);
    expect(archive.queries.length).toBeGreaterThan(3);
    // The rest comes from the chain itself.
    await index.catchUp(rpc());
    expect(index.logs).toEqual(await chain.truth((await chain.height()) - 5));
  });

  it('are not taken where the chain does not call them final', async () => {
    const index = await collect(sourceOf('', rpc(chain.chain.url, 50)));
    expect(index.finalHeight).toBe((await chain.height()) - 50);
    expect(index.logs).toEqual(await chain.truth(index.finalHeight));
  });

  it('are the same blocks as those from the chain', async () => {
    const withLogs = ({ blocks }: ModelIndex) =>
      blocks
        .filter(({ header, logs }) => logs.length > 0 && header.height <= finalHeight)
        .map(({ header, logs }) => ({
          header,
          logs: logs.map(({ logIndex, transactionHash, address, topics, data }) => ({
            ...{ logIndex, transactionHash, address, topics, data },
          })),
        }));
    expect(withLogs(await collect())).toEqual(withLogs(await collect(rpc())));
  });

  it('go on after an answer that broke off, from the block after the last whole one', async () => {
    archive.answerBlocks = 20;
    let answers = 0;
    archive.alter = (lines) => (answers++ % 2 === 0 ? { cutAfterBytes: Math.floor(lines.join().length * 0.6) } : lines);
    await expectWhole(await collect());
  });

  it('wait when asked to, and send the key', async () => {
    archive.key = 'secret';
    let answers = 0;
    archive.alter = (lines) => (answers++ === 1 ? { status: 529, headers: { 'retry-after': '1' } } : lines);
    await expectWhole(await collect(sourceOf('secret')));
  });

  it('go on after one corrupted block', async () => {
    let answers = 0;
    archive.alter = (lines) => (answers++ === 2 ? [lines[0]!.replace('"number":', '"numb')] : lines);
    await expectWhole(await collect());
  });

  const at = (height: number, change: (line: string) => string) => {
    archive.alter = (lines) => lines.map((line) => (line.includes(`"number":${height},`) ? change(line) : line));
  };
  const middle = async (): Promise<number> => {
    const index = await collect();
    const blocks = index.blocks.filter(({ logs }) => logs.length > 0);
    return Number(blocks[Math.floor(blocks.length / 2)]?.header.height);
  };
  it.each<[string, (line: string) => string, RegExp]>([
    ['a line that is cut', (line) => line.slice(0, -20), /no JSON|no list/],
    ['a wrong hash', (line) => line.replace(/"hash":"0x../, '"hash":"0x'), /without a sound header.hash/],
    ['a log without data', (line) => line.replace(/"data":"[^"]*"/, '"data":7'), /without a sound logs.0.data/],
    ['no logs though its bloom has them', (line) => line.replace(/"logs":.*/, '"logs":[]}'), /contradict its header/],
    ['another number', (line) => line.replace(/"number":\d+/, '"number":3'), /block 3 where/],
  ])('end in an error that says what to do when a block has %s, again and again', async (_name, change, words) => {
    at(await middle(), change);
    await expect(collect()).rejects.toMatchObject({
      name: 'FatalError',
      message: expect.stringMatching(words),
      advice: expect.stringContaining('INDEX_SOURCE=filtered'),
    });
  });

  // biome-ignore lint/suspicious/noExplicitAny: a block of an archive
  type Edit = (block: any) => void;
  const edit = (change: Edit) => (lines: string[]) =>
    lines.map((line) => {
      const block = JSON.parse(line);
      change(block);
      return JSON.stringify(block);
    });
  const LIES: [string, Edit][] = [
    [
      'other data',
      (block) =>
        (block.logs = block.logs.map((log: { data: string }) => ({ ...log, data: `${log.data.slice(0, -2)}ff` }))),
    ],
    [
      'one of its logs only, and a bloom that fits',
      (block) => {
        block.logs = block.logs.slice(0, 1);
        block.header.logsBloom = bloomOf(block.logs);
      },
    ],
    ['another time', ({ header }) => (header.timestamp = 1)],
    ['each log twice', (block) => (block.logs = block.logs.flatMap((log: object) => [log, log]))],
    [
      'no second topics',
      (block) =>
        (block.logs = block.logs.map((log: { topics: string[] }) => ({ ...log, topics: log.topics.slice(0, 1) }))),
    ],
  ];
  it.each(LIES)('end in an error that says what to do when every block has %s', async (_name, change) => {
    archive.alter = edit(change);
    await expect(collect()).rejects.toMatchObject({
      name: 'FatalError',
      message: expect.stringMatching(/not as RPC_URL has it|two logs/),
      advice: expect.stringContaining('INDEX_SOURCE=filtered'),
    });
  });

  it.each(LIES)('go on after one answer whose blocks have %s', async (_name, change) => {
    let answers = 0;
    archive.alter = (lines) => (answers++ === 1 ? edit(change)(lines) : lines);
    await expectWhole(await collect());
  });

  it('are not taken when blocks next to each other are of different chains', async () => {
    archive.alter = edit(({ header }) => (header.parentHash = `0x${'7'.repeat(64)}`));
    await expect(collect()).rejects.toMatchObject({
      name: 'FatalError',
      message: expect.stringContaining('does not stand on the block before'),
    });
  });

  it('end in an error that says what to do with a wrong address or key', async () => {
    archive.key = 'secret';
    await expect(collect()).rejects.toMatchObject({
      name: 'FatalError',
      message: expect.stringContaining('HTTP 401'),
      advice: expect.stringContaining('INDEX_ARCHIVE_KEY'),
    });
  });

  it('are not taken when they are of another chain', async () => {
    const other = await LogChain.start();
    try {
      await other.mine(500);
      await expect(collect(sourceOf('', rpc(other.chain.url)))).rejects.toMatchObject({
        name: 'FatalError',
        message: expect.stringMatching(/has another block \d+ than RPC_URL/),
      });
    } finally {
      await other.stop();
    }
  });

  it('are not taken when blocks with logs are left out', async () => {
    archive.answerBlocks = Number.POSITIVE_INFINITY;
    archive.alter = (lines) => [...lines.slice(0, 1), ...lines.slice(-1)];
    // Some blocks are looked at, by chance: one pass may miss them all, twenty do not.
    const passes = async () => {
      for (let pass = 0; pass < 20; pass++) await collect();
    };
    await expect(passes()).rejects.toMatchObject({
      name: 'FatalError',
      message: expect.stringMatching(/left out block \d+/),
    });
  });
});

it('a Portal whose stream lags behind its newest block is waited for', async () => {
  let answers = 0;
  archive.alter = (lines) => (answers++ > 1 && answers < 7 ? { status: 204 } : lines);
  const index = new ModelIndex();
  await index.catchUp(new ArchiveSource(new Portal({ url: archive.url, key: '' }, FILTERS), rpc(), FILTERS, 20));
  expect(index.finalHeight).toBe(finalHeight);
  expect(answers).toBeGreaterThan(7);
}, 20_000);

it('a Portal that sends bytes but no block is asked again', async () => {
  let requests = 0;
  const server = createServer((request, response) => {
    if (request.url?.endsWith('finalized-head')) return response.end(JSON.stringify({ number: finalHeight }));
    requests++;
    response.writeHead(200);
    const timer = setInterval(() => response.write(requests % 2 ? '\n' : '7'), 20);
    return response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/set`;
  const portal = new Portal({ url, key: '', idleMs: 100 }, FILTERS);
  const batches = new ArchiveSource(portal, rpc(), FILTERS, 20).getFinalizedBlocks([{ range: { from: 0 } }], true);
  const reading = batches[Symbol.asyncIterator]().next();
  reading.catch(() => undefined);
  try {
    await until('another request', () => requests > 2);
  } finally {
    // It refuses the connection then, for good.
    portal.http.request = () => Promise.reject(new Error('over'));
    await reading.catch(() => undefined);
    server.closeAllConnections();
    server.close();
  }
});

it('blocks with long data are given in smaller batches', async () => {
  archive.answerBlocks = Number.POSITIVE_INFINITY;
  const data = `0x${'7'.repeat(6 * 2 ** 20)}`;
  archive.alter = (lines) =>
    lines.map((line, at) => (at % 4 === 1 ? line.replaceAll(/"data":"[^"]*"/g, `"data":"${data}"`) : line));
  const chainSource = rpc();
  const check = {
    getFinalizedHeight: () => chainSource.getFinalizedHeight(),
    getBlockHash: (height: number) => chainSource.getBlockHash(height),
    lacksLogs: async () => undefined,
    differs: async () => undefined,
    note: () => undefined,
  };
  const portal = new Portal({ url: archive.url, key: '' }, FILTERS);
  let most = 0;
  for await (const { blocks } of new ArchiveSource(portal, check, FILTERS, 20).getFinalizedBlocks(
    [{ range: { from: 0 } }],
    true,
  )) {
    const sizes = blocks.map(({ logs }) => logs.reduce((sum, log) => sum + log.data.length, 0));
    most = Math.max(
      most,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  }
  expect(most).toBeGreaterThan(16 * 2 ** 20);
  expect(most).toBeLessThan(40 * 2 ** 20);
}, 30_000);

it('a line of a Portal that never ends is an error', async () => {
  archive.alter = () => ['7'.repeat(40 * 2 ** 20)];
  const source = new ArchiveSource(new Portal({ url: archive.url, key: '' }, FILTERS), rpc(), FILTERS, 20);
  await expect(new ModelIndex().catchUp(source)).rejects.toMatchObject({
    message: expect.stringContaining('a line of more than'),
  });
});
