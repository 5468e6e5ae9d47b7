import { solidityPackedKeccak256, Wallet } from 'ethers';
import { dpinDomain, isSignedBy, signMessage } from './eip712';
import { answerOfBusy, busyValue, helloValue, receiptValue, verdictValue } from './signed-values';

const b32 = (byte: string) => `0x${byte.repeat(32)}`;
const worker = new Wallet(b32('11'));
const reporter = new Wallet(b32('22'));
const domain = dpinDomain(31337, `0x${'33'.repeat(20)}`);
const hello = { nodeId: 7, devices: 1, adapters: [{ name: 'RTX 5090', software: false }], software: 'x/1' };
const claim = { jobId: '12', shard: 3 };
const receipt = { round: 9, device: 1, taskSeed: b32('44'), answer: b32('55'), elapsedMs: 812 };
const verdict = {
  ...{ round: 9, device: 1, taskSeed: b32('44'), commitment: b32('55'), revealDigest: b32('66') },
  ...{ code: 'WRONG_RESULT', reason: 'row 3', elapsedMs: 812, perfBps: 0, sample: { t: 4, j: 5, i: 6 } },
};

/** Every value with one field changed must be another signed value. */
const differs = <F extends object>(frame: F, changes: Partial<F>[], signedOf: (frame: F) => object) => {
  for (const change of changes) expect(signedOf({ ...frame, ...change })).not.toEqual(signedOf(frame));
};

describe('signed values', () => {
  it('binds HELLO to reporter, nonce and all that the node says about itself', async () => {
    const value = helloValue(hello, reporter.address, b32('aa'));
    const signature = await signMessage(worker, domain, 'Hello', value);
    expect(isSignedBy(worker.address, domain, 'Hello', value, signature)).toBe(true);
    expect(helloValue(hello, worker.address, b32('aa'))).not.toEqual(value);
    expect(helloValue(hello, reporter.address, b32('ab'))).not.toEqual(value);
    differs(
      hello,
      [
        { nodeId: 8 },
        { devices: 2 },
        { software: 'x/2' },
        { adapters: [] },
        { adapters: [{ name: 'RTX 5090', software: true }] },
        { adapters: [{ name: 'llvmpipe', software: false }] },
      ],
      (frame) => helloValue(frame, reporter.address, b32('aa')),
    );
  });

  it('gives the same details whatever the order of the fields', () => {
    const reordered = { ...hello, adapters: [{ software: false, name: 'RTX 5090' }] };
    expect(helloValue(reordered, reporter.address, b32('aa'))).toEqual(helloValue(hello, reporter.address, b32('aa')));
  });

  it('binds BUSY to task, job and shard', async () => {
    const signature = await signMessage(worker, domain, 'Busy', busyValue(claim, b32('44')));
    const isSigned = (value: ReturnType<typeof busyValue>) =>
      isSignedBy(worker.address, domain, 'Busy', value, signature);
    expect(isSigned(busyValue(claim, b32('44')))).toBe(true);
    expect(isSigned(busyValue(claim, b32('45')))).toBe(false);
    expect(isSigned(busyValue({ ...claim, jobId: '13' }, b32('44')))).toBe(false);
    expect(isSigned(busyValue({ ...claim, shard: 4 }, b32('44')))).toBe(false);
  });

  it('takes a job beyond 256 bits for nobody’s claim', () => {
    const value = busyValue({ ...claim, jobId: (1n << 256n).toString() }, b32('44'));
    expect(isSignedBy(worker.address, domain, 'Busy', value, `0x${'00'.repeat(65)}`)).toBe(false);
  });

  it("answers for a busy claim as Solidity's abi.encodePacked packs it", () => {
    expect(answerOfBusy(claim)).toBe(solidityPackedKeccak256(['string', 'uint256', 'uint16'], ['dpin/busy/1', 12n, 3]));
  });

  it('binds a receipt to everything it says and to the node', async () => {
    const signature = await signMessage(reporter, domain, 'Receipt', receiptValue(receipt, 7));
    expect(isSignedBy(reporter.address, domain, 'Receipt', receiptValue(receipt, 7), signature)).toBe(true);
    expect(isSignedBy(reporter.address, domain, 'Receipt', receiptValue(receipt, 8), signature)).toBe(false);
    const changes = [{ round: 8 }, { device: 0 }, { taskSeed: b32('45') }, { answer: b32('56') }, { elapsedMs: 813 }];
    differs(receipt, changes, (frame) => receiptValue(frame, 7));
  });

  it('binds a verdict to the work it is about and to the sample that was wrong', async () => {
    const signature = await signMessage(reporter, domain, 'Verdict', verdictValue(verdict, 7));
    expect(isSignedBy(reporter.address, domain, 'Verdict', verdictValue(verdict, 7), signature)).toBe(true);
    expect(isSignedBy(reporter.address, domain, 'Verdict', verdictValue(verdict, 8), signature)).toBe(false);
    const sample = verdict.sample;
    differs(
      verdict,
      [
        ...[{ round: 8 }, { device: 0 }, { taskSeed: b32('45') }, { commitment: b32('56') }, { elapsedMs: 813 }],
        ...[{ revealDigest: b32('67') }, { code: 'OK' }, { reason: 'row 4' }, { perfBps: 1 }],
        ...[{ sample: { ...sample, t: 5 } }, { sample: { ...sample, j: 6 } }, { sample: { ...sample, i: 7 } }],
      ],
      (frame) => verdictValue(frame, 7),
    );
  });

  it('signs zeros for a verdict without commitment, reveal and sample', () => {
    const value = verdictValue({ ...verdict, commitment: null, revealDigest: null, sample: null }, 7);
    expect(value).toMatchObject({ commitment: b32('00'), revealDigest: b32('00') });
    expect(value).toMatchObject({ sampleT: 0, sampleJ: 0, sampleI: 0 });
  });
});
