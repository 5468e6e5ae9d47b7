import { ORACLE_LIST } from './oracle-list';

const [a, b] = [`0x${'Aa'.repeat(20)}`, `0x${'b1'.repeat(20)}`];
const problemOf = (text: string) => ORACLE_LIST.safeParse(text).error?.issues[0]?.message;

describe('the list of oracles', () => {
  it('reads reporters and where they are, in order', () => {
    expect(ORACLE_LIST.parse(`${a}@ws://127.0.0.1:4400, ${b}@wss://reporter.example:4400/path`)).toEqual([
      { reporter: a.toLowerCase(), url: 'ws://127.0.0.1:4400' },
      { reporter: b, url: 'wss://reporter.example:4400/path' },
    ]);
  });

  it('lets several reporters share a place', () => {
    expect(ORACLE_LIST.parse(`${a}@ws://x:1,${b}@ws://x:1`)).toHaveLength(2);
  });

  it.each([
    ['', 'number 1'],
    ['ws://127.0.0.1:4400', 'number 1'],
    [`${a}@ws://x:1,`, 'number 2'],
    [`${a}@http://x:1`, 'is not 0xReporterAddress@ws(s)://host:port'],
    [`${a.slice(0, -1)}@ws://x:1`, 'number 1'],
    [`${a}@ws://x:99999`, 'number 1'],
    [`${a}@ws://x:1,${a.toLowerCase()}@ws://y:1`, `names reporter ${a.toLowerCase()} twice`],
    [
      Array.from({ length: 17 }, (_, k) => `0x${k.toString(16).padStart(40, '0')}@ws://x:1`).join(),
      '17 entries; 16 are the most',
    ],
  ])('refuses %.60s: %s', (text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });
});
