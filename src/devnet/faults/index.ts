import { copycat, pretender, slowStretcher } from './attackers';
import { checkerKilled } from './checker';
import type { Fault } from './fault';
import type { FaultName } from './names';
import { idleSockets } from './sockets';
import { suspended } from './suspend';

export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  checker: checkerKilled,
  'suspend-start': suspended('start', 'before the start'),
  'suspend-commit': suspended('commit', 'in the commit window'),
  'suspend-anchoring': suspended('anchoring', 'while it anchors'),
  'suspend-reveal': suspended('reveal', 'while nodes reveal'),
  sockets: idleSockets,
  stretcher: slowStretcher,
  copycat,
  pretender,
};
