import { RangeWidth } from './width';

/** Blocks of each request that an endpoint with a limit sees, for a source that wants 2,000 at a time. */
function requests(width: RangeWidth, count: number, widest: () => number): number[] {
  return Array.from({ length: count }, () => {
    const blocks = Math.min(2_000, width.limit);
    if (blocks > widest()) width.refused(blocks);
    else width.took(blocks);
    return blocks;
  });
}

describe('the width of ranges', () => {
  it('is halved until the endpoint takes it, and remembered', () => {
    expect(requests(new RangeWidth(), 8, () => 500)).toEqual([2_000, 1_000, 500, 500, 500, 500, 500, 500]);
  });

  it('is tried wider ever more seldom where that is refused', () => {
    const refused = requests(new RangeWidth(), 5_000, () => 300).filter((blocks) => blocks > 300);
    // 2,000, 1,000 and 500 at first; then once after 64, 256, 1,024 and … requests.
    expect(refused.length).toBeLessThan(8);
  });

  it('grows again where a stretch was dense', () => {
    const width = new RangeWidth();
    requests(width, 10, () => 10);
    expect(requests(width, 200, () => 2_000).at(-1)).toBe(2_000);
  });

  it('is halved by failures in a row that need not have to do with it, and grows again soon', () => {
    const width = new RangeWidth();
    width.failed(800);
    width.took(800);
    width.failed(800);
    expect(width.limit).toBe(Number.POSITIVE_INFINITY);
    // What is narrower and works says nothing of the width that fails.
    width.took(50);
    width.failed(800);
    expect(width.limit).toBe(400);
    for (let taken = 0; taken < 8; taken++) width.took(400);
    expect(width.limit).toBe(800);
  });

  it('never falls below one block', () => {
    const width = new RangeWidth();
    expect(requests(width, 20, () => 1).at(-1)).toBe(1);
    width.refused(1);
    width.failed(1);
    width.failed(1);
    expect(width.limit).toBe(1);
  });
});
