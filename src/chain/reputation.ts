import { ZeroAddress, ZeroHash } from 'ethers';
import { type BatchProvenEventArgs, events, functions } from '../abi/ReputationOracle';
import type { ScoreParameters } from '../protocol/scoring/step';
import { type Arguments, DeployedContract, type ReadOptions } from './call';

/** Rules in force in an epoch. */
export interface Methodology {
  /** 32 bytes, 0x hex. */
  hash: string;
  parameters: ScoreParameters;
}

/** Facts of a round as anchored; null hash fields are zero on-chain. */
export interface AnchoredRound {
  reporter: string;
  anchorBlock: number;
  count: number;
  root: string;
  coinHash: string;
  openBlock: number;
  openBlockHash: string;
}

/** The last proven state of a batch. */
export interface BatchRecord {
  proven: boolean;
  epoch: bigint;
  /** End of the observed epoch, seconds. */
  observedAt: number;
  commitment: bigint;
  scoreWords: bigint[];
}

/** A reporter active in an epoch, with its Baby Jubjub key. */
export interface ReporterSlot {
  reporter: string;
  key: readonly [x: bigint, y: bigint];
}

export interface BatchSubmission {
  epoch: bigint;
  batch: number;
  presence: number;
  newCommitment: bigint;
  vectorCommitment: bigint;
  /** 4 words. */
  scoreWords: readonly bigint[];
  /** 30 words, two nodes each. */
  states: readonly bigint[];
  /** Groth16 points in the order of the Solidity verifier. */
  proofA: readonly bigint[];
  proofB: readonly (readonly bigint[])[];
  proofC: readonly bigint[];
}

/** What never changes after deployment. */
export interface OracleSchedule {
  /** Seconds since 1970. */
  genesisTime: number;
  slotSeconds: number;
  slotsPerEpoch: number;
  /** Seconds after an epoch's end during which every active report is needed. */
  reportGraceSeconds: number;
  /** Seconds after its end from which an unproven epoch may be skipped. */
  skipGraceSeconds: number;
}

export class ReputationOracleContract extends DeployedContract {
  async schedule(): Promise<OracleSchedule> {
    return {
      genesisTime: Number(await this.read(functions.genesisTime, {})),
      slotSeconds: await this.read(functions.slotSeconds, {}),
      slotsPerEpoch: await this.read(functions.slotsPerEpoch, {}),
      reportGraceSeconds: await this.read(functions.reportGrace, {}),
      skipGraceSeconds: Number(await this.read(functions.skipGrace, {})),
    };
  }

  /** The epoch of the newest block; 0 also before genesis. */
  async currentEpoch(options?: ReadOptions): Promise<bigint> {
    return BigInt(await this.read(functions.currentEpoch, {}, options));
  }

  /** The reporter whose turn the round is, lower-case; undefined when none is active in its epoch. */
  async reporterOfRound(round: bigint, options?: ReadOptions): Promise<string | undefined> {
    const reporter = await this.read(functions.reporterOfRound, { round }, options);
    return reporter === ZeroAddress ? undefined : reporter;
  }

  /** The round's anchor; undefined while nobody anchored it. */
  async round(round: bigint, options?: ReadOptions): Promise<AnchoredRound | undefined> {
    const record = await this.read(functions.getRound, { round }, options);
    if (record.anchorBlock === 0n) return undefined;
    return {
      reporter: record.reporter,
      anchorBlock: Number(record.anchorBlock),
      count: record.count,
      root: record.root,
      coinHash: record.coinHash,
      openBlock: Number(record.openBlock),
      openBlockHash: record.openBlockHash,
    };
  }

  async batch(batch: number, options?: ReadOptions): Promise<BatchRecord> {
    const state = await this.read(functions.getBatch, { batch }, options);
    return { ...state, observedAt: Number(state.observedAt) };
  }

  /** The evidence root a reporter anchored for an epoch; undefined before. An epoch without transcripts has root 0. */
  async evidenceOf(epoch: bigint, reporter: string, options?: ReadOptions): Promise<string | undefined> {
    const measurementsHash = await this.read(functions.measurementsHashOf, { epoch, reporter }, options);
    if (measurementsHash === ZeroHash) return undefined;
    return this.read(functions.evidenceOf, { epoch, reporter }, options);
  }

  /** The methodology in force in an epoch. */
  async methodologyOf(epoch: bigint, options?: ReadOptions): Promise<Methodology> {
    const { methodologyHash, parameters } = await this.read(functions.methodologyOf, { epoch }, options);
    return {
      hash: methodologyHash,
      parameters: {
        lambda: BigInt(parameters.lambda),
        eta: BigInt(parameters.eta),
        failWeight: BigInt(parameters.failWeight),
        priorWeight: BigInt(parameters.priorWeight),
        quorum: BigInt(parameters.quorum),
        maxIdle: BigInt(parameters.maxIdle),
        establishedAt: BigInt(parameters.establishedAt),
      },
    };
  }

  /** Score 0..10000, status 0..3 and observation time (0: never proven) of a node. */
  async scoreOf(nodeId: number, options?: ReadOptions) {
    const score = await this.read(functions.scoreOf, { nodeId }, options);
    return { ...score, updatedAt: Number(score.updatedAt) };
  }

  /** The reporters active in an epoch by slot (3); null where a slot has none. */
  async reportersOf(epoch: bigint, options?: ReadOptions): Promise<(ReporterSlot | null)[]> {
    const { reporters, keys } = await this.read(functions.reportersOf, { epoch }, options);
    return reporters.map((reporter, slot) =>
      reporter === ZeroAddress ? null : { reporter, key: [keys[2 * slot]!, keys[2 * slot + 1]!] },
    );
  }

  /**
   * The packed states (30 words) behind a state commitment, from the newest BatchProven event that carries it.
   * @returns undefined when no such event lies in [fromBlock, toBlock]; the caller checks the words against the
   * commitment.
   */
  async provenStates(batch: number, commitment: bigint, fromBlock: number, toBlock: number) {
    const carriesIt = ({ newCommitment }: BatchProvenEventArgs) => newCommitment === commitment;
    return (await this.newestEvent(events.BatchProven, { batch }, fromBlock, toBlock, carriesIt))?.states;
  }

  encodeAnchorRound(anchor: Arguments<typeof functions.anchorRound>): string {
    return this.encode(functions.anchorRound, anchor);
  }

  encodeAnchorEvidence(epoch: bigint, evidenceRoot: string, measurementsHash: string): string {
    return this.encode(functions.anchorEvidence, { epoch, evidenceRoot, measurementsHash });
  }

  encodeSubmitBatch(submission: BatchSubmission): string {
    return this.encode(functions.submitBatch, { submission });
  }
}
