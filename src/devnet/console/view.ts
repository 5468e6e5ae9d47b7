import { BATCH_SIZE, SCORE_STATUSES } from '../../protocol/scoring/words';
import { type DevnetNode, NODES } from '../network';
import type { BatchPosted, OracleEvent, RoundClosed } from './watch';

/** A line of the console, with the time of day in front. */
export function timed(line: string): string {
  return `${new Date().toTimeString().slice(0, 8)}  ${line}\n`;
}

/** The console line of something the oracle finished. @param nodes of the devnet, for their names */
export function lineOf(event: OracleEvent, nodes: readonly DevnetNode[] = NODES): string {
  switch (event.kind) {
    case 'round':
      return roundLine(event, nodes);
    case 'proved':
      return `epoch ${event.epoch}  batch ${event.batch} proved in ${event.proveSeconds.toFixed(1)} s`;
    case 'posted':
      return postingLine(event, nodes);
  }
}

function roundLine({ round, epoch, task, fault, verdicts }: RoundClosed, nodes: readonly DevnetNode[]): string {
  const head = `round ${round}  epoch ${epoch}  ${task.padEnd(4)}`;
  if (fault !== null) return `${head}  void: ${fault}`;
  const passed = verdicts.filter(({ group }) => group === 'pass').length;
  const others = verdicts
    .filter(({ group }) => group !== 'pass')
    .map(({ nodeId, code }) => `${nodeName(nodes, nodeId)} ${code}`);
  return [`${head}  ${passed} of ${verdicts.length} passed`, ...others].join('  ·  ');
}

function postingLine({ epoch, batch, gasUsed, scores }: BatchPosted, nodes: readonly DevnetNode[]): string {
  const shown = scores
    .slice(0, batch === 0 ? nodes.length : 0)
    .map(({ scoreBps, status }, nodeId) => `${nodeName(nodes, nodeId)} ${scoreBps} ${SCORE_STATUSES[status]}`);
  const gas = Math.round(gasUsed / BATCH_SIZE).toLocaleString('en');
  return [`epoch ${epoch}  batch ${batch} on-chain, ${gas} gas per score`, ...shown].join('  ·  ');
}

function nodeName(nodes: readonly DevnetNode[], nodeId: number): string {
  const node = nodes[nodeId];
  return node ? `${nodeId} (${node.behaviour})` : String(nodeId);
}
