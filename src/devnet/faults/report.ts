import type { Score } from '../../protocol/scoring/words';
import type { RoundClosed } from '../console/watch';
import { FAULT_NODES } from '../network';

/** Nodes that do all their work, the slow one too. */
const HONEST: readonly number[] = FAULT_NODES.flatMap(({ behaviour, hardwareClass, startsLater }, nodeId) =>
  (behaviour === 'honest' || behaviour === 'slow') && hardwareClass === 0 && !startsLater ? [nodeId] : [],
);

/** What a fault did to the network. */
export interface FaultReport {
  fault: string;
  what: string;
  done: string[];
  /** The rounds concerned, and one after them. */
  rounds: {
    round: number;
    epoch: number;
    task: string;
    /** Why the round is void; null when it is not. */
    void: string | null;
    /** Verdict codes by nodeId. */
    verdicts: Record<number, string>;
  }[];
  /** Each miss and fail of an honest node: none, if all is well. */
  harmed: { round: number; nodeId: number; code: string; reason: string }[];
  /** Proven scores of the honest nodes in order of nodeId, basis points; empty when there were none yet. */
  scoresBefore: number[];
  scoresAfter: number[];
}

export interface FaultsReport {
  /** No honest node got a miss or a fail. */
  ok: boolean;
  faults: FaultReport[];
}

/** Scores of the honest nodes. */
export function honestScores(scores: readonly Score[]): number[] {
  return HONEST.flatMap((nodeId) => scores[nodeId]?.scoreBps ?? []);
}

/** What the rounds say of the honest nodes. */
export function roundsReport(rounds: readonly RoundClosed[]): Pick<FaultReport, 'rounds' | 'harmed'> {
  return {
    rounds: rounds.map(({ round, epoch, task, fault, verdicts }) => ({
      ...{ round, epoch, task, void: fault },
      verdicts: Object.fromEntries(verdicts.map(({ nodeId, code }) => [nodeId, code])),
    })),
    harmed: rounds.flatMap(({ round, verdicts }) =>
      verdicts
        .filter(({ nodeId, group }) => HONEST.includes(nodeId) && (group === 'missed' || group === 'fail'))
        .map(({ nodeId, code, reason }) => ({ round, nodeId, code, reason })),
    ),
  };
}

/** The report of one fault for people. */
export function linesOf({ fault, what, done, rounds, harmed, scoresBefore, scoresAfter }: FaultReport): string {
  const verdictsOf = (verdicts: Record<number, string>) =>
    Object.entries(verdicts)
      .map(([nodeId, code]) => `${nodeId} ${code}`)
      .join('  ');
  const lines = [
    `${fault}: ${what}`,
    ...done.map((line) => `  done      ${line}`),
    ...rounds.map(({ round, task, verdicts, void: why }) => {
      return `  round ${String(round).padEnd(3)} ${task.padEnd(4)} ${why === null ? '' : `void: ${why}  `}${verdictsOf(verdicts)}`;
    }),
    `  honest    ${HONEST.join(', ')}: ${harmed.length === 0 ? 'nothing' : 'HARMED'}`,
    ...harmed.map(({ round, nodeId, code, reason }) => `  NOT OK    round ${round} node ${nodeId} ${code}: ${reason}`),
    `  scores    ${scoresBefore.join(' ') || 'none'}  →  ${scoresAfter.join(' ') || 'none'}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}
