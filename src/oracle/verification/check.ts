import type { Sample } from '../../protocol/messages';
import type { TaskParams } from '../../protocol/tasks';
import type { VerdictCode } from '../../protocol/verdicts';

/** One opening to check, or an accepted one to check more deeply (backstop). */
export interface Check {
  kind: 'opening' | 'backstop';
  /** 32 bytes each. */
  taskSeed: Uint8Array;
  commitment: Uint8Array;
  coins: Uint8Array;
  params: TaskParams;
  /** The node's bytes; anything at all may stand here. */
  opening: Uint8Array;
}

/** What a check found. */
export interface Outcome {
  code: Extract<VerdictCode, 'OK' | 'WRONG_RESULT' | 'BAD_OPENING' | 'PROOF_INVALID'>;
  reason: string;
  numbers: Record<string, number>;
  /** Of WRONG_RESULT: the sampled entry that was wrong. */
  sample?: Sample;
}

export interface CheckResult extends Outcome {
  /** CPU time of the check in ms, for the operator; not part of the verdict. */
  cpuMs: number;
}

/** Checks the openings of one task. Never throws for what a node sent. */
export type TaskVerifier = (check: Check) => Outcome | Promise<Outcome>;
