import { ZeroAddress } from 'ethers';
import type { ScoreParameters } from '../protocol/scoring/step';
import { ContractBinding, type ReadOptions } from './binding';

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
export interface ProvenBatch {
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

export class ReputationOracleContract extends ContractBinding {
  async schedule(): Promise<OracleSchedule> {
    const constant = async (name: string) => Number((await this.read(name, []))[0]);
    return {
      genesisTime: await constant('genesisTime'),
      slotSeconds: await constant('slotSeconds'),
      slotsPerEpoch: await constant('slotsPerEpoch'),
      reportGraceSeconds: await constant('reportGrace'),
      skipGraceSeconds: await constant('skipGrace'),
    };
  }

  /** The reporter whose turn the round is, lower-case; undefined when none is active in its epoch. */
  async reporterOfRound(round: bigint, options?: ReadOptions): Promise<string | undefined> {
    const reporter = (await this.read('reporterOfRound', [round], options))[0] as string;
    return reporter === ZeroAddress ? undefined : reporter.toLowerCase();
  }

  /** The round's anchor; undefined while nobody anchored it. */
  async round(round: bigint, options?: ReadOptions): Promise<AnchoredRound | undefined> {
    const [record] = await this.read('getRound', [round], options);
    if (Number(record.anchorBlock) === 0) return undefined;
    return {
      reporter: (record.reporter as string).toLowerCase(),
      anchorBlock: Number(record.anchorBlock),
      count: Number(record.count),
      root: record.root as string,
      coinHash: record.coinHash as string,
      openBlock: Number(record.openBlock),
      openBlockHash: record.openBlockHash as string,
    };
  }

  async batch(batch: number, options?: ReadOptions): Promise<ProvenBatch> {
    const answer = await this.read('getBatch', [batch], options);
    return {
      proven: answer[0] as boolean,
      epoch: answer[1] as bigint,
      observedAt: Number(answer[2]),
      commitment: answer[3] as bigint,
      scoreWords: [...(answer[4] as Iterable<bigint>)],
    };
  }

  /** The evidence root a reporter anchored for an epoch; undefined before. An epoch without transcripts has root 0. */
  async evidenceOf(epoch: bigint, reporter: string, options?: ReadOptions): Promise<string | undefined> {
    const [measurementsHash] = await this.read('measurementsHashOf', [epoch, reporter], options);
    if (BigInt(measurementsHash as string) === 0n) return undefined;
    return (await this.read('evidenceOf', [epoch, reporter], options))[0] as string;
  }

  /** The methodology in force in an epoch. */
  async methodologyOf(epoch: bigint, options?: ReadOptions): Promise<Methodology> {
    const [hash, parameters] = await this.read('methodologyOf', [epoch], options);
    return {
      hash: hash as string,
      parameters: {
        lambda: parameters.lambda as bigint,
        eta: parameters.eta as bigint,
        failWeight: parameters.failWeight as bigint,
        priorWeight: parameters.priorWeight as bigint,
        quorum: parameters.quorum as bigint,
        maxIdle: parameters.maxIdle as bigint,
        establishedAt: parameters.establishedAt as bigint,
      },
    };
  }

  /** Score 0..10000, status 0..3 and observation time (0: never proven) of a node. */
  async scoreOf(nodeId: number, options?: ReadOptions) {
    const [scoreBps, status, updatedAt] = await this.read('scoreOf', [nodeId], options);
    return { scoreBps: Number(scoreBps), status: Number(status), updatedAt: Number(updatedAt) };
  }

  /** The reporters active in an epoch by slot (3); null where a slot has none. */
  async reportersOf(epoch: bigint, options?: ReadOptions): Promise<(ReporterSlot | null)[]> {
    const [reporters, keys] = await this.read('reportersOf', [epoch], options);
    return [...(reporters as Iterable<string>)].map((reporter, slot) =>
      reporter === ZeroAddress
        ? null
        : { reporter: reporter.toLowerCase(), key: [keys[2 * slot] as bigint, keys[2 * slot + 1] as bigint] },
    );
  }

  /**
   * The packed states (30 words) behind a state commitment, from the newest BatchProven event that carries it.
   * @returns undefined when no such event lies in [fromBlock, toBlock]; the caller checks the words against the commitment.
   */
  async provenStates(batch: number, commitment: bigint, fromBlock: number, toBlock: number) {
    const found = await this.newestEvent(
      'BatchProven',
      [null, batch],
      fromBlock,
      toBlock,
      (args) => args.newCommitment === commitment,
    );
    return found && [...(found.args.states as Iterable<bigint>)];
  }

  encodeAnchorRound(input: {
    round: bigint;
    openBlock: number;
    openBlockHash: string;
    root: string;
    count: number;
    coinHash: string;
  }): string {
    const { round, openBlock, openBlockHash, root, count, coinHash } = input;
    return this.encode('anchorRound', [round, openBlock, openBlockHash, root, count, coinHash]);
  }

  encodePinAnchor(round: bigint): string {
    return this.encode('pinAnchor', [round]);
  }

  encodeAnchorEvidence(epoch: bigint, evidenceRoot: string, measurementsHash: string): string {
    return this.encode('anchorEvidence', [epoch, evidenceRoot, measurementsHash]);
  }

  encodeSubmitBatch(submission: BatchSubmission): string {
    return this.encode('submitBatch', [submission]);
  }
}
