import { createLogger } from '@subsquid/logger';
import type { Chain } from '../../chain/connect';
import { startBlockOf } from '../../chain/deployment';
import type { BatchRecord, OracleSchedule } from '../../chain/reputation';
import { ContractRevert } from '../../chain/revert';
import type { TransactionSender } from '../../chain/sender';
import type { MetricsOf } from '../../config/metrics';
import type { ScoreBatchInput } from '../../protocol/scoring/batch';
import { stateCommitment, zeroStates } from '../../protocol/scoring/state';
import { VECTOR_PLACES } from '../../protocol/scoring/vector';
import { BATCH_SIZE } from '../../protocol/scoring/words';
import { RetryableError } from '../../runtime/errors';
import { loadPoseidon } from '../../zk/poseidon';
import { proveScoreBatch } from '../../zk/score-batch';
import { BatchStore, type ProvenVector } from '../store/batches';
import type { Database } from '../store/database';
import { ReportStore } from '../store/reports';
import { StatusStore } from '../store/status';
import { ProvenBatch } from './proven-batch';
import { collectReports, requiredReports } from './reports/collect';
import { epochEnd } from './schedule';

const log = createLogger('dpin:oracle:posting');

/** Reverts that time or another prover's posting mends. */
const PASSING_REVERTS = new Set(['ReportsMissing', 'EpochGap', 'StaleEpoch', 'UnknownEvidence', 'EpochNotOver']);

export type PostOutcome = 'posted' | 'superseded' | 'waiting' | 'failed';

export interface PosterOptions {
  chain: Chain;
  sender: TransactionSender;
  database: Database;
  metrics?: MetricsOf<'oracle'>;
  /** Fires when the process is to stop: a proof under way is given up. */
  signal?: AbortSignal;
}

/**
 * Brings one batch of one epoch on-chain: old states from chain data, a proof, its check, the transaction. Starts again
 * where it was left; what it takes from Postgres is only its own proof, and that only while the chain still stands
 * where the proof begins.
 */
export class BatchPoster {
  private readonly store: BatchStore;
  private readonly status: StatusStore;

  constructor(private readonly options: PosterOptions) {
    this.store = new BatchStore(options.database);
    this.status = new StatusStore(options.database);
  }

  /**
   * @returns waiting: call again later; failed: the contract refuses the batch for good, and a person must look
   * @throws RetryableError when the chain went away, ProverError when no proof came about
   */
  async post(epoch: number, batch: number, schedule: OracleSchedule): Promise<PostOutcome> {
    const row = await this.store.find(epoch, batch);
    if (row && (row.state === 'posted' || row.state === 'superseded' || row.state === 'failed')) return row.state;

    const onChain = await this.options.chain.oracle.batch(batch);
    if (onChain.proven && Number(onChain.epoch) >= epoch) {
      // Either our own transaction is in the chain already, or another prover was first.
      if (row?.proved) return this.submitStored(epoch, batch, row.proved);
      return this.supersede(epoch, batch, onChain);
    }
    if (row?.proved && row.proved.publicVector[VECTOR_PLACES.oldCommitment] === onChain.commitment) {
      return this.submitStored(epoch, batch, row.proved);
    }

    const input = await this.proofInput(epoch, batch, onChain, schedule);
    if (!input) {
      if (row?.state !== 'waiting') await this.store.setState(epoch, batch, 'waiting', 'reports are missing');
      return 'waiting';
    }
    return this.submit(epoch, batch, await this.prove(epoch, batch, input));
  }

  /** Everything the proof is made from; undefined while reports are missing. */
  private async proofInput(
    epoch: number,
    batch: number,
    onChain: BatchRecord,
    schedule: OracleSchedule,
  ): Promise<ScoreBatchInput | undefined> {
    const { chain, database } = this.options;
    const chainId = BigInt(chain.chainId);
    const oracle = chain.oracle.address;
    const methodology = await chain.oracle.methodologyOf(BigInt(epoch));
    const reporters = await chain.oracle.reportersOf(BigInt(epoch));
    const reports = await collectReports({
      chainId,
      oracle,
      epoch,
      batch,
      methodology,
      reporters,
      reports: await new ReportStore(database).ofBatch(epoch, batch),
      anchoredEvidence: (reporter) => chain.oracle.evidenceOf(BigInt(epoch), reporter),
    });
    const required = requiredReports({
      reporters,
      quorum: methodology.parameters.quorum,
      epochEnd: epochEnd(schedule, epoch),
      reportGraceSeconds: schedule.reportGraceSeconds,
      now: (await chain.blocks.head()).timestampSeconds,
    });
    if (reports.filter((report) => report !== null).length < required) return undefined;
    return {
      chainId,
      oracle,
      epoch: BigInt(epoch),
      batch: BigInt(batch),
      methodologyHash: methodology.hash,
      parameters: methodology.parameters,
      keys: reporters.map((slot) => slot?.key ?? null),
      reports,
      oldStates: await this.oldStates(batch, onChain),
    };
  }

  /** The states behind the on-chain commitment, from the event that carried them. */
  private async oldStates(batch: number, { proven, commitment }: BatchRecord): Promise<readonly bigint[]> {
    const { chain } = this.options;
    const { hash: poseidon } = await loadPoseidon();
    const head = await chain.provider.getBlockNumber();
    const states = proven
      ? await chain.oracle.provenStates(batch, commitment, startBlockOf(chain.deployment, 'ReputationOracle'), head)
      : zeroStates();
    if (!states) throw new RetryableError('the endpoint does not have the event of the last proven batch', { batch });
    if (stateCommitment(poseidon, states) !== commitment) {
      throw new RetryableError('the endpoint gave states that are not those of the on-chain commitment', { batch });
    }
    return states;
  }

  private async prove(epoch: number, batch: number, input: ScoreBatchInput): Promise<ProvenBatch> {
    await this.store.setState(epoch, batch, 'proving');
    const proven = await proveScoreBatch(input, this.options.signal);
    const batchProven = ProvenBatch.fromProver(proven);
    await this.store.saveProved(batchProven.submission, proven);
    await this.status.proof(epoch, proven.proveSeconds);
    this.options.metrics?.set('dpin_oracle_proof_seconds', {}, proven.proveSeconds);
    log.info(
      { epoch, batch, seconds: round(proven.proveSeconds), peakMb: Math.round(proven.maxRssMb) },
      'scores proved',
    );
    return batchProven;
  }

  /** Sends a proof that lay in Postgres, once it verifies. */
  private async submitStored(epoch: number, batch: number, stored: ProvenVector): Promise<PostOutcome> {
    const proven = await ProvenBatch.fromRow(stored);
    if (proven) return this.submit(epoch, batch, proven);
    await this.store.setState(epoch, batch, 'failed', 'the proof does not verify and was not sent');
    log.error({ epoch, batch }, 'the proof does not verify and is not sent');
    return 'failed';
  }

  private async submit(epoch: number, batch: number, { submission }: ProvenBatch): Promise<PostOutcome> {
    const { chain, sender, metrics } = this.options;
    const startMs = Date.now();
    try {
      const receipt = await sender.send({
        key: `batch:${epoch}:${batch}`,
        to: chain.oracle.address,
        data: chain.oracle.encodeSubmitBatch(submission),
      });
      const gasPerScore = Number(receipt.gasUsed) / BATCH_SIZE;
      await this.store.savePosted(epoch, batch, receipt);
      await this.status.posting(receipt, gasPerScore);
      metrics?.set('dpin_oracle_posting_gas', {}, Number(receipt.gasUsed));
      metrics?.set('dpin_oracle_posting_timestamp_seconds', {}, Date.now() / 1000);
      log.info(
        {
          epoch,
          batch,
          block: receipt.blockNumber,
          seconds: round((Date.now() - startMs) / 1000),
          gas: Number(receipt.gasUsed),
          gasPerScore: Math.round(gasPerScore),
        },
        'scores posted',
      );
      return 'posted';
    } catch (error) {
      if (!(error instanceof ContractRevert)) throw error;
      return this.refused(epoch, batch, error);
    }
  }

  private async refused(epoch: number, batch: number, revert: ContractRevert): Promise<PostOutcome> {
    if (PASSING_REVERTS.has(revert.errorName)) {
      const onChain = await this.options.chain.oracle.batch(batch);
      if (onChain.proven && Number(onChain.epoch) >= epoch) return this.supersede(epoch, batch, onChain);
      log.debug({ epoch, batch, reason: revert.reason }, 'not yet accepted');
      return 'waiting';
    }
    await this.store.setState(epoch, batch, 'failed', revert.reason);
    log.error({ epoch, batch, reason: revert.reason }, 'the contract refuses the batch');
    return 'failed';
  }

  private async supersede(epoch: number, batch: number, onChain: BatchRecord): Promise<PostOutcome> {
    await this.store.setState(epoch, batch, 'superseded', `epoch ${onChain.epoch} is proven already`);
    log.info({ epoch, batch, provenEpoch: Number(onChain.epoch) }, 'another prover was first');
    return 'superseded';
  }
}

const round = (seconds: number) => Math.round(seconds * 10) / 10;
