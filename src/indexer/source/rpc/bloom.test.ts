import { keccak256, toBeHex, zeroPadValue } from 'ethers';
import { BloomJudge, bloomOf } from './bloom';

const topic = (n: number) => keccak256(toBeHex(n, 32));
const address = (n: number) => zeroPadValue(toBeHex(n), 20);
const OURS = { address: address(1), topics: [topic(1), topic(2), topic(3)], fromBlock: 0 };
const log = (ofAddress: string, ...topics: string[]) => ({
  ...{ logIndex: 0, transactionHash: topic(0), address: ofAddress, topics, data: '0x' },
});
/** Logs of others: `count` of them, no two alike. */
const foreign = (count: number) => Array.from({ length: count }, (_, n) => log(address(100 + n), topic(1_000 + n)));
const judge = new BloomJudge([OURS]);

describe('the bloom of a block', () => {
  // That it is the chain's own bloom, test/indexer/rpc-source.test.ts shows.
  it('has three bits of each address and topic', () => {
    expect(bloomOf([])).toBe(`0x${'0'.repeat(512)}`);
    expect(
      BigInt(bloomOf([log(address(1))]))
        .toString(2)
        .replaceAll('0', ''),
    ).toHaveLength(3);
  });

  it('finds a log that did not come', () => {
    const block = [log(OURS.address, topic(1)), log(OURS.address, topic(2), topic(9)), ...foreign(10)];
    expect(judge.judge(bloomOf(block), block.slice(0, 2))).toBe('sound');
    expect(judge.judge(bloomOf(block), block.slice(0, 1))).toBe('wrong');
    expect(judge.judge(bloomOf(block), [])).toBe('wrong');
  });

  it('finds a log that the block does not have', () => {
    expect(judge.judge(bloomOf(foreign(3)), [log(OURS.address, topic(1))])).toBe('wrong');
    expect(judge.judge(bloomOf([log(OURS.address, topic(1))]), [log(OURS.address, topic(2))])).toBe('wrong');
  });

  it('says nothing of blocks without logs of ours', () => {
    expect(judge.judge(bloomOf(foreign(20)), [])).toBe('sound');
  });

  it('is not sure of a bloom so full that it says yes to everything', () => {
    expect(judge.judge(`0x${'f'.repeat(512)}`, [])).toBe('unclear');
    expect(judge.judge(bloomOf([log(OURS.address, topic(1)), ...foreign(700)]), [])).toBe('unclear');
  });
});
