import { lineOf } from './view';

describe('console lines', () => {
  it('names the nodes that did not pass a round', () => {
    const verdict = (nodeId: number, code: string, group: string) => ({ nodeId, code, group, reason: '' });
    const line = lineOf({
      kind: 'round',
      round: 3,
      epoch: 1,
      task: 'gemm',
      fault: null,
      verdicts: [verdict(0, 'OK', 'pass'), verdict(5, 'WRONG_RESULT', 'fail')],
    });
    expect(line).toBe('round 3  epoch 1  gemm  1 of 2 passed  ·  5 (skip) WRONG_RESULT');
  });

  it('says why a round is void', () => {
    const line = lineOf({ kind: 'round', round: 3, epoch: 1, task: 'tree', fault: 'late', verdicts: [] });
    expect(line).toBe('round 3  epoch 1  tree  void: late');
  });

  it('shows what a proof took and what a posting cost', () => {
    expect(lineOf({ kind: 'proved', epoch: 1, batch: 0, proveSeconds: 5.12 })).toBe('epoch 1  batch 0 proved in 5.1 s');
    const scores = [{ scoreBps: 4900, status: 1 as const }];
    expect(lineOf({ kind: 'posted', epoch: 1, batch: 0, gasUsed: 420_000, txHash: '0x', scores })).toBe(
      'epoch 1  batch 0 on-chain, 7,000 gas per score  ·  0 (honest) 4900 provisional',
    );
  });
});
