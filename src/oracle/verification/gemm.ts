import { verifyFirstSampleWhole, verifyGemmOpening } from '../../protocol/tasks/gemm';
import type { TaskVerifier } from './check';

/** Regenerates the sampled entries; the backstop recomputes the first sample whole. */
export const verifyGemm: TaskVerifier = ({ kind, ...input }) =>
  kind === 'backstop' ? verifyFirstSampleWhole(input) : verifyGemmOpening(input);
