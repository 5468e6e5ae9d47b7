import { classClosed } from './admission';
import { HARDWARE_CLASSES } from './classes';

describe('admission of hardware classes', () => {
  const open = (production: boolean) =>
    HARDWARE_CLASSES.filter(({ id }) => classClosed(id, { production }) === null).map(({ name }) => name);

  it('opens only the development class on a devnet', () => {
    expect(open(false)).toEqual(['development']);
  });

  it('opens no class where real money is paid, as no reference is measured yet', () => {
    expect(open(true)).toEqual([]);
    expect(classClosed(0, { production: true })).toBe(
      'the reference of gemm is not measured; the reference of tree is not measured',
    );
  });

  it('names everything that a closed class lacks', () => {
    expect(classClosed(3, { production: false })).toBe(
      'no backend has GPU kernels for gemm; no circuit proves a tree of depth 12 with 16 drawn leaves',
    );
  });

  it('counts a class that it does not know as closed', () => {
    expect(classClosed(4, { production: false })).toBe('this version of the protocol has no such class');
  });
});
