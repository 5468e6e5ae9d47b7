import { age, counted, fixed, percent, scoreChangeWords, standing } from './plain-words';

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

describe('why a score moved', () => {
  const passed = { epoch: 12, outcome: 'PASS', previousStatus: 'PROVISIONAL', status: 'PROVISIONAL' } as const;

  it('is what the quorum said, and from where to where the score went', () => {
    expect(scoreChangeWords({ ...passed, previousScoreBps: 8_000, scoreBps: 8_312 })).toBe(
      'Epoch 12 passed; the score rose from 80.00 % to 83.12 %, provisional as before',
    );
  });

  it('names a change of standing', () => {
    const failed = { ...passed, outcome: 'FAIL', status: 'FAILING' } as const;
    expect(scoreChangeWords({ ...failed, previousScoreBps: 5_000, scoreBps: 900 })).toBe(
      'Epoch 12 failed; the score fell from 50.00 % to 9.00 %, now failing, provisional before',
    );
  });

  it('does not call an epoch failed that was not measured', () => {
    expect(scoreChangeWords({ ...passed, outcome: 'NONE', previousScoreBps: 700, scoreBps: 700 })).toBe(
      'Epoch 12 was not measured, so that older evidence fades; the score stayed at 7.00 %, provisional as before',
    );
  });
});
