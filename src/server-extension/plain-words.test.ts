import { age, counted, fixed, percent, standing } from './plain-words';

it('writes numbers as people read them', () => {
  expect(percent(8312)).toBe('83.12 %');
  expect(percent(10_000n)).toBe('100.00 %');
  expect(fixed(163_840n)).toBe('2.50');
  expect(counted(1, 'round')).toBe('1 round');
  expect(counted(3, 'epoch')).toBe('3 epochs');
  expect(standing(3)).toBe('failing');
});

it.each([
  [-0.4, '0 s'],
  [119.4, '119 s'],
  [120, '2 min'],
  [7199, '120 min'],
  [7200, '2 h'],
  [172_800, '2 d'],
])('writes an age of %s seconds', (seconds, words) => {
  expect(age(seconds)).toBe(words);
});
