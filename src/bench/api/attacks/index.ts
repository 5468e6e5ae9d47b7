import type { Attack } from './attacker';
import { bodies } from './bodies';
import { connections } from './connections';
import { crowds } from './crowds';
import { documents } from './documents';
import { searches } from './searches';

/** Everything that is tried, and nothing at first: what the others are measured against. */
export const ATTACKS: readonly Attack[] = [
  { name: 'none', run: () => new Promise((resolve) => setTimeout(resolve, 1_000, [{ status: 200, ms: 0 }])) },
  ...documents,
  ...searches,
  ...bodies,
  ...connections,
  ...crowds,
];
