import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@subsquid/logger';
import { Wallet } from 'ethers';
import { hardwareClass } from '../protocol/classes';
import { dpinDomain, signMessage } from '../protocol/eip712';
import { type Frame, PROTOCOL_VERSION } from '../protocol/messages';
import { receiptValue, verdictValue } from '../protocol/signed-values';
import { Answers } from './answers';
import type { Party } from './checks';
import type { SignedWord } from './receipts';

const reporter = new Wallet(`0x${'01'.repeat(32)}`);
const stranger = new Wallet(`0x${'02'.repeat(32)}`);
const party: Party = {
  ...{ chainId: 31337, oracle: `0x${'0a'.repeat(20)}`, domain: dpinDomain(31337, `0x${'0b'.repeat(20)}`) },
  ...{ reporter: reporter.address.toLowerCase(), nodeId: 5, devices: 1, hardwareClass: hardwareClass(0) },
};
const b32 = (byte: string) => `0x${byte.repeat(32)}`;
const answer = { round: 9, device: 0, taskSeed: b32('aa'), answer: b32('bb') };
const RECEIPT_MS = 30;

async function receipt(over: Partial<Frame<'RECEIPT'>> = {}, signer = reporter): Promise<Frame<'RECEIPT'>> {
  const told = { ...answer, elapsedMs: 812, ...over };
  const signature = await signMessage(signer, party.domain, 'Receipt', receiptValue(told, party.nodeId));
  return { v: PROTOCOL_VERSION, type: 'RECEIPT', ...told, signature };
}

async function verdict(over: Partial<Frame<'VERDICT'>> = {}, signer = reporter): Promise<Frame<'VERDICT'>> {
  const told = {
    ...{ round: 9, device: 0, taskSeed: b32('aa'), commitment: b32('bb'), revealDigest: null },
    ...{ code: 'OK', reason: 'right', elapsedMs: 812, perfBps: 10_000, sample: null, ...over },
  };
  const signature = await signMessage(signer, party.domain, 'Verdict', verdictValue(told, party.nodeId));
  return { v: PROTOCOL_VERSION, type: 'VERDICT', ...told, numbers: {}, signature };
}

describe('answers and what the reporter signed for them', () => {
  let warnings: string[];
  let kept: SignedWord[];
  let answers: Answers;
  beforeEach(() => {
    warnings = [];
    kept = [];
    const note = (_facts: object, words: string) => warnings.push(words);
    const log = { debug: () => undefined, info: () => undefined, warn: note, error: note } as unknown as Logger;
    answers = new Answers({ party, log, receiptMs: RECEIPT_MS, receipts: { append: (word) => kept.push(word) } });
  });

  it('keeps the receipt and the verdict of an answer', async () => {
    answers.sent(answer);
    const frames = [await receipt(), await verdict()] as const;
    answers.onReceipt(frames[0]);
    answers.onVerdict(frames[1]);
    await sleep(3 * RECEIPT_MS);
    expect(warnings).toEqual([]);
    expect(kept).toEqual(frames.map((frame) => ({ reporter: party.reporter, nodeId: 5, frame })));
  });

  it('warns once when no receipt comes', async () => {
    answers.sent(answer);
    await sleep(3 * RECEIPT_MS);
    answers.sent(answer);
    await sleep(3 * RECEIPT_MS);
    expect(warnings).toEqual([expect.stringContaining('no receipt')]);
  });

  it('warns of a receipt or verdict that the reporter did not sign, and keeps none', async () => {
    answers.sent(answer);
    answers.onReceipt(await receipt({}, stranger));
    answers.onVerdict(await verdict({}, stranger));
    answers.onReceipt({ ...(await receipt()), elapsedMs: 1 });
    answers.onVerdict({ ...(await verdict()), code: 'WRONG_RESULT' });
    expect(warnings).toEqual(
      ['receipt', 'verdict', 'receipt', 'verdict'].map((word) => `${word} without the reporter's signature`),
    );
    expect(kept).toEqual([]);
    await sleep(3 * RECEIPT_MS);
    expect(warnings.at(-1)).toContain('no receipt');
  });

  it.each<[string, Partial<Frame<'RECEIPT'>>]>([
    ['answer', { answer: b32('bc') }],
    ['task', { taskSeed: b32('ab') }],
  ])('warns of a receipt for another %s and keeps it as proof', async (_, over) => {
    answers.sent(answer);
    const wrong = await receipt(over);
    answers.onReceipt(wrong);
    expect(warnings).toEqual(['receipt for an answer that this node did not give']);
    expect(kept).toMatchObject([{ frame: wrong }]);
    await sleep(3 * RECEIPT_MS);
    expect(warnings).toHaveLength(2);
  });

  it('keeps a receipt of a round that it knows nothing of: it may have answered before it was started again', async () => {
    const earlier = await receipt({ round: 8 });
    answers.onReceipt(earlier);
    expect(warnings).toEqual([]);
    expect(kept).toMatchObject([{ frame: earlier }]);
  });

  it('warns of a verdict on another commitment and keeps it as proof', async () => {
    answers.sent(answer);
    const wrong = await verdict({ commitment: b32('bc') });
    answers.onVerdict(wrong);
    expect(warnings).toEqual(['verdict on a commitment that this node did not give']);
    expect(kept).toMatchObject([{ frame: wrong }]);
  });

  it('goes on when the file cannot be written', async () => {
    const log = { error: (_facts: object, words: string) => warnings.push(words), debug: () => undefined };
    const append = () => {
      throw new Error('ENOSPC');
    };
    const full = new Answers({ party, log: log as unknown as Logger, receipts: { append } });
    full.sent(answer);
    full.onReceipt(await receipt());
    expect(warnings).toEqual(['NODE_RECEIPTS_FILE cannot be written']);
  });
});
