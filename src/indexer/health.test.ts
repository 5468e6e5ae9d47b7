import { checksOf } from './health';

const NOW_MS = 1_700_000_000_000;
const ago = (seconds: number) => new Date(NOW_MS - 1000 * seconds);
const well = {
  indexedHeight: 90,
  indexedTime: ago(10),
  chainHeight: 100,
  chainTime: ago(5),
  seenAt: ago(1),
  auditedAt: ago(3_600),
  auditDifferences: 0,
};
const failing = (change: object) =>
  Object.entries(checksOf({ ...well, ...change }, NOW_MS))
    .filter(([, { ok }]) => !ok)
    .map(([name]) => name);

describe('the checks of an indexer', () => {
  it('tell the lag in blocks and seconds, and the newest audit', () =>
    expect(checksOf(well, NOW_MS)).toEqual({
      database: { ok: true },
      chain: { ok: true, block: 100, seenSeconds: 1 },
      lag: { ok: true, block: 90, blocks: 10, seconds: 5 },
      audit: { ok: true, finishedAt: ago(3_600).toISOString(), differences: 0 },
    }));

  it.each([
    ['nothing is indexed', { indexedHeight: null, indexedTime: null }, ['lag']],
    ['the index is more than a minute behind', { indexedTime: ago(66) }, ['lag']],
    ['no endpoint has answered', { chainHeight: null, chainTime: null, seenAt: null }, ['chain', 'lag']],
    ['no endpoint answered of late', { seenAt: ago(31) }, ['chain']],
    ['the newest audit found differences', { auditDifferences: 3 }, ['audit']],
    ['there was no audit yet', { auditedAt: null, auditDifferences: null }, []],
    ['the chain stands still', { indexedHeight: 100, indexedTime: ago(9_000), chainTime: ago(9_000) }, []],
    ['the endpoint is behind', { chainHeight: 80, chainTime: ago(20) }, []],
  ] as const)('when %s', (_, change, names) => expect(failing(change)).toEqual(names));
});
