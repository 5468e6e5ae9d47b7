import { GpuNode } from '../../model';
import { agree, Contradiction, less, oneLess } from './checks';

const node = new GpuNode({ id: '0000000003', delegatedStake: 5n, activeShardCount: 0 } as Partial<GpuNode> as GpuNode);

describe('agree', () => {
  it('lets pass what agrees, and nothing is nothing', () => {
    expect(() => agree(node, 'delegatedStake', 7n, 7n)).not.toThrow();
    expect(() => agree(node, 'pendingCommissionBps', null, undefined)).not.toThrow();
  });
  it('names row, column and both values', () => {
    const check = () => agree(node, 'delegatedStake', 7n, 9n);
    expect(check).toThrow(Contradiction);
    expect(check).toThrow('GpuNode 0000000003 delegatedStake: the index comes to 7, the event says 9');
  });
  it('tells zero from nothing', () => expect(() => agree(node, 'delegatedStake', 0n, null)).toThrow(Contradiction));
});

describe('less', () => {
  it('takes what there is, to the last wei', () => {
    expect(less(node, 'delegatedStake', 5n, 2n)).toBe(3n);
    expect(less(node, 'delegatedStake', 5n, 5n)).toBe(0n);
  });
  it('never takes more', () =>
    expect(() => less(node, 'delegatedStake', 5n, 6n)).toThrow(
      'GpuNode 0000000003 delegatedStake: the index comes to 5, the event says that 6 are taken from it',
    ));
});

describe('oneLess', () => {
  it('counts down to zero and no further', () => {
    expect(oneLess(node, 'activeShardCount', 1)).toBe(0);
    expect(() => oneLess(node, 'activeShardCount', 0)).toThrow(Contradiction);
  });
});
