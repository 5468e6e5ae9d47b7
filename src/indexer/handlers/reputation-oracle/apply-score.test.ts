import { GpuNode, type Methodology, Network, OracleBatch, OracleEpoch, ScoreChange, ScoreStatus } from '../../../model';
import { ONE } from '../../../protocol/scoring/state';
import type { ProvenNode } from '../../rules/scores';
import { newNetwork } from '../../store/births';
import { type Born, Table, type WritableStore } from '../../store/table';
import { applyScore } from './apply-score';

const LAMBDA = 32_768;
/** A state that a pass leaves as it is: alpha is halved and gets 1.0, which makes the same again. */
const FIXED_POINT: ProvenNode = { scoreBps: 9_000, status: 2, alpha: 2n * ONE, beta: 0n, perf: 7n, idle: 0n };
const at = { id: '', block: 5, timestamp: new Date(0), txHash: '' };

async function prove(node: GpuNode, ...states: ProvenNode[]) {
  const table = new Table(ScoreChange, (facts: Born<ScoreChange>) => facts);
  const network = new Network(newNetwork());
  network.establishedNodeCount = 1;
  network.scoreSumBps = BigInt(node.scoreBps);
  const methodologies = [{ fromEpoch: 0, lambda: LAMBDA } as Methodology];
  const changed = states.map((state, number) => {
    const batch = Object.assign(new OracleBatch(), { observedAt: new Date(number) });
    const epoch = Object.assign(new OracleEpoch(), { number });
    return applyScore({ network, node, change: table.new(String(number)), batch, epoch, methodologies }, state, at);
  });
  const written: object[] = [];
  const store = { insert: async (_: unknown, rows: object[]) => void written.push(...rows), upsert: async () => {} };
  await table.flush(store as unknown as WritableStore);
  return { network, changed, written };
}

function nodeAt({ scoreBps, alpha, beta, perf }: ProvenNode, retired = false): GpuNode {
  const node = new GpuNode();
  Object.assign(node, { scoreBps, alpha, beta, perf, idle: 0, retired, passCount: 3, failCount: 1 });
  node.scoreStatus = ScoreStatus.ESTABLISHED;
  return node;
}

describe('a proven score', () => {
  it('has a row for every verdict, also for one that leaves the state at its fixed point', async () => {
    const node = nodeAt(FIXED_POINT);
    const failed = { ...FIXED_POINT, alpha: ONE, beta: 5n, scoreBps: 8_000 };
    const { changed, written } = await prove(node, FIXED_POINT, failed, { ...failed, idle: 1n });
    expect(written).toMatchObject([
      { outcome: 'PASS', passCount: 4, failCount: 1, previousScoreBps: 9_000, scoreBps: 9_000 },
      { outcome: 'FAIL', passCount: 4, failCount: 2, scoreBps: 8_000 },
    ]);
    expect(node).toMatchObject({ passCount: 4, failCount: 2, idle: 1 });
    expect(changed).toEqual([false, true, false]);
  });

  it("moves the network's counts by score, of a retired node not", async () => {
    const failing = { ...FIXED_POINT, status: 3 as const, scoreBps: 1_000 };
    expect((await prove(nodeAt(FIXED_POINT), failing)).network).toMatchObject({
      establishedNodeCount: 0,
      failingNodeCount: 1,
      scoreSumBps: 1_000n,
    });
    expect((await prove(nodeAt(FIXED_POINT, true), failing)).network).toMatchObject({
      establishedNodeCount: 1,
      failingNodeCount: 0,
      scoreSumBps: 9_000n,
    });
  });
});
