import { Wallet } from 'ethers';
import type { Methodology, ReporterSlot } from '../../../chain/reputation';
import type { ReportContent } from '../../../protocol/scoring/batch';
import { packMeasurements } from '../../../protocol/scoring/words';
import type { ReporterKey } from '../../../zk/eddsa';
import { deriveReporterKey } from '../../../zk/reporter-key';
import type { StoredReport } from '../../store/reports';
import { type CollectInput, collectReports, requiredReports } from './collect';
import { signedReport } from './sign';

const oracle = `0x${'0a'.repeat(20)}`;
const evidenceRoot = `0x${'cd'.repeat(32)}`;
const methodology: Methodology = {
  hash: `0x${'ab'.repeat(32)}`,
  parameters: {
    lambda: 64_000n,
    eta: 16_384n,
    failWeight: 3n,
    priorWeight: 65_536n,
    quorum: 1n,
    maxIdle: 10n,
    establishedAt: 262_144n,
  },
};
const words = packMeasurements(Array.from({ length: 60 }, (_, node) => ({ status: 2 as const, perf: 100 * node })));
const content: ReportContent = {
  chainId: 31337n,
  oracle,
  methodologyHash: methodology.hash,
  epoch: 5n,
  batch: 0n,
  evidenceRoot,
  measurementWords: words,
};

const wallets = [1, 2, 3].map((digit) => new Wallet(`0x${String(digit).repeat(64)}`));
let keys: ReporterKey[];
let slots: (ReporterSlot | null)[];
let report: StoredReport;

beforeAll(async () => {
  keys = await Promise.all(wallets.map((wallet) => deriveReporterKey(wallet, 31337, oracle)));
  slots = wallets.map((wallet, slot) => ({
    reporter: wallet.address.toLowerCase(),
    key: (keys[slot] as ReporterKey).publicKey,
  }));
  report = await signed(1, content);
});

function signed(slot: number, what: ReportContent): Promise<StoredReport> {
  const account = (wallets[slot] as Wallet).address.toLowerCase();
  return signedReport(keys[slot] as ReporterKey, { account, slot }, what);
}

function collect(change: Partial<CollectInput> = {}) {
  return collectReports({
    chainId: 31337n,
    oracle,
    epoch: 5,
    batch: 0,
    methodology,
    reporters: slots,
    reports: [report],
    anchoredEvidence: async () => evidenceRoot,
    ...change,
  });
}

describe('report keys', () => {
  it('derives the same report key every time, and another for another network or oracle', async () => {
    const [wallet] = wallets as [Wallet];
    const again = await deriveReporterKey(wallet, 31337, oracle);
    expect(again.publicKey).toEqual(keys[0]?.publicKey);
    expect((await deriveReporterKey(wallet, 97, oracle)).publicKey).not.toEqual(again.publicKey);
    expect((await deriveReporterKey(wallet, 31337, `0x${'0b'.repeat(20)}`)).publicKey).not.toEqual(again.publicKey);
  });

  it('signs the same report to the same bytes', async () => {
    expect(await signed(1, content)).toEqual(report);
  });
});

describe('collectReports', () => {
  it('puts a good report in its slot and leaves the others empty', async () => {
    const reports = await collect();
    expect(reports.map((slot) => slot !== null)).toEqual([false, true, false]);
    expect(reports[1]).toEqual({ evidenceRoot, measurementWords: words, signature: report.signature });
  });

  it.each<[string, () => Partial<CollectInput>]>([
    ['of another epoch', () => ({ epoch: 6 })],
    ['of another batch', () => ({ batch: 1 })],
    ['of another chain', () => ({ chainId: 97n })],
    ['of another oracle', () => ({ oracle: `0x${'0b'.repeat(20)}` })],
    ['under another methodology', () => ({ methodology: { ...methodology, hash: `0x${'ac'.repeat(32)}` } })],
    ['whose evidence is not anchored', () => ({ anchoredEvidence: async () => undefined })],
    ['whose evidence is another', () => ({ anchoredEvidence: async () => `0x${'ce'.repeat(32)}` })],
    ['of an account without a slot', () => ({ reporters: [slots[0] ?? null, null, slots[2] ?? null] })],
    ['with a changed word', () => ({ reports: [{ ...report, words: [words[0]! + 1n, ...words.slice(1)] }] })],
    ['with a changed signature', () => ({ reports: [{ ...report, signature: { ...report.signature, S: 1n } }] })],
    ['signed by another key', () => ({ reports: [{ ...report, reporter: wallets[0]!.address.toLowerCase() }] })],
  ])('does not count a report %s', async (_what, change) => {
    expect(await collect(change())).toEqual([null, null, null]);
  });
});

describe('requiredReports', () => {
  const base = { quorum: 2n, epochEnd: 1_000, reportGraceSeconds: 30 };

  it('asks for every active reporter during the grace period, then for a quorum', () => {
    expect(requiredReports({ ...base, reporters: slots, now: 1_029 })).toBe(3);
    expect(requiredReports({ ...base, reporters: slots, now: 1_030 })).toBe(2);
  });

  it('never asks for fewer than the quorum', () => {
    expect(requiredReports({ ...base, reporters: [slots[0] ?? null, null, null], now: 1_000 })).toBe(2);
  });
});
