import { isCodeOf } from './artifacts';

describe('code on a chain', () => {
  const built = { code: '0x600000006001', immutables: [[1, 3]] as const };

  it('is that of its contract whatever the immutables are', () => {
    expect(isCodeOf(built, '0x600000006001')).toBe(true);
    expect(isCodeOf(built, '0x60abcdef6001')).toBe(true);
    expect(isCodeOf({ ...built, immutables: [] }, '0x60abcdef6001')).toBe(false);
  });

  it.each(['0x60abcdef6002', '0x61abcdef6001', '0x60abcdef60', '0x60abcdef600100', '0x'])(
    'is not when it is %s',
    (code) => {
      expect(isCodeOf(built, code)).toBe(false);
    },
  );
});
