import { Arg, Int, Query, Resolver } from 'type-graphql';
import { networkOf } from '../../config/networks';
import { classClosed } from '../../protocol/admission';
import type { NodeState } from '../../protocol/scoring/state';
import { reliabilityBps, type ScoreParameters, scoreOf } from '../../protocol/scoring/step';
import { inputError } from '../errors';
import { counted, fixed, percent, standing } from '../plain-words';
import { FROM_CHALLENGES, OracleChallenge } from './challenges';
import { type EpochExplanation, ScoreExplanation } from './explanation';
import { ordinal, pageLimit, rowsOf, select, type Transaction } from './query';

const MAX_EPOCHS = 20;
const DEFAULT_EPOCHS = 5;

interface NodeRow {
  score_updated_at: Date | null;
  score_epoch: number | null;
  retired: boolean;
  certified: boolean;
  hardware_class: number;
  /** Chain of the reporter's tables; null before the reporter's first start. */
  chain_id: string | null;
  alpha: string;
  beta: string;
  perf: string;
  idle: number;
}

type ParametersRow = Record<
  'lambda' | 'eta' | 'fail_weight' | 'prior_weight' | 'quorum' | 'max_idle' | 'established_at',
  number
>;

interface MeasurementRow {
  epoch: string;
  status: 0 | 1 | 2;
  perf: number;
  rounds: number;
  neutral: number;
  missed: number;
  failed: number;
  passed: number;
}

interface ChangeRow {
  epoch: number;
  outcome: string;
  previous_score_bps: number;
  score_bps: number;
}

const MEASURED_NAMES = ['none', 'fail', 'pass'] as const;

/** Joins what the chain says of a node (the index) with what the reporter saw. */
@Resolver()
export class ExplainResolver {
  constructor(private readonly tx: Transaction) {}

  @Query(() => ScoreExplanation, {
    description: 'Why a node has its score: formula, newest epochs, rounds and verdicts',
    complexity: ({ args, childComplexity }) => Number(args['epochs'] ?? DEFAULT_EPOCHS) * childComplexity,
  })
  async explainScore(
    @Arg('nodeId', () => Int, { description: 'nodeId as contracts use it' }) nodeId: number,
    @Arg('epochs', () => Int, { defaultValue: DEFAULT_EPOCHS, description: 'Newest epochs to explain, 1 to 20' })
    epochs: number,
  ): Promise<ScoreExplanation> {
    ordinal('nodeId', nodeId);
    pageLimit(epochs, MAX_EPOCHS);
    const [node] = await rowsOf<NodeRow>(
      this.tx,
      `SELECT score_updated_at, score_epoch, retired, certified, hardware_class, alpha, beta, perf, idle,
         (SELECT chain_id FROM identity) AS chain_id
       FROM gpu_node WHERE node_id = $1`,
      [nodeId],
    );
    if (!node) throw inputError(`no node ${nodeId} is registered, or the index has not seen it yet`);
    const state: NodeState = {
      alpha: BigInt(node.alpha),
      beta: BigInt(node.beta),
      perf: BigInt(node.perf),
      idle: BigInt(node.idle),
    };
    const parameters = await this.parametersOf(node.score_epoch);
    return { ...explainState(nodeId, node, state, parameters), epochs: await this.epochsOf(nodeId, epochs) };
  }

  /** Parameters of the epoch of the score; undefined while none are indexed. */
  private async parametersOf(epoch: number | null): Promise<ScoreParameters | undefined> {
    const [row] = await rowsOf<ParametersRow>(
      this.tx,
      `SELECT lambda, eta, fail_weight, prior_weight, quorum, max_idle, established_at
       FROM methodology WHERE $1::int IS NULL OR from_epoch <= $1 ORDER BY from_epoch DESC LIMIT 1`,
      [epoch],
    );
    return (
      row && {
        lambda: BigInt(row.lambda),
        eta: BigInt(row.eta),
        failWeight: BigInt(row.fail_weight),
        priorWeight: BigInt(row.prior_weight),
        quorum: BigInt(row.quorum),
        maxIdle: BigInt(row.max_idle),
        establishedAt: BigInt(row.established_at),
      }
    );
  }

  private async epochsOf(nodeId: number, limit: number): Promise<EpochExplanation[]> {
    const epochRows = await rowsOf<{ epoch: string }>(
      this.tx,
      `SELECT epoch FROM measurements WHERE node_id = $1
       UNION SELECT epoch FROM challenges WHERE node_id = $1 AND verdict IS NOT NULL
       ORDER BY epoch DESC LIMIT $2`,
      [nodeId, limit],
    );
    const numbers = epochRows.map((row) => Number(row.epoch));
    const measurements = await rowsOf<MeasurementRow>(
      this.tx,
      `SELECT epoch, status, perf, rounds, neutral, missed, failed, passed
       FROM measurements WHERE node_id = $1 AND epoch = ANY($2::bigint[])`,
      [nodeId, numbers],
    );
    const changes = await rowsOf<ChangeRow>(
      this.tx,
      `SELECT c.epoch, c.outcome, c.previous_score_bps, c.score_bps
       FROM score_change c JOIN gpu_node n ON n.id = c.node_id
       WHERE n.node_id = $1 AND c.epoch = ANY($2::int[])`,
      [nodeId, numbers],
    );
    const challenges = await select(
      this.tx,
      OracleChallenge,
      `${FROM_CHALLENGES} AND c.node_id = $1 AND c.epoch = ANY($2::bigint[]) AND c.verdict IS NOT NULL
       ORDER BY c.round, c.device`,
      [nodeId, numbers],
    );
    return numbers.map((epoch) =>
      explainEpoch(
        epoch,
        measurements.find((row) => Number(row.epoch) === epoch),
        changes.find((row) => row.epoch === epoch),
        challenges.filter((challenge) => challenge.epoch === epoch),
      ),
    );
  }
}

function explainState(
  nodeId: number,
  node: NodeRow,
  state: NodeState,
  parameters: ScoreParameters | undefined,
): Omit<ScoreExplanation, 'epochs'> {
  // Without parameters nothing was ever proven, and a state of zeros scores 0 whatever they are.
  const { scoreBps, status } = parameters ? scoreOf(state, parameters) : { scoreBps: 0, status: 0 as const };
  const reliability = parameters ? Number(reliabilityBps(state, parameters)) : 0;
  const performance = Math.min(Number(state.perf >> 16n), 10_000);
  const words: string[] = [];
  if (node.score_epoch === null) {
    words.push(`Node ${nodeId} has no score yet: no epoch with it has been proven on-chain.`);
  } else {
    words.push(
      `Node ${nodeId} scores ${percent(scoreBps)} (${standing(status)}) as of epoch ${node.score_epoch}.`,
      `The score is reliability ${percent(reliability)} times performance ${percent(performance)} of the class reference.`,
      `Reliability weighs ${fixed(state.alpha)} passed epochs against ${fixed(state.beta)} failed ones (decayed, failures` +
        ` counted ${parameters?.failWeight ?? 0} times) and the ${fixed(parameters?.priorWeight ?? 0n)} every node starts against.`,
    );
    if (state.idle > 0n) words.push(`No quorum has spoken of it for ${counted(Number(state.idle), 'epoch')}.`);
    if (status === 3) words.push('It is failing: its failures outweigh its passes.');
  }
  const production = node.chain_id !== null && networkOf(Number(node.chain_id)).production;
  const classClosedBecause = classClosed(node.hardware_class, { production });
  if (classClosedBecause !== null) {
    words.push(`Its hardware class ${node.hardware_class} is closed, so it is not challenged: ${classClosedBecause}.`);
  }
  if (!node.certified) words.push('Its self-stake is below the certification threshold, so it is not challenged.');
  if (node.retired) words.push('Its operator has taken it out for good.');
  return {
    nodeId,
    summary: words.join(' '),
    words,
    scoreBps,
    status: standing(status),
    observedAt: node.score_updated_at,
    epoch: node.score_epoch,
    reliabilityBps: reliability,
    performanceBps: performance,
    passes: Number(state.alpha) / 65_536,
    fails: Number(state.beta) / 65_536,
    idle: node.idle,
    classClosedBecause,
  };
}

function explainEpoch(
  epoch: number,
  measurement: MeasurementRow | undefined,
  change: ChangeRow | undefined,
  challenges: OracleChallenge[],
): EpochExplanation {
  const words = challenges.map(
    (challenge) => `Round ${challenge.round}: ${challenge.verdict}. ${challenge.reason ?? ''}`,
  );
  if (measurement) {
    words.push(
      `${counted(measurement.rounds, 'round')}: ${measurement.passed} passed, ${measurement.missed} missed, ` +
        `${measurement.failed} failed, ${measurement.neutral} neutral. ${measuredWords(measurement)}`,
    );
  } else {
    words.push('The epoch is not over, or its measurement is not fixed yet.');
  }
  const outcome = change?.outcome.toLowerCase() ?? null;
  if (change) {
    words.push(
      change.previous_score_bps === change.score_bps
        ? `The quorum said ${outcome}; the score stayed at ${percent(change.score_bps)}.`
        : `The quorum said ${outcome}; the score moved from ${percent(change.previous_score_bps)} to ${percent(change.score_bps)}.`,
    );
  }
  return {
    epoch,
    words,
    measured: measurement ? MEASURED_NAMES[measurement.status] : null,
    measuredPerfBps: measurement?.perf ?? null,
    outcome,
    previousScoreBps: change?.previous_score_bps ?? null,
    scoreBps: change?.score_bps ?? null,
    challenges,
  };
}

/** Which rule of protocol section 6 decided. */
function measuredWords({ status, failed, perf }: MeasurementRow): string {
  if (status === 2) return `Measured as passed with a mean rate of ${percent(perf)} of the class reference.`;
  if (status === 0) return 'Fewer than half of its rounds count, so it was not measured.';
  return failed > 0
    ? 'Measured as failed, because a round failed.'
    : 'Measured as failed, because more than a quarter of the rounds that count were missed.';
}
