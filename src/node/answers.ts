import type { Logger } from '@subsquid/logger';
import type { MetricsOf } from '../config/metrics';
import { isSignedBy } from '../protocol/eip712';
import type { Frame } from '../protocol/messages';
import { receiptValue, verdictValue } from '../protocol/signed-values';
import { NO_METRICS } from '../runtime/metrics';
import type { Party } from './checks';
import { newestRounds } from './journal';
import type { ReceiptFile } from './receipts';

/** An oracle signs a receipt at once; without one after this long it has no answer, or does not say so. */
const RECEIPT_MS = 5_000;

/** What this node answered to one challenge. */
export interface Answer {
  round: number;
  device: number;
  taskSeed: string;
  /** 32 bytes, 0x hex: the commitment, or the hash of a busy claim. */
  answer: string;
}

export interface AnswersOptions {
  party: Party;
  /** Keeps what the reporter signed. */
  receipts?: Pick<ReceiptFile, 'append'> | undefined;
  metrics?: MetricsOf<'node'>;
  log: Logger;
  /** How long a receipt may take, ms; default 5 s. */
  receiptMs?: number;
}

/** What this node answered one reporter, and what the reporter signed for it. */
export class Answers {
  private readonly given = new Map<string, Answer>();
  private readonly waiting = new Map<string, NodeJS.Timeout>();

  private readonly metrics: MetricsOf<'node'>;

  constructor(private readonly options: AnswersOptions) {
    this.metrics = options.metrics ?? NO_METRICS;
  }

  /** An answer was sent; a receipt is due unless one has come. */
  sent(answer: Answer): void {
    const key = keyOf(answer);
    if (this.given.has(key) && !this.waiting.has(key)) return;
    this.given.set(key, answer);
    this.forgetOld();
    this.settle(key);
    const { log, receiptMs = RECEIPT_MS } = this.options;
    const { round, device } = answer;
    const timer = setTimeout(() => {
      this.waiting.delete(key);
      log.warn({ round, device }, 'no receipt for the answer: the reporter can deny that it came');
    }, receiptMs);
    this.waiting.set(key, timer.unref());
  }

  /** Checks and keeps the reporter's word that it has an answer. */
  onReceipt(receipt: Frame<'RECEIPT'>): void {
    const { party, log } = this.options;
    const { round, device, taskSeed, answer, elapsedMs, signature } = receipt;
    if (!isSignedBy(party.reporter, party.domain, 'Receipt', receiptValue(receipt, party.nodeId), signature)) {
      log.warn({ round, device }, "receipt without the reporter's signature");
      this.metrics.add('dpin_node_refused_total', { frame: 'RECEIPT' });
      return;
    }
    this.keep(receipt);
    this.metrics.add('dpin_node_receipts_total', {});
    const key = keyOf(receipt);
    const own = this.given.get(key);
    if (own && (own.taskSeed !== taskSeed || own.answer !== answer)) {
      log.warn({ round, device, answer, own: own.answer }, 'receipt for an answer that this node did not give');
      return;
    }
    this.settle(key);
    log.debug({ round, device, elapsedMs }, 'receipt');
  }

  /** Checks and keeps a verdict, and shows the operator how the challenge ended. */
  onVerdict(verdict: Frame<'VERDICT'>): void {
    const { party, log } = this.options;
    const { round, device, code, reason, elapsedMs, perfBps, commitment, signature } = verdict;
    if (!isSignedBy(party.reporter, party.domain, 'Verdict', verdictValue(verdict, party.nodeId), signature)) {
      log.warn({ round, device }, "verdict without the reporter's signature");
      this.metrics.add('dpin_node_refused_total', { frame: 'VERDICT' });
      return;
    }
    this.keep(verdict);
    this.metrics.add('dpin_node_verdicts_total', { code });
    const own = this.given.get(keyOf(verdict));
    if (own && commitment && own.answer !== commitment) {
      log.warn({ round, device, commitment, own: own.answer }, 'verdict on a commitment that this node did not give');
    }
    const facts = { round, device, code, elapsedMs, perfBps, reason };
    if (code === 'OK' || code === 'BUSY') log.info(facts, 'verdict');
    else log.warn(facts, 'verdict');
  }

  private keep(frame: Frame<'RECEIPT'> | Frame<'VERDICT'>): void {
    const { party, receipts, log } = this.options;
    try {
      receipts?.append({ reporter: party.reporter, nodeId: party.nodeId, frame });
    } catch (error) {
      // A full disk must not cost the session.
      log.error({ round: frame.round, error: (error as Error).message }, 'NODE_RECEIPTS_FILE cannot be written');
    }
  }

  private settle(key: string): void {
    clearTimeout(this.waiting.get(key));
    this.waiting.delete(key);
  }

  private forgetOld(): void {
    const kept = newestRounds([...this.given.values()].map(({ round }) => round));
    for (const [key, { round }] of this.given) {
      if (!kept.has(round)) this.given.delete(key);
    }
  }
}

function keyOf({ round, device }: Pick<Answer, 'round' | 'device'>): string {
  return `${round}/${device}`;
}
