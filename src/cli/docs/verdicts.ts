import {
  FAULT_OWNERS,
  type FaultOwner,
  faultOwner,
  VERDICTS,
  type VerdictCode,
  type VerdictGroup,
} from '../../protocol/verdicts';
import { referencePage, table } from './page';

/** What a group does to a node's epoch (docs/protocol/6-verdicts.md). */
const EFFECT: Record<VerdictGroup, string> = {
  pass: 'counts, with the rate that was measured',
  neutral: 'does not count',
  missed: 'counts as 0; too many fail the epoch',
  fail: 'fails the epoch',
};

/** What the node's operator can do about it. */
const ADVICE: Record<VerdictCode, string> = {
  OK: 'nothing',
  BUSY: 'nothing',
  ORACLE_FAULT: 'nothing',
  SOFTWARE_ADAPTER: 'mend the GPU driver: the agent found no GPU',
  LATE: 'leave the GPU free and check the line; while it works on a paid shard, claim `BUSY`',
  TIMEOUT: 'leave the GPU free and check the line; while it works on a paid shard, claim `BUSY`',
  UNREACHABLE: 'keep the agent running',
  MALFORMED: 'update the agent; check that it signs with the worker key of the registry',
  WRONG_RESULT: 'look for broken memory, a broken driver or overclocking',
  BAD_OPENING: 'look for broken memory, a broken driver or overclocking',
  PROOF_INVALID: 'look for broken memory, a broken driver or overclocking',
  REPLAYED: 'run one agent per worker key',
  NO_OPENING: 'keep the agent running between commitment and opening; set `NODE_JOURNAL_FILE`',
};

const OWNS: Record<FaultOwner, string> = {
  node: 'what the node sent proves it',
  oracle: 'the reporter could not do its part',
  network: 'nothing came, or it came late: the reporter cannot tell the node from the network between them',
};

/** Owners of a code over all facts that there can be. */
function owners(code: VerdictCode): string {
  const facts = [false, true].flatMap((busy) => [false, true].map((revealed) => ({ busy, revealed })));
  const found = new Set(facts.map((one) => faultOwner(code, one)));
  return FAULT_OWNERS.filter((owner) => found.has(owner)).join(' or ') || 'nobody';
}

/** Text of docs/reference/verdicts.md. */
export function verdictsPage(): string {
  const groups = Object.keys(EFFECT) as VerdictGroup[];
  const codes = Object.entries(VERDICTS) as [VerdictCode, { group: VerdictGroup; words: string }][];
  return referencePage(
    'Verdicts',
    '`src/protocol/verdicts.ts`',
    'Every challenge ends with one verdict. Its group says how it counts; the rules are in ' +
      '[section 6 of the protocol](../protocol/6-verdicts.md).',
    table(
      ['group', 'in the node’s epoch'],
      groups.map((group) => [group, EFFECT[group]]),
    ),
    table(
      ['fault of', 'because'],
      FAULT_OWNERS.map((owner) => [owner, OWNS[owner]]),
    ),
    'A `TIMEOUT` is the node’s fault when it claimed to be busy, a `REPLAYED` when it revealed: so it was there.',
    table(
      ['code', 'group', 'fault of', 'what happened', 'what to do'],
      codes.map(([code, { group, words }]) => [`\`${code}\``, group, owners(code), words, ADVICE[code]]),
    ),
  );
}
