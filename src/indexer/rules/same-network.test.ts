import { FatalError } from '../../runtime/errors';
import { type NetworkMark, requireSameNetwork } from './same-network';

const mark: NetworkMark = {
  chainId: 56,
  genesisHash: '0xaa',
  contracts: { DPNToken: { address: '0x01', fromBlock: 10 }, AccessManager: null },
};
const wanted = (change: Partial<NetworkMark>): NetworkMark => ({ ...mark, ...change });
const compare = (change: Partial<NetworkMark>) => () => requireSameNetwork('dpin', mark, wanted(change));

describe('the network of a database', () => {
  it('is the same with the same chain, contracts and start blocks', () => expect(compare({})).not.toThrow());
  it('is told by what the endpoint tells: block 0 may be missing', () =>
    expect(compare({ genesisHash: null })).not.toThrow());
  it('is the same when a release follows another contract', () =>
    expect(compare({ contracts: { ...mark.contracts, JobMarket: { address: '0x02', fromBlock: 5 } } })).not.toThrow());
  it('is the same when a start block moves up', () =>
    expect(compare({ contracts: { DPNToken: { address: '0x01', fromBlock: 11 } } })).not.toThrow());

  it.each([
    ['the chain id is 56 there, 97 in the settings', { chainId: 97 }],
    ['the hash of block 0 is 0xaa there, 0xbb in the settings', { genesisHash: '0xbb' }],
    ['DPNToken is 0x01 there, 0x02 in the settings', { contracts: { DPNToken: { address: '0x02', fromBlock: 10 } } }],
  ] as [string, Partial<NetworkMark>][])('is another one where %s', (words, change) => {
    expect(compare(change)).toThrow(FatalError);
    expect(compare(change)).toThrow(`DB_NAME: database "dpin" has the index of another network: ${words}`);
  });

  it.each([
    ['the index has them from block 10 on', { DPNToken: { address: '0x01', fromBlock: 9 } }],
    ['the index has none', { AccessManager: { address: '0x03', fromBlock: 10 } }],
  ] as [string, NetworkMark['contracts']][])('lacks events of a contract where %s', (words, contracts) =>
    expect(compare({ contracts })).toThrow(words),
  );
});
