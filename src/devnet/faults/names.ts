/** Names of the faults, in the order in which they are done: attackers stay, so they come last. */
export const FAULT_NAMES = [
  'checker',
  'suspend-start',
  'suspend-commit',
  'suspend-anchoring',
  'suspend-reveal',
  'sockets',
  'stretcher',
  'copycat',
  'pretender',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];
