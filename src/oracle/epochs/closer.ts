import { createLogger } from '@subsquid/logger';
import type { Wallet } from 'ethers';
import type { OracleSchedule, ReporterSlot } from '../../chain/reputation';
import { ContractRevert } from '../../chain/revert';
import { toHex } from '../../protocol/bytes';
import { EpochStatus } from '../../protocol/measurement';
import { BATCH_SIZE, REPORTERS } from '../../protocol/scoring/words';
import { backoffMs } from '../../runtime/backoff';
import { FatalError, RetryableError } from '../../runtime/errors';
import { assertKeysAllowed } from '../../zk/artifacts';
import type { ReporterKey } from '../../zk/eddsa';
import { deriveReporterKey } from '../../zk/reporter-key';
import { warmUp } from '../../zk/score-batch';
import { type EpochRow, EpochStore } from '../store/epochs';
import { ReportStore } from '../store/reports';
import { StatusStore } from '../store/status';
import { TranscriptStore } from '../store/transcripts';
import { evidenceOf } from './evidence';
import { batchWords, type DeviceVerdict, measureEpoch, measurementsHash } from './measure';
import { BatchPoster, type PosterOptions, type PostOutcome } from './poster';
import { signedReport } from './reports/sign';
import { epochEnd, lastFinishedEpoch, lastSkippable } from './schedule';

const log = createLogger('dpin:oracle:posting');

export interface EpochCloserOptions extends PosterOptions {
  /** The reporter's account; its report key is derived from it. */
  wallet: Wallet;
}

/**
 * Closes epochs in order: measurements, evidence on-chain, proof and posting of every batch. What is reached is in
 * Postgres, so a new process goes on where the last one was killed.
 */
export class EpochCloser {
  private readonly account: string;
  private readonly epochs: EpochStore;
  private readonly reports: ReportStore;
  private readonly status: StatusStore;
  private readonly poster: BatchPoster;
  private running: Promise<void> | undefined;
  private schedule: OracleSchedule | undefined;
  private key: ReporterKey | undefined;
  private readonly startedAtMs = Date.now();
  private failures = 0;
  private notBeforeMs = 0;

  constructor(private readonly options: EpochCloserOptions) {
    this.account = options.wallet.address.toLowerCase();
    this.epochs = new EpochStore(options.database);
    this.reports = new ReportStore(options.database);
    this.status = new StatusStore(options.database);
    this.poster = new BatchPoster(options);
  }

  /**
   * Loads what signing and checking need and expands the proving key. Call it before rounds run: the first use of each
   * takes up to a second of this thread, which nodes would see as their own time.
   * @throws FatalError for development keys on a production chain, and for artifacts that are missing or changed
   */
  async warmUp(): Promise<void> {
    const { chain, wallet } = this.options;
    assertKeysAllowed(chain.chainId);
    await warmUp();
    this.key = await deriveReporterKey(wallet, chain.chainId, chain.oracle.address);
  }

  /**
   * Does what can be done now; returns at once when an earlier call is still at it or waits after a failure. Failures
   * that pass by themselves are logged and tried again with backoff.
   * @throws FatalError only
   */
  tick(): Promise<void> {
    if (this.running || Date.now() < this.notBeforeMs) return Promise.resolve();
    this.running = this.pass().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async pass(): Promise<void> {
    try {
      while (await this.closeNext());
      this.failures = 0;
    } catch (error) {
      if (error instanceof FatalError) throw error;
      // A stop interrupts whatever was under way; the database knows where to go on.
      if (this.options.signal?.aborted) return;
      const { message, stack } = error as Error;
      const passes = error instanceof RetryableError;
      const facts = passes ? error.facts : { stack };
      log[passes ? 'warn' : 'error'](facts, `closing an epoch was interrupted: ${message}; trying again`);
      this.notBeforeMs = Date.now() + backoffMs(this.failures++);
      await this.status.error(message).catch(() => undefined);
    }
  }

  /** One epoch. @returns true when it is over and the next one may follow at once. */
  private async closeNext(): Promise<boolean> {
    const { chain } = this.options;
    const head = await chain.blocks.head();
    await this.status.head(head);
    this.schedule ??= await chain.oracle.schedule();
    const epoch = await this.epochs.nextEpoch();
    const lastFinished = lastFinishedEpoch(this.schedule, head.timestamp);
    if (epoch === undefined || lastFinished === undefined || epoch > lastFinished) return false;
    const found = await this.epochs.find(epoch);
    if (!found && (await this.leaveOutSilence(epoch, this.schedule, head.timestamp))) return true;
    const row = found ?? (await this.measure(epoch, this.schedule, head.timestamp));
    if (row === 'waiting') return false;
    if (row === 'empty') return true;
    if (row.state === 'measured' && !(await this.anchorEvidence(row))) return true;
    return this.postBatches(epoch, this.schedule);
  }

  /** Fixes measurements and signed reports of an epoch whose rounds are over. */
  private async measure(epoch: number, schedule: OracleSchedule, now: number): Promise<EpochRow | 'waiting' | 'empty'> {
    const { chain, database } = this.options;
    const lastRound = (epoch + 1) * schedule.slotsPerEpoch - 1;
    const rounds = await this.epochs.roundsOf(epoch, lastRound);
    // After a start the scheduler first writes down what was missed, then its current round. A reporter's turn comes within
    // REPORTERS slots; one that retired gets no further round and goes by time.
    const turnSeconds = (REPORTERS + 1) * schedule.slotSeconds;
    const byTime =
      now >= epochEnd(schedule, epoch) + turnSeconds && Date.now() - this.startedAtMs >= turnSeconds * 1000;
    if (rounds.unfinished > 0 || !(rounds.reachedLast || byTime)) return 'waiting';

    const reporters = await chain.oracle.reportersOf(BigInt(epoch));
    const slot = reporters.findIndex((reporter) => reporter?.reporter === this.account);
    if (slot < 0) return this.leaveOut(epoch, 'this account was no active reporter');
    const verdicts = await this.epochs.verdictsOf(epoch);
    const measurements = measureEpoch(verdicts);
    if (measurements.every(({ status }) => status === EpochStatus.none) && epoch <= lastSkippable(schedule, now)) {
      return this.leaveOut(epoch, 'nothing was measured');
    }

    const methodology = await chain.oracle.methodologyOf(BigInt(epoch));
    const evidence = await evidenceOf(new TranscriptStore(database).documentsOf(epoch));
    const key = await this.reporterKey(reporters[slot] as ReporterSlot);
    const batches = Math.ceil((await chain.registry.nodeCount()) / BATCH_SIZE);
    const words = Array.from({ length: batches }, (_, batch) => batchWords(batch, measurements));
    const row: Omit<EpochRow, 'state'> = {
      epoch,
      evidenceRoot: toHex(evidence.root),
      measurementsHash: measurementsHash(words),
      methodologyHash: methodology.hash,
      transcripts: evidence.transcripts,
    };
    const reports = await Promise.all(
      words.map((measurementWords, batch) =>
        signedReport(
          key,
          { account: this.account, slot },
          {
            chainId: BigInt(chain.chainId),
            oracle: chain.oracle.address,
            methodologyHash: methodology.hash,
            epoch: BigInt(epoch),
            batch: BigInt(batch),
            evidenceRoot: row.evidenceRoot,
            measurementWords,
          },
        ),
      ),
    );
    await this.epochs.saveMeasured(row, measurements, reports, faultsIn(verdicts));
    log.info(
      {
        epoch,
        nodes: measurements.length,
        passed: measurements.filter(({ status }) => status === EpochStatus.pass).length,
        failed: measurements.filter(({ status }) => status === EpochStatus.fail).length,
      },
      'epoch measured',
    );
    return { ...row, state: 'measured' };
  }

  private async leaveOut(epoch: number, why: string): Promise<'empty'> {
    await this.epochs.saveEmpty(epoch, epoch, why);
    log.info({ epoch, why }, 'epoch left out');
    return 'empty';
  }

  /** Leaves out, all at once, the epochs without any round in which the oracle did not run. @returns whether there were any */
  private async leaveOutSilence(epoch: number, schedule: OracleSchedule, now: number): Promise<boolean> {
    let last = lastSkippable(schedule, now);
    const next = await this.epochs.firstWithRounds(epoch);
    if (next !== undefined && next <= last) last = next - 1;
    if (last < epoch) return false;
    await this.epochs.saveEmpty(epoch, last, 'the oracle did not run');
    log.info({ from: epoch, to: last }, 'epochs left out: the oracle did not run');
    return true;
  }

  /** @returns false when other evidence than ours stands on-chain for this account: the epoch is then failed. */
  private async anchorEvidence(row: EpochRow): Promise<boolean> {
    const { chain, sender } = this.options;
    const { epoch, evidenceRoot } = row;
    const startMs = Date.now();
    try {
      const receipt = await sender.send({
        key: `evidence:${epoch}`,
        to: chain.oracle.address,
        data: chain.oracle.encodeAnchorEvidence(BigInt(epoch), evidenceRoot, row.measurementsHash),
      });
      log.info(
        {
          epoch,
          transcripts: row.transcripts,
          root: evidenceRoot,
          gas: Number(receipt.gasUsed),
          seconds: (Date.now() - startMs) / 1000,
        },
        'evidence anchored',
      );
    } catch (error) {
      if (!(error instanceof ContractRevert) || error.errorName !== 'EvidenceAlreadyAnchored') throw error;
      if ((await chain.oracle.evidenceOf(BigInt(epoch), this.account)) !== evidenceRoot) {
        const problem = 'other evidence of this account is anchored for the epoch: two oracles run with one account';
        await this.epochs.setState(epoch, 'failed', problem);
        log.error({ epoch }, problem);
        return false;
      }
    }
    await this.epochs.setState(epoch, 'anchored');
    return true;
  }

  private async postBatches(epoch: number, schedule: OracleSchedule): Promise<boolean> {
    await this.epochs.setState(epoch, 'proving');
    const outcomes: PostOutcome[] = [];
    for (const batch of await this.reports.batchesOf(epoch, this.account)) {
      outcomes.push(await this.poster.post(epoch, batch, schedule));
    }
    if (outcomes.includes('waiting')) return false;
    const failed = outcomes.includes('failed');
    await this.epochs.setState(epoch, failed ? 'failed' : 'posted', failed ? 'a batch was refused' : null);
    return true;
  }

  /** @throws FatalError when the chain knows another key for this account: nothing it signs would count. */
  private async reporterKey(slot: ReporterSlot): Promise<ReporterKey> {
    const { chain, wallet } = this.options;
    this.key ??= await deriveReporterKey(wallet, chain.chainId, chain.oracle.address);
    const [x, y] = this.key.publicKey;
    if (slot.key[0] === x && slot.key[1] === y) return this.key;
    throw new FatalError(
      `the reporter ${this.account} is registered with another Baby Jubjub key`,
      'Register the key that this account derives, or set the account whose key is registered.',
      { derived: [String(x), String(y)], registered: slot.key.map(String) },
    );
  }
}

function faultsIn(verdicts: readonly DeviceVerdict[]): number {
  return verdicts.filter(({ code }) => code === 'ORACLE_FAULT').length;
}
