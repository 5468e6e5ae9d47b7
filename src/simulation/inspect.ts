import type { ChallengeRecords, RoundRecords } from '../oracle/rounds/ports';
import { isOver } from '../oracle/rounds/states';
import type { Challenge } from '../oracle/store/model';
import { toHex } from '../protocol/bytes';
import { MAX_WORDS } from '../protocol/messages';
import { factsProblem } from '../protocol/rounds/consistent';
import { decide } from '../protocol/rounds/decide';
import { FACTS } from '../protocol/rounds/facts';
import type { Fault } from './faults';
import type { SimulatedNode } from './nodes';
import { chanceToPass, commitmentOf } from './work';

/** A stretch of true time. */
export interface Stretch {
  fromMs: number;
  toMs: number;
}

export interface Findings {
  seed: number;
  rounds: number;
  nodes: number;
  faults: number;
  /** Verdicts by code. */
  verdicts: Record<string, number>;
  /** Honest nodes' rounds that failed. */
  honestFailed: number;
  /** Honest nodes' rounds that were missed though their own network was well. */
  honestMissed: number;
  /** Rounds that did not end in time, and challenges without a verdict. */
  unfinished: number;
  /** Verdicts OK for work of which a part was skipped, and how many the formula predicts. */
  cheatsPassed: number;
  cheatsPredicted: number;
  /** Everything that must not be, in words. */
  problems: string[];
}

export interface Inspected {
  seed: number;
  faults: readonly Fault[];
  nodes: readonly SimulatedNode[];
  records: RoundRecords & ChallengeRecords;
  /** When the oracle was kept from its work. */
  disturbed: readonly Stretch[];
  /** When each round ended. */
  endedAtMs: ReadonlyMap<number, number>;
  /** When the first verdict of each round was written, with its transcript. */
  judgedAtMs: ReadonlyMap<number, number>;
  /** When the first challenge of each round came to a node. */
  askedAtMs: ReadonlyMap<number, number>;
  rounds: number;
  slotMs: number;
  /** How far a round may reach beyond its slot. */
  overlapMs: number;
}

/** A round ends by the end of its slot, what it may reach beyond, and this. */
const MARGIN_MS = 15_000;
/** From the first challenge that came to a node until the last could have come, and until nothing counts any more. */
const LONGEST_LATENCY_MS = 100;
const ANSWERING_MS = 20_000;
const MISSED = new Set(['LATE', 'TIMEOUT', 'UNREACHABLE', 'MALFORMED']);

/** Looks at what a run left behind: the oracle's records, and what the nodes were told. */
export async function inspect(run: Inspected): Promise<Findings> {
  const { seed, rounds, nodes, faults, records } = run;
  const findings: Findings = {
    ...{ seed, rounds, nodes: nodes.length, faults: faults.length, verdicts: {} },
    ...{ honestFailed: 0, honestMissed: 0, unfinished: 0, cheatsPassed: 0, cheatsPredicted: 0, problems: [] },
  };
  let variance = 0;
  const unfinished = (words: string) => {
    findings.unfinished++;
    findings.problems.push(words);
  };
  for (let number = 0; number < rounds; number++) {
    const round = await records.find(number);
    if (!round || !isOver(round)) {
      unfinished(`round ${number} is ${round?.state ?? 'not there'}`);
      continue;
    }
    const lateMs = (run.endedAtMs.get(number) ?? Number.POSITIVE_INFINITY) - limitMs(run, number);
    if (lateMs > 0) unfinished(`round ${number} ended ${Math.round(lateMs)} ms late`);
    const askedAtMs = run.askedAtMs.get(number) ?? Number.NEGATIVE_INFINITY;
    const leadMs = askedAtMs - (run.judgedAtMs.get(number) ?? Number.POSITIVE_INFINITY);
    if (leadMs > 0) {
      findings.problems.push(`round ${number} had a public verdict ${Math.round(leadMs)} ms before it was asked`);
    }
    for (const challenge of await records.ofRound(number)) {
      const node = nodes[challenge.nodeId]!;
      const what = `round ${number} node ${node.nodeId} (${node.behaviour})`;
      const { verdict } = challenge;
      if (!verdict) {
        unfinished(`${what} has no verdict`);
        continue;
      }
      findings.verdicts[verdict.code] = (findings.verdicts[verdict.code] ?? 0) + 1;
      findings.problems.push(...problemsOf(what, challenge, node));
      if (node.isHonest && verdict.group === 'fail') {
        findings.honestFailed++;
        findings.problems.push(`${what} failed: ${verdict.code} ${verdict.reason}`);
      }
      if (node.isHonest && verdict.group === 'missed' && !isOwnTrouble(node, verdict.code, askedAtMs)) {
        findings.honestMissed++;
        findings.problems.push(`${what} missed: ${verdict.code} ${verdict.reason}`);
      }
      if (node.behaviour !== 'skipping' || !['OK', 'WRONG_RESULT'].includes(verdict.code)) continue;
      const chance = chanceToPass(node.skipped, challenge.params.K);
      findings.cheatsPredicted += chance;
      variance += chance * (1 - chance);
      if (verdict.code === 'OK') findings.cheatsPassed++;
    }
  }
  if (findings.cheatsPassed > findings.cheatsPredicted + 5 * Math.sqrt(variance) + 3) {
    findings.problems.push(`${findings.cheatsPassed} cheats passed, ${findings.cheatsPredicted} are predicted`);
  }
  return findings;
}

/** What must hold of every challenge, whatever went wrong. */
function problemsOf(what: string, challenge: Challenge, node: SimulatedNode): string[] {
  const { verdict, commit } = challenge;
  if (!verdict) return [];
  const problems: string[] = [];
  if (!verdict.facts) problems.push(`${what} has a verdict without facts`);
  else {
    const contradiction = factsProblem(verdict.facts);
    if (contradiction) problems.push(`${what}: facts: ${contradiction}`);
    const again = decide(FACTS.parse(JSON.parse(JSON.stringify(verdict.facts))));
    if (again.code !== verdict.code || again.reason.slice(0, MAX_WORDS) !== verdict.reason) {
      problems.push(`${what}: the facts decide ${again.code}, the verdict is ${verdict.code}`);
    }
  }
  if (verdict.code === 'OK' && node.behaviour !== 'skipping') {
    const honest = toHex(commitmentOf(toHex(challenge.taskSeed), 0));
    if (!commit || toHex(commit.commitment) !== honest) problems.push(`${what} passed without the work`);
  }
  const { receipts, verdicts } = node.toldOf(challenge);
  for (const { code } of verdicts) {
    if (code !== verdict.code) problems.push(`${what} was told ${code}, recorded is ${verdict.code}`);
  }
  for (const { elapsedMs, answer } of receipts) {
    const recorded = commit ? toHex(commit.commitment) : null;
    if (recorded !== null && (answer !== recorded || elapsedMs !== commit?.elapsedMs)) {
      problems.push(`${what} has a receipt for another commitment than the recorded one`);
    }
    if (elapsedMs <= challenge.deadlineMs && recorded !== null && MISSED.has(verdict.code)) {
      problems.push(`${what} has a receipt in time and the verdict ${verdict.code}`);
    }
    if (recorded === null && !challenge.busy) problems.push(`${what} has a receipt for what is not recorded`);
  }
  return problems;
}

/** When a round must have ended: what kept the oracle from its work is added. */
function limitMs({ disturbed, slotMs, overlapMs }: Inspected, round: number): number {
  let limit = (round + 1) * slotMs + overlapMs + MARGIN_MS;
  // Each disturbance may reach into the time that the one before it added.
  for (const { fromMs, toMs } of [...disturbed].sort((a, b) => a.fromMs - b.fromMs)) {
    if (toMs > round * slotMs && fromMs < limit) limit += toMs - Math.max(fromMs, round * slotMs) + MARGIN_MS;
  }
  return limit;
}

/** Whether the node's own network explains a miss: it was away when it would have been asked, or while it answered. */
function isOwnTrouble(node: SimulatedNode, code: string, askedAtMs: number): boolean {
  const untilMs = askedAtMs + (code === 'UNREACHABLE' ? LONGEST_LATENCY_MS : ANSWERING_MS);
  return node.troubles.some(({ fromMs, toMs }) => toMs > askedAtMs - LONGEST_LATENCY_MS && fromMs < untilMs);
}
