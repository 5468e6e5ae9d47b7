import { apart, graded } from './clocks';

it.each([
  [0, 'ok'],
  [15_000, 'ok'],
  [-15_001, 'warn'],
  [30_000, 'warn'],
  [30_001, 'fail'],
  [-31_000, 'fail'],
])('calls clocks that are %i ms apart %s', (ms, status) => {
  expect(graded(ms, 15_000, 30_000)).toBe(status);
});

it('says which of two clocks is ahead', () => {
  expect(apart(1_500)).toBe('1.5 s behind');
  expect(apart(-120_000)).toBe('120.0 s ahead of');
});
