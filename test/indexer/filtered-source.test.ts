import { FilteredRpcSource, type RpcCaller } from '../../src/indexer/source/filtered';
import type { Block } from '../../src/indexer/source/types';
import { Fixture } from './fixture';
import { Scenario } from './scenario';

/** An answer with an error from the endpoint, as the processor's client names it. */
class RpcError extends Error {
  override readonly name = 'RpcError';
}

describe('the source that filters on the endpoint', () => {
  let fixture: Fixture;
  let asked: { from: number; to: number }[];
  /** The real chain behind an endpoint that refuses ranges wider than `widest`. */
  const endpoint = (widest: number, alter: (logs: unknown) => unknown = (logs) => logs): RpcCaller => {
    const call = async <T>(method: string, params: unknown[] = []): Promise<T> => {
      const answer = await fixture.chain.provider.send(method, params);
      if (method !== 'eth_getLogs') return answer;
      const { fromBlock, toBlock } = params[0] as { fromBlock: string; toBlock: string };
      const range = { from: Number(fromBlock), to: Number(toBlock) };
      if (range.to - range.from >= widest) throw new RpcError(`block range is larger than ${widest}`);
      asked.push(range);
      return alter(answer) as T;
    };
    return {
      call,
      batchCall: (batch) => Promise.all(batch.map(({ method, params }) => call<never>(method, params))),
    };
  };
  const filters = () => [
    {
      address: fixture.network.deployment.contracts.DPNToken,
      topics: [fixture.network.contract('DPNToken').interface.getEvent('Transfer')!.topicHash],
    },
  ];
  const collect = async (source: FilteredRpcSource, from = 0): Promise<Block[]> => {
    const blocks: Block[] = [];
    for await (const batch of source.getFinalizedBlocks([{ range: { from } }], true)) blocks.push(...batch.blocks);
    return blocks;
  };

  beforeAll(async () => {
    fixture = await Fixture.start();
    const scenario = new Scenario(fixture);
    for (let step = 0; step < 10; step++) await scenario.step(step * 5);
    await fixture.mine(300);
    await scenario.step(0);
    await fixture.mine(10);
  }, 120_000);
  afterAll(() => fixture.stop());
  beforeEach(() => {
    asked = [];
  });

  it('gives every matching log once, in order, with its block', async () => {
    const blocks = await collect(new FilteredRpcSource(endpoint(Number.POSITIVE_INFINITY), 5, filters()));
    const expected = await fixture.chain.provider.getLogs({
      fromBlock: 0,
      toBlock: (await fixture.chain.provider.getBlockNumber()) - 5,
      ...{ address: filters()[0]!.address, topics: [filters()[0]!.topics] },
    });
    expect(blocks.flatMap(({ header, logs }) => logs.map(({ logIndex }) => [header.hash, logIndex]))).toEqual(
      expected.map(({ blockHash, index }) => [blockHash, index]),
    );
    const heights = blocks.map(({ header }) => header.height);
    expect(heights).toEqual([...new Set(heights)].sort((a, b) => a - b));
    expect(blocks.length).toBeLessThan(100);
  });

  it('halves ranges that the endpoint refuses, down to single blocks', async () => {
    const whole = await collect(new FilteredRpcSource(endpoint(Number.POSITIVE_INFINITY), 5, filters()));
    asked = [];
    const halved = await collect(new FilteredRpcSource(endpoint(7), 5, filters()));
    const withLogs = (blocks: Block[]) => blocks.filter(({ logs }) => logs.length > 0);
    expect(withLogs(halved)).toEqual(withLogs(whole));
    expect(Math.max(...asked.map(({ from, to }) => to - from))).toBeLessThan(7);
  });

  it('leaves out the blocks that are not final', async () => {
    const head = await fixture.chain.provider.getBlockNumber();
    const blocks = await collect(new FilteredRpcSource(endpoint(1_000), 20, filters()));
    expect(blocks.at(-1)?.header.height).toBe(head - 20);
  });

  it.each([
    ['no list', () => 'nonsense'],
    [
      'a log of another block',
      (logs: unknown) => (logs as object[]).map((log) => ({ ...log, blockNumber: '0xffffff' })),
    ],
    ['a log without data', (logs: unknown) => (logs as object[]).map((log) => ({ ...log, data: 5 }))],
    ['a log of a dropped block', (logs: unknown) => (logs as object[]).map((log) => ({ ...log, blockHash: '0x12' }))],
  ])('does not take %s for an answer', async (_, alter) => {
    const source = new FilteredRpcSource(endpoint(1_000, alter), 5, filters());
    await expect(collect(source)).rejects.toMatchObject({ name: 'RetryableError' });
  });
});
