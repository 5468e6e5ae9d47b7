import { createLogger } from '@subsquid/logger';
import type { Wallet } from 'ethers';
import type { OracleSchedule } from '../../chain/reputation';
import { ContractRevert } from '../../chain/revert';
import { backoffMs } from '../../runtime/backoff';
import { FatalError, RetryableError } from '../../runtime/errors';
import { assertKeysAllowed } from '../../zk/artifacts';
import { warmUp } from '../../zk/score-batch';
import { type EpochRow, EpochStore } from '../store/epochs';
import { ReportStore } from '../store/reports';
import { StatusStore } from '../store/status';
import { EpochMeasurer } from './measurer';
import { BatchPoster, type PosterOptions, type PostOutcome } from './poster';
import { ReportSigner } from './reports/sign';
import { lastFinishedEpoch } from './schedule';

const log = createLogger('dpin:oracle:posting');

export interface EpochCloserOptions extends PosterOptions {
  /** The reporter's account; its report key is derived from it. */
  wallet: Wallet;
  /** Called when an epoch's rounds are over, before they are measured; may be called again. */
  beforeMeasuring?(epoch: number): Promise<void>;
}

/**
 * Closes epochs in order: measurements, evidence on-chain, proof and posting of every batch. What is reached is in
 * Postgres, so a new process goes on where the last one was killed.
 */
export class EpochCloser {
  private readonly signer: ReportSigner;
  private readonly measurer: EpochMeasurer;
  private readonly epochs: EpochStore;
  private readonly reports: ReportStore;
  private readonly status: StatusStore;
  private readonly poster: BatchPoster;
  private running: Promise<void> | undefined;
  private schedule: OracleSchedule | undefined;
  private failures = 0;
  private notBeforeMs = 0;

  constructor(private readonly options: EpochCloserOptions) {
    this.signer = new ReportSigner(options.chain, options.wallet);
    this.measurer = new EpochMeasurer(options.chain, options.database, this.signer, options.beforeMeasuring);
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
    assertKeysAllowed(this.options.chain.chainId);
    await warmUp();
    await this.signer.key();
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
      while (await this.step());
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

  /** The next step of the oldest epoch that is not over. @returns true when another may follow at once */
  private async step(): Promise<boolean> {
    const { chain } = this.options;
    const head = await chain.blocks.head();
    await this.status.head(head);
    this.schedule ??= await chain.oracle.schedule();
    const epoch = await this.epochs.nextEpoch();
    const lastFinished = lastFinishedEpoch(this.schedule, head.timestampSeconds);
    if (epoch === undefined || lastFinished === undefined || epoch > lastFinished) return false;
    const row = await this.epochs.find(epoch);
    if (!row) return this.measurer.measure(epoch, this.schedule, head.timestampSeconds);
    if (row.state === 'measured') return this.anchorEvidence(row);
    return this.postBatches(epoch, this.schedule);
  }

  /** Anchors the evidence; where other evidence of this account stands on-chain, the epoch is failed. */
  private async anchorEvidence(row: EpochRow): Promise<true> {
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
      if ((await chain.oracle.evidenceOf(BigInt(epoch), this.signer.account)) !== evidenceRoot) {
        const problem = 'other evidence of this account is anchored for the epoch: two oracles run with one account';
        await this.epochs.setState(epoch, 'failed', problem);
        this.options.metrics?.add('dpin_oracle_epochs_total', { end: 'failed' });
        log.error({ epoch }, problem);
        return true;
      }
    }
    await this.epochs.setState(epoch, 'anchored');
    return true;
  }

  private async postBatches(epoch: number, schedule: OracleSchedule): Promise<boolean> {
    await this.epochs.setState(epoch, 'proving');
    const outcomes: PostOutcome[] = [];
    for (const batch of await this.reports.batchesOf(epoch, this.signer.account)) {
      outcomes.push(await this.poster.post(epoch, batch, schedule));
    }
    if (outcomes.includes('waiting')) return false;
    const failed = outcomes.includes('failed');
    await this.epochs.setState(epoch, failed ? 'failed' : 'posted', failed ? 'a batch was refused' : null);
    this.options.metrics?.add('dpin_oracle_epochs_total', { end: failed ? 'failed' : 'posted' });
    return true;
  }
}
