import { ZeroAddress } from 'ethers';
import { ContractBinding, type ReadOptions } from './binding';

/** Parameters of the score formula as stored with a methodology hash (protocol section 8). */
export interface ScoreParameters {
  lambda: number;
  eta: number;
  failWeight: number;
  priorWeight: number;
  quorum: number;
  maxIdle: number;
  establishedAt: number;
}

export interface Methodology extends ScoreParameters {
  /** 32 bytes, 0x hex. */
  hash: string;
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

/** A reporter's place in the on-chain set; keys are Baby Jubjub coordinates. */
export interface ReporterSlot {
  slot: number;
  reporter: string;
  keyX: bigint;
  keyY: bigint;
  activeFromEpoch: bigint;
  /** First epoch in which the reporter is no longer active. */
  retiredFromEpoch: bigint | undefined;
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
}

export class ReputationOracleContract extends ContractBinding {
  async schedule(): Promise<OracleSchedule> {
    const [genesisTime, slotSeconds, slotsPerEpoch, reportGrace] = await Promise.all(
      ['genesisTime', 'slotSeconds', 'slotsPerEpoch', 'reportGrace'].map(async (name) =>
        Number((await this.read(name, []))[0]),
      ),
    );
    return {
      genesisTime: genesisTime as number,
      slotSeconds: slotSeconds as number,
      slotsPerEpoch: slotsPerEpoch as number,
      reportGraceSeconds: reportGrace as number,
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

  /** The evidence root a reporter anchored for an epoch; undefined before. */
  async evidenceOf(epoch: bigint, reporter: string, options?: ReadOptions): Promise<string | undefined> {
    const root = (await this.read('evidenceOf', [epoch, reporter], options))[0] as string;
    return BigInt(root) === 0n ? undefined : root;
  }

  /** The methodology in force in an epoch. */
  async methodologyOf(epoch: bigint, options?: ReadOptions): Promise<Methodology> {
    const [hash, parameters] = await this.read('methodologyOf', [epoch], options);
    return {
      hash: hash as string,
      lambda: Number(parameters.lambda),
      eta: Number(parameters.eta),
      failWeight: Number(parameters.failWeight),
      priorWeight: Number(parameters.priorWeight),
      quorum: Number(parameters.quorum),
      maxIdle: Number(parameters.maxIdle),
      establishedAt: Number(parameters.establishedAt),
    };
  }

  /** Score 0..10000, status 0..3 and observation time (0: never proven) of a node. */
  async scoreOf(nodeId: number, options?: ReadOptions) {
    const [scoreBps, status, updatedAt] = await this.read('scoreOf', [nodeId], options);
    return { scoreBps: Number(scoreBps), status: Number(status), updatedAt: Number(updatedAt) };
  }

  /** Every reporter ever added in [fromBlock, toBlock], oldest first, with its retirement. */
  async reporters(fromBlock: number, toBlock: number): Promise<ReporterSlot[]> {
    const added = await this.events('ReporterAdded', [], fromBlock, toBlock);
    const retired = await this.events('ReporterRetired', [], fromBlock, toBlock);
    return added.map(({ args, log }) => {
      // A slot can be given again after a retirement: the first retirement after the addition is this reporter's.
      const retirement = retired.find(
        (event) =>
          event.args.slot === args.slot &&
          (event.log.blockNumber > log.blockNumber ||
            (event.log.blockNumber === log.blockNumber && event.log.index > log.index)),
      );
      return {
        slot: Number(args.slot),
        reporter: (args.reporter as string).toLowerCase(),
        keyX: args.keyX as bigint,
        keyY: args.keyY as bigint,
        activeFromEpoch: args.activeFromEpoch as bigint,
        retiredFromEpoch: retirement?.args.retiredFromEpoch as bigint | undefined,
      };
    });
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
