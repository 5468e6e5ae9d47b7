import type { Command } from '../command';
import { command as serve } from './api/serve';
import { command as faults } from './devnet/faults';
import { command as devnetNode } from './devnet/node';
import { command as reset } from './devnet/reset';
import { command as smoke } from './devnet/smoke';
import { command as start } from './devnet/start';
import { command as doctor } from './doctor/check';
import { command as verifyEvidence } from './evidence/verify';
import { command as audit } from './index/audit';
import { command as process } from './index/process';
import { command as resync } from './index/resync';
import { command as rewind } from './index/rewind';
import { command as rollups } from './index/rollups';
import { command as node } from './node/run';
import { command as oracle } from './oracle/run';

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  start,
  reset,
  smoke,
  faults,
  devnetNode,
  doctor,
  process,
  audit,
  rewind,
  rollups,
  resync,
  serve,
  oracle,
  node,
  verifyEvidence,
];

/** What the commands of a group are about. */
export const GROUPS: Readonly<Record<string, string>> = {
  devnet: 'A whole network on this machine',
  doctor: 'What is wrong on this machine',
  index: "The chain's events in Postgres",
  api: 'GraphQL over the index and the oracle',
  oracle: 'What a reporter runs',
  evidence: 'What anybody can recompute',
  node: 'What the operator of a node runs',
};
