import { getBytes, solidityPackedKeccak256 } from 'ethers';
import { ProtocolError } from './errors';
import { coinHash, coins, roundSeed, taskSeed } from './seeds';

const oracle = `0x${'1a'.repeat(20)}`;
const reporter = `0x${'2b'.repeat(20)}`;
const hash = `0x${'3c'.repeat(32)}`;
const nonce = new Uint8Array(32).fill(0x4d);
const round = { chainId: 31337n, oracle, round: 12n, openBlockNumber: 99n, openBlockHash: hash, nonce };

describe('seeds', () => {
  it("packs roundSeed as Solidity's abi.encodePacked does", () => {
    expect(roundSeed(round)).toEqual(
      getBytes(
        solidityPackedKeccak256(
          ['string', 'uint256', 'address', 'uint64', 'uint64', 'bytes32', 'bytes32'],
          ['dpin/round/1', 31337n, oracle, 12n, 99n, hash, nonce],
        ),
      ),
    );
  });

  it("packs taskSeed as Solidity's abi.encodePacked does", () => {
    const seed = roundSeed(round);
    const params = { task: 'gemm', n: 4096, w: 65536, T: 300, K: 64, m: 2 } as const;
    expect(taskSeed({ ...params, roundSeed: seed, reporter, nodeId: 70_000, device: 1 })).toEqual(
      getBytes(
        solidityPackedKeccak256(
          [
            ...['string', 'bytes32', 'address', 'uint32', 'uint8', 'uint8'],
            ...['uint32', 'uint32', 'uint32', 'uint16', 'uint8'],
          ],
          ['dpin/task/1', seed, reporter, 70_000, 1, 1, 4096, 65536, 300, 64, 2],
        ),
      ),
    );
  });

  it("packs coins as Solidity's abi.encodePacked does", () => {
    const root = new Uint8Array(32).fill(0x5e);
    expect(coins({ anchorBlockHash: hash, coinSecret: nonce, root, nodeId: 3, device: 0 })).toEqual(
      getBytes(
        solidityPackedKeccak256(
          ['string', 'bytes32', 'bytes32', 'bytes32', 'uint32', 'uint8'],
          ['dpin/coins/1', hash, nonce, root, 3, 0],
        ),
      ),
    );
    expect(coinHash(nonce)).toEqual(getBytes(solidityPackedKeccak256(['bytes32'], [nonce])));
  });

  it('changes taskSeed with every one of its parts', () => {
    const base = {
      ...{ task: 'gemm' as const, n: 512, w: 512, T: 16, K: 64, m: 2 },
      ...{ roundSeed: nonce, reporter, nodeId: 1, device: 0 },
    };
    const variants = [
      base,
      ...[{ task: 'tree' as const }, { n: 256 }, { w: 256 }, { T: 17 }, { K: 32 }, { m: 1 }],
      ...[{ roundSeed: new Uint8Array(32) }, { reporter: oracle }, { nodeId: 2 }, { device: 1 }],
    ].map((change) => Buffer.from(taskSeed({ ...base, ...change })).toString('hex'));
    expect(new Set(variants).size).toBe(variants.length);
  });

  it('refuses what does not fit its field', () => {
    expect(() => roundSeed({ ...round, oracle: '0x12' })).toThrow(ProtocolError);
    expect(() => roundSeed({ ...round, round: 1n << 64n })).toThrow(ProtocolError);
    expect(() => roundSeed({ ...round, nonce: new Uint8Array(31) })).toThrow(ProtocolError);
    expect(() => roundSeed({ ...round, openBlockHash: 'latest' })).toThrow(ProtocolError);
  });
});
