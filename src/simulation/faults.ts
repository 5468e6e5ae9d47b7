import type { SeededRandom } from './random';

/** What can go wrong, each for a while. */
export const FAULTS = [
  'crash',
  'crashAtCall',
  'suspend',
  'machineSleep',
  'clockStep',
  'mainLoopBlocked',
  'gatewayDies',
  'checkerDies',
  'databaseAway',
  'endpointAway',
  'diskFull',
  'reorg',
  'nodeNetworkAway',
  'nodeSlow',
  'nodeRepeats',
] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface Fault {
  kind: FaultKind;
  atMs: number;
  durationMs: number;
  /** Index of the node that is hit, of those faults that hit one. */
  node: number;
}

/** Longest that each lasts; many are short. */
const LONGEST_MS: Readonly<Record<FaultKind, number>> = {
  crash: 40_000,
  crashAtCall: 10_000,
  suspend: 70_000,
  machineSleep: 70_000,
  clockStep: 90_000,
  mainLoopBlocked: 15_000,
  gatewayDies: 2_000,
  checkerDies: 20_000,
  databaseAway: 60_000,
  endpointAway: 60_000,
  diskFull: 40_000,
  reorg: 3_000,
  nodeNetworkAway: 6_000,
  nodeSlow: 4_000,
  nodeRepeats: 0,
};

/** Faults at random times, of random length. */
export function drawFaults(random: SeededRandom, count: number, endMs: number, nodes: number): Fault[] {
  const faults = Array.from({ length: count }, (): Fault => {
    const kind = random.pick(FAULTS);
    const longest = LONGEST_MS[kind];
    const durationMs = Math.ceil(longest * (random.chance(0.5) ? random.next() : random.next() / 10));
    return { kind, atMs: random.below(endMs), durationMs, node: random.below(nodes) };
  });
  return faults.sort((a, b) => a.atMs - b.atMs);
}
