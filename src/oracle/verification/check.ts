import type { TaskParams } from '../../protocol/tasks';
import { verifyFirstSampleWhole, verifyGemmOpening } from '../../protocol/tasks/gemm';
import type { VerdictCode } from '../../protocol/verdicts';
import { parseProof } from '../../zk/groth16';
import { loadPoseidon } from '../../zk/poseidon';
import { verifyTreeProof } from '../../zk/tree';

/** One opening to check, or an accepted one whose first sample is to be recomputed whole (backstop). */
export interface Check {
  kind: 'opening' | 'backstop';
  /** 32 bytes each. */
  taskSeed: Uint8Array;
  commitment: Uint8Array;
  coins: Uint8Array;
  params: TaskParams;
  opening: Uint8Array;
}

export interface CheckResult {
  code: Extract<VerdictCode, 'OK' | 'WRONG_RESULT' | 'BAD_OPENING' | 'PROOF_INVALID'>;
  reason: string;
  numbers: Record<string, number>;
  /** CPU time of the check in ms, for the operator; not part of the verdict. */
  cpuMs: number;
}

/** Checks an opening; anything at all may stand in it. */
export async function runCheck(check: Check): Promise<CheckResult> {
  const start = process.cpuUsage();
  const result = check.params.task === 'gemm' ? checkGemm(check) : await checkTree(check);
  const { user, system } = process.cpuUsage(start);
  return { ...result, cpuMs: (user + system) / 1000 };
}

type Outcome = Omit<CheckResult, 'cpuMs'>;

function checkGemm({ kind, ...input }: Check): Outcome {
  return kind === 'backstop' ? verifyFirstSampleWhole(input) : verifyGemmOpening(input);
}

async function checkTree({ taskSeed, commitment, coins, params, opening }: Check): Promise<Outcome> {
  const numbers = { depth: params.n, leaves: params.K, bytes: opening.length };
  const proof = parseProof(Buffer.from(opening).toString('utf8'));
  if (!proof) return { code: 'PROOF_INVALID', reason: 'the opening is no Groth16 proof', numbers };
  await loadPoseidon();
  const valid = await verifyTreeProof({ root: commitment, taskSeed, coins, proof });
  return valid
    ? { code: 'OK', reason: `the proof attests ${params.K} leaves and their paths`, numbers }
    : { code: 'PROOF_INVALID', reason: 'the proof does not verify for this root, seed and coins', numbers };
}
