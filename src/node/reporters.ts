import type { Logger } from '@subsquid/logger';
import type { ReputationOracleContract } from '../chain/reputation';
import { sleep } from '../runtime/backoff';
import { monotonicMs } from '../runtime/clock';
import { patiently } from '../runtime/patience';

/** Changes of the set take effect at an epoch's begin; a list that is so old misses little of one. */
const REFRESH_MS = 30_000;
/** Lists that are older were not read again in time: epochs may have passed. */
const FRESH_MS = REFRESH_MS + 5_000;

/** What the list reads of the contract. */
export type ReporterReads = Pick<
  ReputationOracleContract,
  'schedule' | 'currentEpoch' | 'reportersOf' | 'reporterOfRound'
>;

/** The reporters that the contract lists, known without asking while a challenge's clock runs. */
export class Reporters {
  /** Accounts active in an epoch, in the order of their slots. */
  private lists = new Map<number, readonly string[]>();
  private slotsPerEpoch: number | null = null;
  private readAtMs = 0;

  constructor(private readonly oracle: ReporterReads) {}

  /** Reads the set of the epoch before, of this one and of the next. @throws RetryableError when the chain is away */
  async refresh(): Promise<void> {
    this.slotsPerEpoch ??= (await this.oracle.schedule()).slotsPerEpoch;
    const epoch = Number(await this.oracle.currentEpoch());
    const epochs = [epoch - 1, epoch, epoch + 1].filter((one) => one >= 0);
    const sets = await Promise.all(epochs.map((one) => this.oracle.reportersOf(BigInt(one))));
    this.readAtMs = monotonicMs();
    this.lists = new Map(
      sets.map((slots, k) => [epochs[k]!, slots.flatMap((slot) => (slot ? [slot.reporter.toLowerCase()] : []))]),
    );
  }

  /** Refreshes from time to time until the signal fires; while the chain is away the last lists hold. */
  async keepFresh(log: Logger, signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(REFRESH_MS, signal);
      if (signal.aborted) return;
      try {
        await patiently('list of reporters', () => this.refresh(), { log, signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  /**
   * Whether a reporter is active now, will be in the next epoch, or was in the last one, of which a round may still be
   * open.
   */
  isListed(reporter: string): boolean {
    return [...this.lists.values()].some((list) => list.includes(reporter));
  }

  /**
   * Whether a round is a reporter's turn. A turn that the lists confirm takes no time; one that they deny is asked of
   * the chain, as the set may have changed since. A round of another epoch than the listed ones is nobody's turn: a
   * reporter may not have work done ahead of time. What cannot be read is granted: the anchor, which the contract lets
   * only the round's reporter write, is looked at before anything is opened.
   */
  async isTurnOf(reporter: string, round: number): Promise<boolean> {
    if (this.slotsPerEpoch === null || this.lists.size === 0) return true;
    const list = this.lists.get(Math.floor(round / this.slotsPerEpoch));
    if (!list) return monotonicMs() - this.readAtMs > FRESH_MS;
    if (list[round % list.length] === reporter) return true;
    try {
      return (await this.oracle.reporterOfRound(BigInt(round))) === reporter;
    } catch {
      return true;
    }
  }
}
