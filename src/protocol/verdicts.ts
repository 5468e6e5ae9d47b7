/** How a verdict counts (protocol section 6). */
export type VerdictGroup = 'pass' | 'neutral' | 'missed' | 'fail';

/**
 * Whose fault a challenge that did not pass is, as far as the recorded facts prove it: `node` by something that the
 * node sent, `oracle` where the reporter could not do its part. `network`: nothing came, or it came late; the reporter
 * cannot tell the node from the network between them.
 */
export const FAULT_OWNERS = ['node', 'oracle', 'network'] as const;
export type FaultOwner = (typeof FAULT_OWNERS)[number];

interface VerdictRow {
  group: VerdictGroup;
  /** Whose fault it is unless the facts tell more (`faultOwner`); null where nobody is to blame. */
  fault: FaultOwner | null;
  /** What happened, in words a node's operator understands. */
  words: string;
}

/** Every verdict code; the generated reference and the API read this table. */
export const VERDICTS = {
  OK: { group: 'pass', fault: null, words: 'The work was committed in time and every sampled part of it is right.' },
  BUSY: {
    group: 'neutral',
    fault: null,
    words: 'The node was working on a paid shard claimed before the epoch began.',
  },
  ORACLE_FAULT: {
    group: 'neutral',
    fault: 'oracle',
    words: 'The reporter could not do its part of this challenge; it does not count.',
  },
  LATE: { group: 'missed', fault: 'network', words: 'The commitment came within two seconds after the deadline.' },
  TIMEOUT: { group: 'missed', fault: 'network', words: 'No commitment came, or a busy claim that does not excuse.' },
  UNREACHABLE: {
    group: 'missed',
    fault: 'network',
    words: 'The node had no session with the reporter when the challenges went out.',
  },
  MALFORMED: { group: 'missed', fault: 'node', words: 'The node sent a frame that does not follow the protocol.' },
  SOFTWARE_ADAPTER: {
    group: 'missed',
    fault: 'node',
    words: 'The node says that it computes without a GPU, which only the development class may.',
  },
  WRONG_RESULT: { group: 'fail', fault: 'node', words: 'An opened entry is not what the task gives.' },
  BAD_OPENING: { group: 'fail', fault: 'node', words: 'The opening does not belong to the commitment.' },
  PROOF_INVALID: { group: 'fail', fault: 'node', words: 'The zero-knowledge proof does not verify.' },
  REPLAYED: {
    group: 'fail',
    fault: 'network',
    words: 'The commitment was also given elsewhere, and the node could not open it for its own task.',
  },
  NO_OPENING: { group: 'fail', fault: 'network', words: 'The node committed but did not open in time.' },
} as const satisfies Record<string, VerdictRow>;

export type VerdictCode = keyof typeof VERDICTS;
export const VERDICT_CODES = Object.keys(VERDICTS) as [VerdictCode, ...VerdictCode[]];

/** Group of a code. */
export function verdictGroup(code: VerdictCode): VerdictGroup {
  return VERDICTS[code].group;
}

/** What of a challenge's facts tells the node from the network. */
export interface FaultFacts {
  /** The node claimed to be busy */
  busy: boolean;
  /** Its whole reveal arrived */
  revealed: boolean;
}

/**
 * Whose fault a verdict is, from what was recorded and no more: a node that said it was busy, or revealed the wrong
 * thing, was there. Null for a pass and an excuse.
 */
export function faultOwner(code: VerdictCode, { busy, revealed }: FaultFacts): FaultOwner | null {
  if (code === 'TIMEOUT' && busy) return 'node';
  if (code === 'REPLAYED' && revealed) return 'node';
  return VERDICTS[code].fault;
}
