import type { Sample } from '../../protocol/messages';
import type { TaskParams } from '../../protocol/tasks';
import type { VerdictCode } from '../../protocol/verdicts';

/** One reveal to check, or an accepted one to check more deeply (backstop). */
export interface Check {
  kind: 'opening' | 'backstop';
  /** What is checked, in words, for the log. */
  label: string;
  /** 32 bytes each. */
  taskSeed: Uint8Array;
  commitment: Uint8Array;
  coins: Uint8Array;
  params: TaskParams;
  /** Brings the node's bytes when the check begins, so that those that wait take no memory. */
  opening: () => Promise<Uint8Array>;
}

/** A check as a process gets it; anything at all may be in the opening. */
export type LoadedCheck = Omit<Check, 'opening' | 'label'> & { opening: Uint8Array };

/** What a check found. */
export interface Outcome {
  /** UNCHECKABLE is no verdict: the check brought the checker down, or could not be made. */
  code: Extract<VerdictCode, 'OK' | 'WRONG_RESULT' | 'BAD_OPENING' | 'PROOF_INVALID'> | 'UNCHECKABLE';
  reason: string;
  numbers: Record<string, number>;
  /** Of WRONG_RESULT, if an entry that the coins drew is wrong. */
  sample?: Sample;
}

export interface CheckResult extends Outcome {
  /** CPU time of the check in ms, for the operator; not part of the verdict. */
  cpuMs: number;
}

/** Checks the openings of one task. Never throws for what a node sent. */
export type TaskVerifier = (check: LoadedCheck) => Outcome | Promise<Outcome>;
