import { FatalError, RetryableError } from '../runtime/errors';
import { CONTRACT_NAMES, isCalled } from './contracts';
import type { Deployment } from './deployment';
import { findStartBlocks, firstBlock } from './start-blocks';

const HEAD = 1_000;
const TOKEN = `0x${'a'.repeat(40)}`;
const OTHERS = `0x${'b'.repeat(40)}`;

/** A network whose token was made in block 17 and all else in block 500. */
const deployment = (over: Partial<Deployment> = {}): Deployment => ({
  chainId: 31337,
  deployBlock: 500,
  contracts: {
    ...(Object.fromEntries(CONTRACT_NAMES.filter(isCalled).map((name) => [name, OTHERS])) as Deployment['contracts']),
    DPNToken: TOKEN,
  },
  ...over,
});

/** An endpoint that keeps states from a block on. */
function endpoint({ head = HEAD, statesFrom = 0, tokenMade = 17 }: Partial<Record<string, number>> = {}) {
  const asked: (number | string)[] = [];
  const send = async (method: string, params: unknown[]) => {
    if (method === 'eth_blockNumber') return `0x${head.toString(16)}`;
    const [address, tag] = params as [string, string];
    const block = tag === 'latest' ? head : Number(tag);
    asked.push(block);
    if (block < statesFrom || block > head)
      throw Object.assign(new Error('missing trie node'), { code: 'UNKNOWN_ERROR' });
    return block >= (address === TOKEN ? tokenMade : 500) ? '0x60' : '0x';
  };
  return { send, asked };
}

describe('findStartBlocks', () => {
  it('reads a contract that is older than deployBlock from its own first block, found by its code', async () => {
    const provider = endpoint();
    const starts = await findStartBlocks(provider, deployment());
    expect(starts).toMatchObject({ DPNToken: 17, NodeStaking: 500, ReputationOracle: 500 });
    expect(firstBlock(starts)).toBe(17);
    expect(provider.asked.length).toBeLessThan(40);
  });

  it.each([0, 1, 498, 499])('finds the beginning in block %s', async (tokenMade) =>
    expect(await findStartBlocks(endpoint({ tokenMade }), deployment())).toMatchObject({ DPNToken: tokenMade }),
  );

  it('takes the start blocks of the file where the code agrees', async () => {
    const starts = await findStartBlocks(endpoint(), deployment({ startBlocks: { DPNToken: 17 } }));
    expect(starts).toMatchObject({ DPNToken: 17, JobMarket: 500 });
    const early = await findStartBlocks(endpoint(), deployment({ startBlocks: { DPNToken: 3 } }));
    expect(early).toMatchObject({ DPNToken: 3 });
  });

  it('refuses a start block after the beginning, and says which one to write', async () => {
    const error = await findStartBlocks(endpoint(), deployment({ startBlocks: { DPNToken: 18 } })).catch((e) => e);
    expect(error).toBeInstanceOf(FatalError);
    expect(error.message).toMatch(/^DEPLOYMENT_FILE: DPNToken 0xa+ has code before block 18/);
    expect(error.advice).toContain('"startBlocks": {"DPNToken": 17}');
  });

  it('refuses a start block that no block of the chain has reached', async () => {
    const wrong = { startBlocks: { DPNToken: 1_000_000 } };
    await expect(findStartBlocks(endpoint(), deployment(wrong))).rejects.toThrow(/has code before block 1000000/);
    expect(await findStartBlocks(endpoint(), deployment({ deployBlock: 1_000_000 }))).toMatchObject({ DPNToken: 17 });
  });

  it('believes the file where the endpoint keeps no states that old', async () => {
    const starts = await findStartBlocks(endpoint({ statesFrom: 900 }), deployment({ startBlocks: { DPNToken: 17 } }));
    expect(starts).toMatchObject({ DPNToken: 17, NodeStaking: 500 });
  });

  it('asks for the start block of an older contract whose beginning the endpoint cannot tell', async () => {
    const found = findStartBlocks(endpoint({ statesFrom: 400 }), deployment());
    await expect(found).rejects.toThrow(/DPNToken 0xa+ has code before block 500/);
  });

  it('refuses addresses without code, and waits for an endpoint that is behind', async () => {
    await expect(findStartBlocks(endpoint({ tokenMade: 2_000 }), deployment())).rejects.toThrow(
      /^DEPLOYMENT_FILE: no contract at DPNToken/,
    );
    await expect(findStartBlocks(endpoint({ head: 300 }), deployment())).rejects.toThrow(RetryableError);
  });
});
