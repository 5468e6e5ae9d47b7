import { attestTreeRound } from '../../audit/attest';
import { graphqlAnswers } from '../../audit/graphql';
import { type Comparison, compareIndexWithChain } from '../../audit/index-equals-chain';
import { BATCH_SIZE, SCORE_STATUSES } from '../../protocol/scoring/words';
import { isTaskName, TASK_NAMES, TASKS, type TaskName } from '../../protocol/tasks';
import { FatalError } from '../../runtime/errors';
import type { DevnetFolder } from '../machine/folder';
import { type MemoryUse, memoryOfTree } from '../machine/memory';
import { NODES } from '../network';
import { BEHAVIOURS, type DevnetBehaviour } from '../nodes/behaviours';
import { type Devnet, type DevnetPorts, startDevnet } from '../start';
import { lineOf } from './view';
import { type BatchPosted, type OracleEvent, watchOracles } from './watch';

/** What a smoke run found; the last line of `npm run -s smoke -- --json`. */
export interface SmokeReport {
  ok: boolean;
  secondsToGraphql: number;
  secondsToFirstScore: number;
  /** Proven scores of the honest nodes after the last epoch seen, basis points. */
  honestScores: number[];
  /** The same of the nodes that skip, replay and stay silent. */
  cheaterScores: number[];
  /** Verdict codes and how often each was given. */
  verdicts: Record<string, number>;
  /** Results verified, by task; `tree` ones are attested by a proof. */
  tasks: Record<TaskName, number>;
  /** Slowest batch proof, seconds. */
  proofSeconds: number;
  /** Gas of the last posting divided by the scores of a batch. */
  gasPerScore: number;
  indexedEqualsChain: boolean;
}

export interface SmokeOptions {
  folder: DevnetFolder;
  ports: DevnetPorts;
  say(line: string): void;
  signal: AbortSignal;
}

const EPOCHS_WANTED = 2;
/**
 * Tasks are drawn by the seed: with one tree in four rounds, twenty rounds without one come once in three hundred runs.
 */
const TIME_LIMIT_MS = 600_000;
const MEMORY_SAMPLE_MS = 2_000;

/** What was seen of the network while it ran. */
class Sightings {
  readonly verdicts: Record<string, number> = {};
  readonly tasks = Object.fromEntries(TASK_NAMES.map((name) => [name, 0])) as Record<TaskName, number>;
  readonly complaints: string[] = [];
  readonly postings: BatchPosted[] = [];
  /** The newest round in which a result was accepted that anyone can check. */
  publicRound: { epoch: number; round: number; accepted: number } | undefined;
  firstScoreAt = 0;
  proofSeconds = 0;

  add(event: OracleEvent): void {
    if (event.kind === 'proved') this.proofSeconds = Math.max(this.proofSeconds, event.proveSeconds);
    if (event.kind === 'posted') {
      this.firstScoreAt ||= Date.now();
      this.postings.push(event);
    }
    if (event.kind !== 'round') return;
    const accepted = event.verdicts.filter(({ code }) => code === 'OK').length;
    const { epoch, round, task } = event;
    if (accepted > 0 && isTaskName(task) && TASKS[task].hasPublicOpening) this.publicRound = { epoch, round, accepted };
    for (const { nodeId, code, group, reason } of event.verdicts) {
      this.verdicts[code] = (this.verdicts[code] ?? 0) + 1;
      if (code === 'OK' && isTaskName(task)) this.tasks[task]++;
      if (group === 'fail' && NODES[nodeId]?.behaviour === 'honest') {
        this.complaints.push(`honest node ${nodeId} got ${code} in round ${round}: ${reason}`);
      }
    }
  }

  sawEveryTask(): boolean {
    return TASK_NAMES.every((name) => this.tasks[name] > 0);
  }

  isEnough(): boolean {
    return this.postings.length >= EPOCHS_WANTED && this.sawEveryTask();
  }
}

/**
 * Runs a devnet until the second epoch is proven and every task was verified, checks what it shows, and stops it.
 * @throws FatalError when it does not come that far
 */
export async function runSmoke({ folder, ports, say, signal }: SmokeOptions): Promise<SmokeReport> {
  const startedAt = Date.now();
  const peak: MemoryUse = { pssMb: 0, rssMb: 0, processes: 0 };
  const sampling = setInterval(() => keepPeak(peak), MEMORY_SAMPLE_MS);
  const enough = new AbortController();
  let failure: FatalError | undefined;
  let devnet: Devnet | undefined;
  const tooLate = setTimeout(() => enough.abort(), TIME_LIMIT_MS);
  const interrupted = () => enough.abort();
  signal.addEventListener('abort', interrupted);
  try {
    devnet = await startDevnet({
      folder,
      ports,
      onNotice: say,
      onFailure: (error) => {
        failure ??= error;
        enough.abort();
      },
      signal: enough.signal,
    });
    await graphqlAnswers(devnet.graphqlUrl, enough.signal);
    const secondsToGraphql = secondsSince(startedAt);
    say(`GraphQL answers after ${secondsToGraphql} s`);

    const seen = new Sightings();
    const onEvent = (event: OracleEvent) => {
      say(lineOf(event));
      seen.add(event);
      if (seen.isEnough()) enough.abort();
    };
    await watchOracles(devnet, onEvent, enough.signal);
    if (failure) throw failure;
    if (signal.aborted) throw new FatalError('Stopped before the end', 'A run takes about three minutes.');
    if (seen.postings.length === 0) {
      throw new FatalError('No score came on-chain in time', 'Run with --keep and read the logs.', {
        seconds: TIME_LIMIT_MS / 1000,
      });
    }
    const comparison = await compareIndexWithChain(devnet.graphqlUrl, devnet.rpcUrl, devnet.deployment);
    if (seen.publicRound) await attest(devnet, seen, seen.publicRound, say);
    return report(seen, comparison, secondsToGraphql, (seen.firstScoreAt - startedAt) / 1000, say);
  } finally {
    clearInterval(sampling);
    clearTimeout(tooLate);
    signal.removeEventListener('abort', interrupted);
    const stopStartedAt = Date.now();
    await devnet?.stop();
    say(`stopped in ${secondsSince(stopStartedAt)} s`);
    say(
      `peak memory of ${peak.processes} processes: ${peak.pssMb.toFixed(0)} MB proportional, ${peak.rssMb.toFixed(0)} MB resident`,
    );
  }
}

/** Has the chain check the newest tree results, as any stranger could. */
async function attest(
  { graphqlUrl, rpcUrl, deployment, accounts }: Devnet,
  seen: Sightings,
  { epoch, round, accepted }: NonNullable<Sightings['publicRound']>,
  say: (line: string) => void,
): Promise<void> {
  const attested = await attestTreeRound({ graphqlUrl, rpcUrl, deployment, payer: accounts.deployer, epoch, round });
  say(`the chain attested ${attested} of ${accepted} accepted tree results of round ${round}`);
  if (attested !== accepted) seen.complaints.push(`the chain attested ${attested} of ${accepted} tree results`);
}

function report(
  seen: Sightings,
  comparison: Comparison,
  secondsToGraphql: number,
  secondsToFirstScore: number,
  say: (line: string) => void,
): SmokeReport {
  const last = seen.postings[seen.postings.length - 1]!;
  const scoresOf = (expected: DevnetBehaviour['expectedScore']) =>
    NODES.flatMap(({ behaviour }, nodeId) =>
      BEHAVIOURS[behaviour].expectedScore === expected ? [last.scores[nodeId]!] : [],
    );
  const honest = scoresOf('full').map(({ scoreBps }) => scoreBps);
  const slow = scoresOf('lower').map(({ scoreBps }) => scoreBps);
  const cheaters = scoresOf('none');

  const complaints = [...seen.complaints];
  const demand = (isMet: boolean, complaint: string) => {
    if (!isMet) complaints.push(complaint);
  };
  demand(seen.postings.length >= EPOCHS_WANTED, `only ${seen.postings.length} of ${EPOCHS_WANTED} epochs proven`);
  demand(seen.sawEveryTask(), `tasks verified: ${JSON.stringify(seen.tasks)}`);
  demand(
    honest.every((scoreBps) => scoreBps > 0),
    `an honest node has no score: ${honest}`,
  );
  demand(Math.max(...slow) < Math.min(...honest), `the slow node scores ${slow}, honest ones ${honest}`);
  demand(
    cheaters.every(({ scoreBps, status }) => scoreBps === 0 || SCORE_STATUSES[status] === 'failing'),
    `a cheater has a score: ${JSON.stringify(cheaters)}`,
  );
  for (const { what, indexed, onChain } of comparison.differences) {
    complaints.push(`${what} at block ${comparison.height}: indexed ${indexed}, on-chain ${onChain}`);
  }
  for (const complaint of complaints) say(`NOT OK: ${complaint}`);
  say(`compared ${comparison.values} values of GraphQL with the chain at block ${comparison.height}`);
  return {
    ok: complaints.length === 0,
    secondsToGraphql,
    secondsToFirstScore,
    honestScores: honest,
    cheaterScores: cheaters.map(({ scoreBps }) => scoreBps),
    verdicts: seen.verdicts,
    tasks: seen.tasks,
    proofSeconds: seen.proofSeconds,
    gasPerScore: Math.round(last.gasUsed / BATCH_SIZE),
    indexedEqualsChain: comparison.differences.length === 0,
  };
}

function keepPeak(peak: MemoryUse): void {
  const now = memoryOfTree(process.pid);
  if (now && now.pssMb > peak.pssMb) Object.assign(peak, now);
}

function secondsSince(startMs: number): number {
  return Math.round((Date.now() - startMs) / 100) / 10;
}
