import { type NodeAddress, NodeAddresses } from './node-addresses';

describe('addresses of nodes', () => {
  const written: NodeAddress[] = [];
  const addresses = (known: NodeAddress[] = []) => new NodeAddresses(known, (at) => written.push(at));
  beforeEach(() => {
    written.length = 0;
  });

  it('are written down when they are new, and once for each process', () => {
    const some = addresses([{ nodeId: 1, address: 'a' }]);
    expect([some.has('a'), some.has('b')]).toEqual([true, false]);
    for (const address of ['a', 'b', 'a', 'b']) some.add({ nodeId: 1, address });
    expect(written.map(({ address }) => address)).toEqual(['a', 'b']);
  });

  it('of one node push out its own only', () => {
    const some = addresses([{ nodeId: 2, address: 'a' }]);
    for (const address of ['a', 'b', 'c', 'd', 'e']) some.add({ nodeId: 1, address });
    expect(['a', 'b', 'e'].map((address) => some.has(address))).toEqual([true, true, true]);
    some.add({ nodeId: 1, address: 'f' });
    expect(['a', 'b', 'f'].map((address) => some.has(address))).toEqual([true, false, true]);
  });
});
