import { SCORE_STATUSES, type ScoreStatus } from '../protocol/scoring/words';
import { TASK_NAMES, TASKS } from '../protocol/tasks';
import type { TaskSizes } from '../protocol/tasks/task';

/** Standing of a score in a word. */
export const standing = (status: ScoreStatus): string => SCORE_STATUSES[status];

/** Names of all tasks: "gemm or tree". */
export const taskNames = new Intl.ListFormat('en', { type: 'disjunction' }).format(TASK_NAMES);

/** What a size means in each task: "gemm: matrix size n; tree: depth d". */
export function sizeMeaning(size: keyof TaskSizes, colon = ': ', separator = '; '): string {
  return TASK_NAMES.map((name) => `${name}${colon}${TASKS[name].sizeWords[size]}`).join(separator);
}

/** Basis points as a percentage: 8312 is "83.12 %". */
export const percent = (bps: number | bigint): string => `${(Number(bps) / 100).toFixed(2)} %`;

/** 16.16 fixed point with two decimals. */
export const fixed = (value: bigint): string => (Number(value) / 65536).toFixed(2);

/** "1 round", "3 rounds". */
export const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** An age as people say it: "12 s", "5 min", "3 h", "2 d". */
export function age(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/**
 * Why a proven epoch moved a score: "Epoch 12 passed; the score rose from 80.00 % to 83.12 %, provisional as before".
 */
export function scoreChangeWords(change: {
  epoch: number;
  outcome: 'PASS' | 'FAIL' | 'NONE';
  previousScoreBps: number;
  scoreBps: number;
  previousStatus: string;
  status: string;
}): string {
  const { epoch, outcome, previousScoreBps: from, scoreBps: to, previousStatus, status } = change;
  const said = OUTCOME_WORDS[outcome];
  const moved =
    from === to
      ? `the score stayed at ${percent(to)}`
      : `the score ${to > from ? 'rose' : 'fell'} from ${percent(from)} to ${percent(to)}`;
  const stands =
    previousStatus === status
      ? `${status.toLowerCase()} as before`
      : `now ${status.toLowerCase()}, ${previousStatus.toLowerCase()} before`;
  return `Epoch ${epoch} ${said}; ${moved}, ${stands}`;
}

const OUTCOME_WORDS = {
  PASS: 'passed',
  FAIL: 'failed',
  NONE: 'was not measured, so that older evidence fades',
} as const;
