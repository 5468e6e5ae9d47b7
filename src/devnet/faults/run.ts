import { graphqlAnswers } from '../../audit/graphql';
import { FatalError } from '../../runtime/errors';
import type { DevnetFolder } from '../machine/folder';
import { FAULT_NODES } from '../network';
import { type Devnet, type DevnetPorts, startDevnet } from '../start';
import { FAULTS } from '.';
import type { FaultName } from './names';
import { type FaultReport, type FaultsReport, honestScores, roundsReport } from './report';
import { Scene } from './scene';

/** Scores are on-chain a good minute after an epoch's last verdict; an epoch of faults alone has none. */
const FIRST_SCORES_MS = 240_000;
const SCORES_MS = 120_000;

export interface FaultsOptions {
  folder: DevnetFolder;
  ports: DevnetPorts;
  faults: readonly FaultName[];
  say(line: string): void;
  /** Told of each fault when it is over. */
  onReport(report: FaultReport): void;
  signal: AbortSignal;
}

/**
 * Runs a devnet, does the faults to it one after the other, and stops it.
 * @throws FatalError when the network does not go on
 */
export async function runFaults({
  folder,
  ports,
  faults,
  say,
  onReport,
  signal,
}: FaultsOptions): Promise<FaultsReport> {
  const failing = new AbortController();
  const either = AbortSignal.any([signal, failing.signal]);
  let devnet: Devnet | undefined;
  let scene: Scene | undefined;
  try {
    devnet = await startDevnet({
      folder,
      ports,
      nodes: FAULT_NODES,
      onNotice: say,
      onFailure: (error) => failing.abort(error),
      signal: either,
    });
    await graphqlAnswers(devnet.graphqlUrl, either);
    scene = await Scene.open(devnet, say, either);
    await scene.posted(0, FIRST_SCORES_MS);
    if (scene.scores.length === 0) throw new FatalError('No score came on-chain', 'Run with --keep and read the logs.');
    const reports: FaultReport[] = [];
    for (const name of faults) {
      const report = await reportOf(name, scene);
      onReport(report);
      reports.push(report);
    }
    return { ok: reports.every(({ harmed }) => harmed.length === 0), faults: reports };
  } finally {
    failing.abort(new Error('the run is over'));
    await scene?.close();
    await devnet?.stop();
  }
}

/** Does one fault, and waits for the verdicts of all its rounds and one more, and for the scores made of them. */
async function reportOf(name: FaultName, scene: Scene): Promise<FaultReport> {
  const { what, inflict } = FAULTS[name];
  scene.say(`${name}: ${what}`);
  const scoresBefore = honestScores(scene.scores);
  const { firstRound, done } = await inflict(scene);
  const afterwards = await scene.comesTo('commit');
  const rounds = await scene.over(firstRound, afterwards);
  await scene.posted(rounds[0]!.epoch, SCORES_MS);
  return { fault: name, what, done, ...roundsReport(rounds), scoresBefore, scoresAfter: honestScores(scene.scores) };
}
