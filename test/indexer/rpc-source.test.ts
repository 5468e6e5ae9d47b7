import { setTimeout as sleep } from 'node:timers/promises';
import { type LogRecord, setRootSink } from '@subsquid/logger';
import { DEVNET_CHAIN_ID } from '../../src/devnet/network';
import { bloomOf } from '../../src/indexer/source/rpc/bloom';
import { RpcSource, type RpcSourceOptions } from '../../src/indexer/source/rpc/source';
import type { Block } from '../../src/indexer/source/types';
import { type RpcProxy, type Rule, startRpcProxy } from '../support/rpc-proxy';
import { until } from '../support/until';
import { FILTERS, LogChain, ModelIndex } from './log-chain';

// biome-ignore lint/suspicious/noExplicitAny: answers of all kinds
type Logs = any[];
const isRange = (params: { fromBlock?: string }[]) => params[0]?.fromBlock !== undefined;
const widthOf = ([{ fromBlock, toBlock }]: [{ fromBlock: string; toBlock: string }]) =>
  Number(toBlock) - Number(fromBlock) + 1;
/** Applies a verdict to the requests for logs of a range. */
const onRanges = (verdict: (params: [{ fromBlock: string; toBlock: string }]) => ReturnType<Rule>): Rule => {
  return (method, params) =>
    method === 'eth_getLogs' && isRange(params) ? verdict(params as [{ fromBlock: string; toBlock: string }]) : 'pass';
};
const once = (verdict: ReturnType<Rule>) => {
  let done = false;
  return () => {
    if (done) return 'pass';
    done = true;
    return verdict;
  };
};

/** Drops the second of two logs of a block that are alike in address and topics: no bloom shows that. */
const dropSecond = (logs: Logs) => {
  const kindOf = ({ blockHash, address, topics }: Logs[number]) => [blockHash, address, topics].join();
  return logs.filter((log, at) => at === 0 || kindOf(log) !== kindOf(logs[at - 1]));
};

let chain: LogChain;
let proxies: [RpcProxy, RpcProxy];
/** What was logged since the test began. */
let said: LogRecord[];

beforeAll(async () => {
  setRootSink((record) => said.push(record));
  chain = await LogChain.start();
  proxies = [await startRpcProxy(chain.chain.url), await startRpcProxy(chain.chain.url)];
  await chain.write(60);
}, 120_000);
afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await chain.stop();
});
beforeEach(() => {
  said = [];
  for (const proxy of proxies) proxy.rule = () => 'pass';
});

const sourceOf = (options: Partial<RpcSourceOptions> = {}) =>
  new RpcSource({
    urls: [proxies[0].url],
    chainId: DEVNET_CHAIN_ID,
    finality: { tag: false, blocks: 5 },
    filters: FILTERS,
    headPollMs: 20,
    timeoutMs: 2_000,
    ...options,
  });
const both = () => proxies.map(({ url }) => url);

/** Reads all final blocks. */
async function collect(source: RpcSource): Promise<ModelIndex> {
  const index = new ModelIndex();
  await index.catchUp(source);
  return index;
}

/** What was read is what the chain has behind finality, block for block. */
async function expectWhole(index: ModelIndex): Promise<void> {
  const final = (await chain.height()) - 5;
  expect(index.tip).toBe(await chain.hash(final));
  expect(index.logs).toEqual(await chain.truth(final));
}

describe('final blocks from an endpoint', () => {
  it('come with every log of ours once, in order, and few blocks without', async () => {
    const index = await collect(sourceOf());
    await expectWhole(index);
    const heights = index.blocks.map(({ header }) => header.height);
    expect(heights).toEqual([...new Set(heights)].sort((a, b) => a - b));
    expect(index.blocks.filter(({ logs }) => logs.length === 0).length).toBeLessThan(10);
  });

  it('have the bloom that is computed here', async () => {
    const height = await chain.height();
    for (let number = Math.max(1, height - 40); number <= height; number++) {
      const { hash, logsBloom } = await chain.send<{ hash: string; logsBloom: string }>(
        'eth_getBlockByNumber',
        `0x${number.toString(16)}`,
        false,
      );
      const logs = await chain.send<{ address: string; topics: string[] }[]>('eth_getLogs', { blockHash: hash });
      expect(bloomOf(logs)).toBe(logsBloom);
    }
  });

  it('are asked for together with the header of their end', async () => {
    const seen: string[][] = [];
    let open: string[] = [];
    proxies[0].rule = (method) => {
      if (method === 'eth_getLogs') {
        open = [];
        seen.push(open);
      }
      open.push(method);
      return 'pass';
    };
    await collect(sourceOf());
    expect(seen.every(([, next]) => next === 'eth_getBlockByNumber')).toBe(true);
  });

  const tooWide = { code: -32_602, message: 'block range is larger than 7' };
  it.each<[string, (params: [{ fromBlock: string; toBlock: string }]) => ReturnType<Rule>]>([
    ['an error', (params) => (widthOf(params) > 7 ? { error: tooWide } : 'pass')],
    ['HTTP 400 with an error', (params) => (widthOf(params) > 7 ? { status: 400, body: { error: tooWide } } : 'pass')],
    ['HTTP 413 without words', (params) => (widthOf(params) > 7 ? { status: 413 } : 'pass')],
    ['HTTP 403', (params) => (widthOf(params) > 7 ? { status: 403, body: 'no' } : 'pass')],
    ['HTTP 504', (params) => (widthOf(params) > 7 ? { status: 504, body: 'gateway time-out' } : 'pass')],
    ['silence', (params) => (widthOf(params) > 40 ? 'hang' : 'pass')],
    [
      'words of a rate limit',
      (params) => (widthOf(params) > 40 ? { error: { code: -1, message: 'rate limit' } } : 'pass'),
    ],
    ['broken connections', (params) => (widthOf(params) > 40 ? 'cut' : 'pass')],
    [
      'a limit of results',
      async ([filter]) => {
        const logs = await chain.send<Logs>('eth_getLogs', filter);
        return logs.length > 12 ? { error: { code: -32_005, message: 'query returned more than 12 results' } } : 'pass';
      },
    ],
  ])('are whole from one that refuses wide ranges by %s', async (_, verdict) => {
    proxies[0].rule = onRanges(verdict);
    await expectWhole(await collect(sourceOf({ timeoutMs: 300 })));
  });

  it('are whole from one that gives fewer logs at once than one block has', async () => {
    const many = Array.from({ length: 8 }, (_, n) => ['first', 0, n] as const);
    await chain.block(...many, ...many.map(([, , n]) => ['first', 1, n] as const), ['second', 2, 1]);
    await chain.mine(10);
    let refused = 0;
    proxies[0].rule = async (method, [filter]) => {
      if (method !== 'eth_getLogs') return 'pass';
      const logs = await chain.send<Logs>('eth_getLogs', filter);
      if (logs.length <= 12) return 'pass';
      refused++;
      return { error: { code: -32_005, message: 'query returned more than 12 results' } };
    };
    await expectWhole(await collect(sourceOf()));
    expect(refused).toBeGreaterThan(0);
  });

  it('are asked for within the width that was accepted, not wider again after each', async () => {
    let refused = 0;
    proxies[0].rule = onRanges((params) => {
      if (widthOf(params) <= 7) return 'pass';
      refused++;
      return { error: tooWide };
    });
    await collect(sourceOf());
    // Two ranges are under way when the first is refused; 50, 25 and 12 blocks are.
    expect(refused).toBeLessThan(12);
  });

  it.each([
    ['from one', () => [proxies[0].url]],
    ['from two', both],
  ])(
    'are asked for in smaller ranges %s where the answer would be long, and in wide ones again after it',
    async (_, urls) => {
      const widths: number[] = [];
      proxies[0].rule = onRanges((params) => {
        widths.push(widthOf(params));
        return 'pass';
      });
      // Of one block every answer is taken.
      const index = await collect(sourceOf({ urls: urls(), rangeBytes: 6_000 }));
      await expectWhole(index);
      expect(Math.min(...widths)).toBeLessThan(10);
      expect(Math.max(...widths.slice(widths.findIndex((width) => width < 10)))).toBeGreaterThan(50);
    },
  );

  it('are asked of both in smaller ranges where the other endpoint has far more of them', async () => {
    const [real] = await chain.send<Logs>('eth_getLogs', { fromBlock: '0x0', toBlock: 'latest' });
    proxies[1].rule = onRanges(([{ fromBlock, toBlock }]) => {
      if (fromBlock === toBlock || Number(fromBlock) > 5) return 'pass';
      const more = Array.from({ length: 8 }, (_, at) => ({
        ...real,
        ...{ blockNumber: toBlock, logIndex: `0x7${at}`, data: `0x${'7'.repeat(20_000)}` },
      }));
      return { alter: (logs: Logs) => logs.concat(more) };
    });
    const asked: number[] = [];
    proxies[0].rule = onRanges((params) => {
      asked.push(widthOf(params));
      return 'pass';
    });
    // Held whole, its readings would fill the memory.
    await expectWhole(await collect(sourceOf({ urls: both(), rangeBytes: 100_000 })));
    expect(Math.min(...asked)).toBe(1);
  });

  it('wait as long as a rate limit says', async () => {
    const startMs = performance.now();
    proxies[0].rule = onRanges(once({ status: 429, headers: { 'retry-after': '2' }, body: {} }));
    await expectWhole(await collect(sourceOf()));
    expect(performance.now() - startMs).toBeGreaterThan(1_900);
  });

  it('are whole from one that takes no batches', async () => {
    let inOne = 0;
    proxies[0].rule = (method) => {
      // The proxy asks for each call of a request before it answers any.
      inOne++;
      queueMicrotask(() => {
        inOne = 0;
      });
      return inOne > 1 && method !== 'eth_chainId' ? { status: 400, body: { error: 'no batches' } } : 'pass';
    };
    await expectWhole(await collect(sourceOf()));
  });

  it.each<[string, ReturnType<Rule>]>([
    ['nothing', { alter: () => [] }],
    ['all but the last tenth', { alter: (logs: Logs) => logs.slice(0, Math.floor(logs.length * 0.9)) }],
    ['all but one', { alter: (logs: Logs) => logs.slice(1) }],
    ['a log of another block', { alter: (logs: Logs) => logs.map((log) => ({ ...log, blockNumber: '0xffffff' })) }],
    ['logs without data', { alter: (logs: Logs) => logs.map((log) => ({ ...log, data: 5 })) }],
    [
      'logs of a dropped block',
      { alter: (logs: Logs) => logs.map((log) => ({ ...log, blockHash: `0x${'1'.repeat(64)}` })) },
    ],
    ['every log twice', { alter: (logs: Logs) => logs.flatMap((log) => [log, log]) }],
    ['logs without an index', { alter: (logs: Logs) => logs.map((log) => ({ ...log, logIndex: '0x' })) }],
    ['cut transaction hashes', { alter: (logs: Logs) => logs.map((log) => ({ ...log, transactionHash: '0xab' })) }],
    [
      'data that is no hex',
      { alter: (logs: Logs) => logs.map((log) => ({ ...log, data: `0xzz${log.data.slice(4)}` })) },
    ],
    ['data of half a byte', { alter: (logs: Logs) => logs.map((log) => ({ ...log, data: log.data.slice(0, -1) })) }],
    ['cut topics', { alter: (logs: Logs) => logs.map((log) => ({ ...log, topics: [log.topics[0], '0x7'] })) }],
    ['no list', { alter: () => 'nonsense' }],
    ['something that is no JSON-RPC', { status: 200, body: ['nonsense'] }],
  ])('are whole when one answer of four has %s', async (_, verdict) => {
    for (let broken = 0; broken < 4; broken++) {
      let request = 0;
      proxies[0].rule = onRanges(() => (request++ === broken ? verdict : 'pass'));
      await expectWhole(await collect(sourceOf()));
    }
  });

  it('are whole when an endpoint says nothing of ranges, again and again, but has the logs of each block', async () => {
    // Near the head every bloom is looked at; further down samples are, which show a loss like this soon, but not at once.
    const near = (await chain.height()) - 250;
    proxies[0].rule = onRanges(([{ fromBlock }]) => (Number(fromBlock) > near ? { alter: () => [] } : 'pass'));
    await expectWhole(await collect(sourceOf()));
  });

  it('end in an error that says what to do when the only endpoint has lost logs', async () => {
    proxies[0].rule = (method) => (method === 'eth_getLogs' ? { alter: () => [] } : 'pass');
    await expect(collect(sourceOf())).rejects.toMatchObject({
      name: 'RetryableError',
      message: expect.stringMatching(/no endpoint gives logs that fit the header of block \d+.*add another/),
    });
  }, 60_000);

  it.each([
    ['the preferred', 0],
    ['the other', 1],
  ])('are whole when %s of two endpoints has lost its logs', async (_, index) => {
    proxies[index as 0 | 1].rule = (method) => (method === 'eth_getLogs' ? { alter: () => [] } : 'pass');
    await expectWhole(await collect(sourceOf({ urls: both() })));
  });

  it('are the same from an endpoint that writes hex in capitals', async () => {
    const capitals = (text: string) => `0x${text.slice(2).toUpperCase()}`;
    proxies[1].rule = (method) =>
      method === 'eth_getLogs'
        ? {
            alter: (logs: Logs) =>
              logs.map((log) => ({ ...log, data: capitals(log.data), topics: log.topics.map(capitals) })),
          }
        : 'pass';
    // Of the numbers in the data some have letters.
    await expectWhole(await collect(sourceOf({ urls: both() })));
    await expectWhole(await collect(sourceOf({ urls: [proxies[1].url] })));
  });

  it('are not taken while two endpoints differ in what no bloom shows', async () => {
    proxies[1].rule = (method) =>
      method === 'eth_getLogs'
        ? { alter: (logs: Logs) => logs.map((log) => ({ ...log, data: `0x${'7'.repeat(64)}` })) }
        : 'pass';
    await expect(collect(sourceOf({ urls: both() }))).rejects.toMatchObject({
      name: 'RetryableError',
      message: expect.stringContaining('endpoints have different logs of block'),
    });
  }, 60_000);

  it.each([
    ['the preferred', 0],
    ['the other', 1],
  ])(
    'are not taken from two endpoints without all logs of a block, of which %s lost one',
    async (_, lossy) => {
      await chain.block(['first', 0, 1_000], ['first', 0, 1_000]);
      await chain.mine(10);
      for (const [index, proxy] of proxies.entries()) {
        proxy.rule = (method, params) => {
          if (method !== 'eth_getLogs') return 'pass';
          if ((params as [{ address?: unknown }])[0].address === undefined) {
            return { error: { code: -32_602, message: 'name an address' } };
          }
          return index === lossy ? { alter: dropSecond } : 'pass';
        };
      }
      await expect(collect(sourceOf({ urls: both() }))).rejects.toMatchObject({
        name: 'RetryableError',
        message: expect.stringContaining('endpoints have different logs of block'),
      });
    },
    60_000,
  );

  it('come from the other endpoint while one is away, and say so', async () => {
    proxies[0].rule = () => 'cut';
    await expectWhole(await collect(sourceOf({ urls: both() })));
    expect(said).toContainEqual(
      expect.objectContaining({ url: proxies[0].url, msg: 'RPC endpoint away; trying again' }),
    );
  });

  it('do not come from an endpoint of another chain', async () => {
    const isOther: Rule = (method) => (method === 'eth_chainId' ? { alter: () => '0x38' } : 'pass');
    proxies[0].rule = isOther;
    await expect(collect(sourceOf({ urls: both() }))).rejects.toMatchObject({
      name: 'FatalError',
      message: expect.stringContaining('answers 56'),
    });
    proxies[0].rule = () => 'pass';
    proxies[1].rule = isOther;
    await expectWhole(await collect(sourceOf({ urls: both() })));
    expect(said).toContainEqual(
      expect.objectContaining({ url: proxies[1].url, reason: 'it is of chain 56, not 31337' }),
    );
  });

  it('are not those of a database that is indexed further than any endpoint goes', async () => {
    const source = sourceOf({ behindMs: 300 });
    await expect(source.getBlockHash((await chain.height()) + 1_000)).rejects.toMatchObject({
      name: 'RetryableError',
      message: expect.stringMatching(/No endpoint of RPC_URL has block \d+.*another network/),
    });
  });

  const withTime =
    (height: number, time: (seconds: number) => number, isOver: () => boolean = () => false): Rule =>
    (method, [tag]) => {
      const isAsked = method === 'eth_getBlockByNumber' ? Number(tag) === height : method === 'eth_getBlockByHash';
      if (!isAsked || isOver()) return 'pass';
      return {
        alter: (block) =>
          Number(block.number) === height
            ? { ...block, timestamp: `0x${time(Number(block.timestamp)).toString(16)}` }
            : block,
      };
    };
  /** A final block with logs of ours, in the middle. */
  const heightWithLogs = async () => {
    const { blocks } = await collect(sourceOf());
    return (blocks.filter(({ logs }) => logs.length > 0)[20] as Block).header.height;
  };
  const timesAreRight = async (index: ModelIndex) => {
    for (const { header } of index.blocks) expect(header.timestamp).toBe(await chain.time(header.height));
  };

  it.each([[1], [2]])('have their own times though an endpoint of %d gave a wrong one once', async (count) => {
    for (const wrong of [() => 1, (seconds: number) => seconds + 1]) {
      // With one endpoint only times that contradict those of other blocks show.
      if (count === 1 && wrong(5) !== 1) continue;
      let times = 0;
      proxies[0].rule = withTime(await heightWithLogs(), wrong, () => times++ > 0);
      const index = await collect(sourceOf({ urls: both().slice(0, count) }));
      await expectWhole(index);
      await timesAreRight(index);
      expect(times).toBeGreaterThan(1);
    }
  });

  it('are not taken while two endpoints differ in their times', async () => {
    proxies[0].rule = withTime(await heightWithLogs(), (seconds) => seconds + 1);
    await expect(collect(sourceOf({ urls: both() }))).rejects.toMatchObject({
      message: expect.stringContaining('endpoints have different headers of block'),
    });
  }, 60_000);

  it.each([1.7e12, 2 ** 50])('come from the other endpoint where one gives a time of %d seconds', async (time) => {
    proxies[0].rule = withTime(await heightWithLogs(), () => time);
    await timesAreRight(await collect(sourceOf({ urls: both() })));
  });

  it('are of the chain whose block 0 two endpoints agree on', async () => {
    const genesis = await chain.hash(0);
    const otherHash = { alter: (block: object) => ({ ...block, hash: `0x${'5a'.repeat(32)}` }) };
    const lie = once(otherHash);
    proxies[0].rule = (method) => (method === 'eth_getBlockByNumber' ? (lie() as ReturnType<Rule>) : 'pass');
    expect(await sourceOf({ urls: both() }).genesisHash()).toBe(genesis);
    proxies[0].rule = (method) => (method === 'eth_getBlockByNumber' ? { alter: () => null } : 'pass');
    expect(await sourceOf().genesisHash()).toBeNull();
    expect(await sourceOf({ urls: both() }).genesisHash()).toBe(genesis);
  });

  it('are there although an endpoint that has newer ones once says they are not', async () => {
    const height = (await chain.height()) - 10;
    const missing = once({ alter: () => null });
    proxies[0].rule = (method) => (method === 'eth_getBlockByNumber' ? (missing() as ReturnType<Rule>) : 'pass');
    expect(await sourceOf().getBlockHash(height)).toBe(await chain.hash(height));
  });

  it('are final where the chain says so, and at the depth of the network otherwise', async () => {
    const head = await chain.height();
    const source = (blocks: number) => sourceOf({ finality: { tag: true, blocks } });
    const saysFinal = async (height: number): Promise<Rule> => {
      const block = await chain.send<object>('eth_getBlockByNumber', `0x${height.toString(16)}`, false);
      return (_, [tag]) => (tag === 'finalized' ? { alter: () => block } : 'pass');
    };
    proxies[0].rule = await saysFinal(head - 3);
    expect(await source(20).getFinalizedHeight()).toBe(head - 3);
    proxies[0].rule = await saysFinal(head - 60);
    expect(await source(20).getFinalizedHeight()).toBe(head - 20);
    proxies[0].rule = (_, [tag]) =>
      tag === 'finalized' ? { error: { code: -32_601, message: 'no such tag' } } : 'pass';
    expect(await source(20).getFinalizedHeight()).toBe(head - 20);
  });
});

describe('the height up to which blocks are final', () => {
  const tooHigh = {
    alter: (block: { number: string }) => ({ ...block, number: `0x${(Number(block.number) + 100_000).toString(16)}` }),
  };
  const onTag = (tag: string, verdict: () => ReturnType<Rule>): Rule => {
    return (method, params) => (method === 'eth_getBlockByNumber' && params[0] === tag ? verdict() : 'pass');
  };

  it('is asked for again when the only endpoint was wrong once', async () => {
    proxies[0].rule = onTag('latest', once(tooHigh) as () => ReturnType<Rule>);
    await expectWhole(await collect(sourceOf()));
  });

  it.each([
    ['the preferred', 0],
    ['the other', 1],
  ])('is the lower one when %s of two endpoints is wrong again and again', async (_, index) => {
    proxies[index as 0 | 1].rule = onTag('latest', () => tooHigh);
    await expectWhole(await collect(sourceOf({ urls: both() })));
  });

  it('is waited for when another endpoint is slow, and that is said', async () => {
    proxies[1].rule = (method) => (method === 'eth_getBlockByNumber' ? sleep(3_100, 'pass' as const) : 'pass');
    await sourceOf({ urls: both(), timeoutMs: 10_000 }).getFinalizedHeight();
    expect(said).toContainEqual(
      expect.objectContaining({ url: proxies[1].url, msg: expect.stringContaining('is slow, and the index waits') }),
    );
  }, 20_000);

  it('is not what one endpoint alone calls finalized', async () => {
    const latest = await chain.send<object>('eth_getBlockByNumber', 'latest', false);
    proxies[0].rule = onTag('finalized', () => ({ alter: () => latest }));
    proxies[1].rule = onTag('finalized', () => ({ alter: () => null }));
    const finality = { tag: true, blocks: 20 };
    expect(await sourceOf({ urls: both(), finality }).getFinalizedHeight()).toBe((await chain.height()) - 20);
  });

  it('is not believed while two endpoints have different blocks there', async () => {
    const final = (await chain.height()) - 5;
    proxies[1].rule = (method, [height]) =>
      method === 'eth_getBlockByNumber' && Number(height) === final
        ? { alter: (block) => ({ ...block, hash: `0x${'7'.repeat(64)}` }) }
        : 'pass';
    await expect(sourceOf({ urls: both() }).getFinalizedHeight()).rejects.toMatchObject({
      message: expect.stringContaining(`different final blocks ${final}`),
    });
  }, 30_000);
});

describe('blocks at the head', () => {
  let index: ModelIndex;
  afterEach(async () => {
    for (const proxy of proxies) proxy.rule = () => 'pass';
    index.stop();
    await chain.mine(1);
    await index.following.catch(() => undefined);
  });
  const newIndex = async (options: Partial<RpcSourceOptions> = {}) => {
    const source = sourceOf(options);
    index = await collect(source);
    index.follow(source, Number.MAX_SAFE_INTEGER);
  };
  const untilCaughtUp = () =>
    until('the newest block', async () => {
      await Promise.race([index.following, Promise.resolve()]);
      return index.tip === (await chain.hash(await chain.height()));
    });
  const expectEqual = async () => {
    await untilCaughtUp();
    expect(index.logs).toEqual(await chain.truth());
  };

  it('come one by one, each once', async () => {
    await newIndex();
    await untilCaughtUp();
    for (let n = 0; n < 5; n++) {
      await chain.block(['first', 0, n], ['first', 0, n]);
      await expectEqual();
    }
    expect(index.forks).toBe(0);
    expect(proxies[0].calls.get('eth_getLogs')).toBeGreaterThan(0);
  });

  it('are replaced by a branch that is longer, as long or shorter', async () => {
    await newIndex();
    await expectEqual();
    for (const [dropped, added] of [
      [2, 4],
      [1, 1],
      [3, 1],
      [4, 4],
    ] as const) {
      const base = await chain.send('evm_snapshot');
      for (let n = 0; n < dropped; n++) await chain.block(['first', 1, n]);
      await expectEqual();
      const before = index.forks;
      await chain.send('evm_revert', base);
      for (let n = 0; n < added; n++) await chain.block(['first', 0, 50 + n], ['second', 2, n]);
      await expectEqual();
      expect(index.forks).toBeGreaterThan(before);
    }
  });

  it('are whole when a first answer for each block has nothing', async () => {
    await newIndex();
    await expectEqual();
    const seen = new Set<string>();
    proxies[0].rule = onRanges(([{ toBlock }]) => {
      if (seen.has(toBlock)) return 'pass';
      seen.add(toBlock);
      return { alter: () => [] };
    });
    for (let n = 0; n < 12; n++) await chain.block(['first', 0, n], ['second', 2, n]);
    await expectEqual();
  });

  it('are gone back to when a log came that no bloom had shown to be missing', async () => {
    await newIndex();
    await expectEqual();
    let lossy = true;
    proxies[0].rule = (method) => (method === 'eth_getLogs' && lossy ? { alter: dropSecond } : 'pass');
    await chain.block(['first', 0, 1], ['first', 0, 1]);
    await untilCaughtUp();
    expect(index.logs).not.toEqual(await chain.truth());
    lossy = false;
    await chain.block(['first', 1, 2]);
    await expectEqual();
    expect(index.forks).toBe(1);
  });

  it('end in an error that says what to do when a final one was indexed wrongly', async () => {
    await newIndex();
    await expectEqual();
    let lossy = true;
    proxies[0].rule = (method) => (method === 'eth_getLogs' && lossy ? { alter: dropSecond } : 'pass');
    await chain.block(['first', 0, 1], ['first', 0, 1]);
    const height = await chain.height();
    await chain.mine(6);
    await until('finality', () => index.finalHeight >= height);
    lossy = false;
    await chain.mine(40);
    await expect(index.following).rejects.toMatchObject({
      name: 'FatalError',
      message: expect.stringContaining(`Block ${height} is final and was indexed with other logs`),
      advice: expect.stringContaining('resync'),
    });
  });

  it('go on when the endpoint is behind, forgets its newest blocks, or errs', async () => {
    await newIndex();
    await expectEqual();
    let request = 0;
    const faults: ReturnType<Rule>[] = [
      { error: { code: -32_000, message: 'header not found' } },
      { alter: () => null },
      { status: 502, body: 'bad gateway' },
      { error: { code: -32_603, message: 'internal error' } },
      'cut',
      { status: 429, body: {} },
    ];
    proxies[0].rule = () =>
      request++ % 31 === 4 ? (faults[Math.floor(request / 31) % faults.length] as ReturnType<Rule>) : 'pass';
    for (let n = 0; n < 6; n++) await chain.block(['first', 0, n]);
    await expectEqual();
  });

  it('have their own times though one endpoint gave a wrong one once', async () => {
    await newIndex({ urls: both() });
    await expectEqual();
    const before = await chain.height();
    let lies = 0;
    proxies[0].rule = (_, [tag]) => ({
      alter: (block) => {
        if (tag !== 'latest' || Number(block.number) <= before || lies > 0) return block;
        lies++;
        return { ...block, timestamp: `0x${(Number(block.timestamp) + 1).toString(16)}` };
      },
    });
    await chain.block(['first', 0, 9]);
    await expectEqual();
    expect(lies).toBe(1);
    for (const { header } of index.blocks.slice(-3)) {
      expect(header.timestamp).toBe(await chain.time(header.height));
    }
  });

  it('come from the other endpoint when the preferred one stands still', async () => {
    await newIndex({ urls: both() });
    await expectEqual();
    const head = await chain.send<object>('eth_getBlockByNumber', 'latest', false);
    const height = await chain.send<string>('eth_blockNumber');
    proxies[0].rule = (method, [tag]) =>
      tag === 'latest' ? { alter: () => head } : method === 'eth_blockNumber' ? { alter: () => height } : 'pass';
    await chain.block(['first', 0, 9]);
    await expectEqual();
  });

  it('come from the other endpoint when the parents of the preferred one go round in a circle', async () => {
    await newIndex({ urls: both() });
    await expectEqual();
    const hashOf = (n: number) => `0x${String(n).repeat(64)}`;
    let asked = 0;
    proxies[0].rule = (method, [of]) => {
      if (of === 'latest') return { alter: (block) => ({ ...block, hash: hashOf(1), parentHash: hashOf(2) }) };
      if (method !== 'eth_getBlockByHash') return 'pass';
      asked++;
      const height = `0x${(index.finalHeight + 2).toString(16)}`;
      const block = chain.send<object>('eth_getBlockByNumber', height, false);
      return block.then((real) => ({
        alter: () => ({ ...real, hash: of, parentHash: of === hashOf(2) ? hashOf(3) : hashOf(2) }),
      }));
    };
    await chain.block(['first', 0, 9]);
    await expectEqual();
    expect(asked).toBeLessThan(20);
  });

  it('are not final by the word of one endpoint', async () => {
    const finality = { tag: true, blocks: 20 };
    proxies[1].rule = (_, [tag]) => (tag === 'finalized' ? { alter: () => null } : 'pass');
    proxies[0].rule = async (_, [tag]) => {
      if (tag !== 'finalized') return 'pass';
      const latest = await chain.send<object>('eth_getBlockByNumber', 'latest', false);
      return { alter: () => latest };
    };
    await newIndex({ urls: both(), finality });
    for (let n = 0; n < 3; n++) {
      await chain.mine(1);
      await untilCaughtUp();
      expect(index.finalHeight).toBe((await chain.height()) - 20);
    }
  });

  it('say what to do when a final one is replaced', async () => {
    const base = await chain.send('evm_snapshot');
    await chain.mine(4);
    await newIndex();
    await expectEqual();
    await chain.mine(6);
    await expectEqual();
    await chain.send('evm_revert', base);
    await chain.block(['first', 0, 4]);
    await chain.mine(30);
    await expect(index.following).rejects.toMatchObject({
      name: 'FatalError',
      message: expect.stringContaining('reorganised below finality'),
    });
  });
});
