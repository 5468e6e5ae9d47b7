import { printable } from './printable';

describe('what is printed of a text of others', () => {
  it.each([
    ['a cleared screen and a colour', '\u001b[2J\u001b[1;1H\u001b[32mok', '[2J[1;1H[32mok'],
    ['a control sequence of one character', '\u009b2Jok', '2Jok'],
    ['a way back', 'fail\r\b\b\b\bok', 'failok'],
    ['letters turned round', 'a\u202eb\u2066c', 'abc'],
  ])('has nothing of %s', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('is the text where that can be shown', () => {
    const text = 'Zeile eins: é → ok\n\tzwei 🚀\n';
    expect(printable(text)).toBe(text);
  });
});
