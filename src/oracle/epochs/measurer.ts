import { createLogger } from '@subsquid/logger';
import type { Chain } from '../../chain/connect';
import type { OracleSchedule } from '../../chain/reputation';
import { toHex } from '../../protocol/bytes';
import { EpochStatus } from '../../protocol/measurement';
import { BATCH_SIZE, REPORTERS } from '../../protocol/scoring/words';
import type { Database } from '../store/database';
import { EpochStore } from '../store/epochs';
import { TranscriptStore } from '../store/transcripts';
import { evidenceOf } from './evidence';
import { batchWords, measureEpoch, measurementsHash, type NodeMeasurement } from './measure';
import type { ReportSigner } from './reports/sign';
import { epochEnd, lastSkippable } from './schedule';

const log = createLogger('dpin:oracle:posting');

/** First step of closing an epoch: fixes what was measured, with signed reports, or leaves the epoch out. */
export class EpochMeasurer {
  private readonly epochs: EpochStore;
  private readonly transcripts: TranscriptStore;
  private readonly startedAtMs = Date.now();

  constructor(
    private readonly chain: Chain,
    database: Database,
    private readonly signer: ReportSigner,
    private readonly beforeMeasuring: (epoch: number) => Promise<void> = async () => undefined,
  ) {
    this.epochs = new EpochStore(database);
    this.transcripts = new TranscriptStore(database);
  }

  /**
   * Writes an epoch's row: measured or, with nothing to post, empty.
   * @param now time of the newest block, seconds
   * @returns false while its rounds are not over
   * @throws FatalError when this account's reports would not count
   */
  async measure(epoch: number, schedule: OracleSchedule, now: number): Promise<boolean> {
    if (await this.leaveOutSilence(epoch, schedule, now)) return true;
    if (!(await this.roundsAreOver(epoch, schedule, now))) return false;

    const reporters = await this.chain.oracle.reportersOf(BigInt(epoch));
    const slot = reporters.findIndex((reporter) => reporter?.reporter === this.signer.account);
    const reporter = reporters[slot];
    if (!reporter) return this.leaveOut(epoch, 'this account was no active reporter');
    await this.beforeMeasuring(epoch);
    const verdicts = await this.epochs.verdictsOf(epoch);
    const measurements = measureEpoch(verdicts);
    const isEmpty = measurements.every(({ status }) => status === EpochStatus.none);
    if (isEmpty && epoch <= lastSkippable(schedule, now)) return this.leaveOut(epoch, 'nothing was measured');

    const { row, contents } = await this.contents(epoch, measurements);
    const reports = await this.signer.sign(slot, reporter, contents);
    const oracleFaults = verdicts.filter(({ code }) => code === 'ORACLE_FAULT').length;
    await this.epochs.saveMeasured(row, measurements, reports, oracleFaults);
    const nodesWith = (wanted: number) => measurements.filter(({ status }) => status === wanted).length;
    log.info(
      {
        epoch,
        nodes: measurements.length,
        passed: nodesWith(EpochStatus.pass),
        failed: nodesWith(EpochStatus.fail),
      },
      'epoch measured',
    );
    return true;
  }

  private async roundsAreOver(epoch: number, schedule: OracleSchedule, now: number): Promise<boolean> {
    const lastRound = (epoch + 1) * schedule.slotsPerEpoch - 1;
    const rounds = await this.epochs.roundsOf(epoch, lastRound);
    // After a start the scheduler first writes down what was missed, then its current round. A reporter's turn comes
    // within REPORTERS slots; one that retired gets no further round and goes by time.
    const turnSeconds = (REPORTERS + 1) * schedule.slotSeconds;
    const byTime =
      now >= epochEnd(schedule, epoch) + turnSeconds && Date.now() - this.startedAtMs >= turnSeconds * 1000;
    return rounds.unfinished === 0 && (rounds.reachedLast || byTime);
  }

  /** The epoch's row, and what is to be signed for each batch. */
  private async contents(epoch: number, measurements: readonly NodeMeasurement[]) {
    const { chain } = this;
    const methodology = await chain.oracle.methodologyOf(BigInt(epoch));
    const evidence = await evidenceOf(this.transcripts.documentsOf(epoch));
    const batches = Math.ceil((await chain.registry.nodeCount()) / BATCH_SIZE);
    const words = Array.from({ length: batches }, (_, batch) => batchWords(batch, measurements));
    const evidenceRoot = toHex(evidence.root);
    const contents = words.map((measurementWords, batch) => ({
      chainId: BigInt(chain.chainId),
      oracle: chain.oracle.address,
      methodologyHash: methodology.hash,
      epoch: BigInt(epoch),
      batch: BigInt(batch),
      evidenceRoot,
      measurementWords,
    }));
    const row = {
      epoch,
      evidenceRoot,
      measurementsHash: measurementsHash(words),
      methodologyHash: methodology.hash,
      transcripts: evidence.transcripts,
    };
    return { row, contents };
  }

  private async leaveOut(epoch: number, why: string): Promise<true> {
    await this.epochs.saveEmpty(epoch, epoch, why);
    log.info({ epoch, why }, 'epoch left out');
    return true;
  }

  /**
   * Leaves out, all at once, the epochs without any round in which the oracle did not run. @returns whether there were
   * any
   */
  private async leaveOutSilence(epoch: number, schedule: OracleSchedule, now: number): Promise<boolean> {
    let last = lastSkippable(schedule, now);
    const next = await this.epochs.firstWithRounds(epoch);
    if (next !== undefined && next <= last) last = next - 1;
    if (last < epoch) return false;
    await this.epochs.saveEmpty(epoch, last, 'the oracle did not run');
    log.info({ from: epoch, to: last }, 'epochs left out: the oracle did not run');
    return true;
  }
}
