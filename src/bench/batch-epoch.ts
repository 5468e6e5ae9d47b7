import { type Contract, toBeHex } from 'ethers';
import { applyBatch, reportMessage, type ScoreBatchInput } from '../protocol/scoring/batch';
import { zeroStates } from '../protocol/scoring/state';
import type { ScoreParameters } from '../protocol/scoring/step';
import { BATCH_SIZE, type Measurement, packMeasurements } from '../protocol/scoring/words';
import { type ReporterKey, signReport } from '../zk/eddsa';
import { loadPoseidon } from '../zk/poseidon';
import type { ScoreBatchProof } from '../zk/score-batch';

/** A network with one reporter, in slot 0, whose batch 0 is proven. */
export interface OneReporterNetwork {
  chainId: number;
  /** Address of the ReputationOracle. */
  oracle: string;
  methodologyHash: string;
  parameters: ScoreParameters;
  key: ReporterKey;
}

/** Sixty measurements that differ from node to node and from epoch to epoch; every seventh node fails. */
export function variedMeasurements(epoch: number): Measurement[] {
  return Array.from({ length: BATCH_SIZE }, (_, node) =>
    (node + epoch) % 7 === 6
      ? { status: 1, perf: 0 }
      : { status: 2, perf: 4_000 + ((node * 97 + epoch * 389) % 6_000) },
  );
}

/** Evidence root of an epoch that has no transcripts but must not be zero. */
export const evidenceRootOf = (epoch: number): string => toBeHex(BigInt(epoch) + (1n << 200n), 32);

/** The reporter's signed word on batch 0 of an epoch, with all that a proof of it takes. */
export async function signedBatch(
  network: OneReporterNetwork,
  epoch: number,
  oldStates: readonly bigint[] = zeroStates(),
): Promise<ScoreBatchInput> {
  const { hash } = await loadPoseidon();
  const content = {
    chainId: BigInt(network.chainId),
    oracle: network.oracle,
    methodologyHash: network.methodologyHash,
    epoch: BigInt(epoch),
    batch: 0n,
  };
  const report = { evidenceRoot: evidenceRootOf(epoch), measurementWords: packMeasurements(variedMeasurements(epoch)) };
  const signature = await signReport(network.key, reportMessage(hash, { ...content, ...report }));
  const input: ScoreBatchInput = {
    ...content,
    parameters: network.parameters,
    keys: [network.key.publicKey, null, null],
    reports: [{ ...report, signature }, null, null],
    oldStates,
  };
  applyBatch(input);
  return input;
}

/** The struct that `submitBatch` takes, by the names of its fields. */
export function submissionOf(epoch: number, proof: ScoreBatchProof) {
  return {
    epoch: BigInt(epoch),
    batch: 0n,
    presence: 1n,
    newCommitment: proof.newCommitment,
    vectorCommitment: proof.vectorCommitment,
    scoreWords: proof.scoreWords,
    states: proof.newStates,
    proofA: proof.proof.a,
    proofB: proof.proof.b,
    proofC: proof.proof.c,
  };
}

export type Submission = ReturnType<typeof submissionOf>;

/**
 * Anchors the epoch's evidence after moving a local chain's clock past the epoch's end.
 * @param oracle connected to the reporter's account
 * @param send sends a JSON-RPC request
 */
export async function anchorEpoch(
  oracle: Contract,
  send: (method: string, parameters: unknown[]) => Promise<unknown>,
  epoch: number,
): Promise<void> {
  const [genesis, slot, slots] = (await Promise.all(
    ['genesisTime', 'slotSeconds', 'slotsPerEpoch'].map((name) => oracle.getFunction(name)()),
  )) as [bigint, bigint, bigint];
  await send('evm_setNextBlockTimestamp', [Number(genesis + (BigInt(epoch) + 1n) * slot * slots)]);
  await send('evm_mine', []);
  const sent = await oracle.getFunction('anchorEvidence')(epoch, evidenceRootOf(epoch), toBeHex(1, 32));
  await sent.wait();
}
