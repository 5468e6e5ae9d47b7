import type { Methodology, ReporterSlot } from '../../../chain/reputation';
import { reportMessage, type SignedReport } from '../../../protocol/scoring/batch';
import { verifyReport } from '../../../zk/eddsa';
import { loadPoseidon } from '../../../zk/poseidon';
import type { StoredReport } from '../../store/reports';

export interface CollectInput {
  chainId: bigint;
  /** Address of the ReputationOracle. */
  oracle: string;
  epoch: number;
  batch: number;
  methodology: Methodology;
  /** The epoch's reporters by slot. */
  reporters: readonly (ReporterSlot | null)[];
  /** Reports at hand; those of accounts without a slot do not count. */
  reports: readonly StoredReport[];
  /** The evidence root a reporter anchored on-chain for the epoch, lower-case; undefined when none. */
  anchoredEvidence: (reporter: string) => Promise<string | undefined>;
}

/**
 * The reports that a proof may use, by slot: signed by the slot's key over this chain, oracle, methodology, epoch and
 * batch, and over the evidence that the reporter anchored. Anything else is an absent slot.
 */
export async function collectReports(input: CollectInput): Promise<(SignedReport | null)[]> {
  const { hash: poseidon } = await loadPoseidon();
  return Promise.all(
    input.reporters.map(async (slot) => {
      const report = slot && input.reports.find(({ reporter }) => reporter === slot.reporter);
      if (!report || report.methodologyHash !== input.methodology.hash) return null;
      if ((await input.anchoredEvidence(report.reporter)) !== report.evidenceRoot) return null;
      const message = reportMessage(poseidon, {
        chainId: input.chainId,
        oracle: input.oracle,
        methodologyHash: input.methodology.hash,
        epoch: BigInt(input.epoch),
        batch: BigInt(input.batch),
        evidenceRoot: report.evidenceRoot,
        measurementWords: report.words,
      });
      if (!(await verifyReport(slot.key, message, report.signature))) return null;
      return { evidenceRoot: report.evidenceRoot, measurementWords: report.words, signature: report.signature };
    }),
  );
}

/**
 * Reports that the contract asks for now: all active reporters' during the grace period, then a quorum (protocol
 * section 9).
 */
export function requiredReports(input: {
  reporters: readonly (ReporterSlot | null)[];
  quorum: bigint;
  /** Seconds. */
  epochEnd: number;
  reportGraceSeconds: number;
  /** Time of the newest block, seconds. */
  now: number;
}): number {
  const active = input.reporters.filter((slot) => slot !== null).length;
  const quorum = Number(input.quorum);
  return input.now < input.epochEnd + input.reportGraceSeconds ? Math.max(active, quorum) : quorum;
}
