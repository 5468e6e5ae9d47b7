/** How a verdict counts (protocol section 6). */
export type VerdictGroup = 'pass' | 'neutral' | 'missed' | 'fail';

interface VerdictRow {
  group: VerdictGroup;
  /** What happened, in words a node's operator understands. */
  words: string;
}

/** Every verdict code; the generated reference and the API read this table. */
export const VERDICTS = {
  OK: { group: 'pass', words: 'The work was committed in time and every sampled part of it is right.' },
  BUSY: { group: 'neutral', words: 'The node was working on a paid shard claimed before the epoch began.' },
  ORACLE_FAULT: { group: 'neutral', words: 'The reporter could not do its part of this challenge; it does not count.' },
  LATE: { group: 'missed', words: 'The commitment came within two seconds after the deadline.' },
  TIMEOUT: { group: 'missed', words: 'No commitment came, or a busy claim that does not excuse.' },
  UNREACHABLE: { group: 'missed', words: 'The node had no session with the reporter when the challenges went out.' },
  MALFORMED: { group: 'missed', words: 'The node sent a frame that does not follow the protocol.' },
  SOFTWARE_ADAPTER: {
    group: 'missed',
    words: 'The node says that it computes without a GPU, which only the development class may.',
  },
  WRONG_RESULT: { group: 'fail', words: 'An opened entry is not what the task gives.' },
  BAD_OPENING: { group: 'fail', words: 'The opening does not belong to the commitment.' },
  PROOF_INVALID: { group: 'fail', words: 'The zero-knowledge proof does not verify.' },
  REPLAYED: {
    group: 'fail',
    words: 'The commitment was also given elsewhere, and the node could not open it for its own task.',
  },
  NO_OPENING: { group: 'fail', words: 'The node committed but did not open in time.' },
} as const satisfies Record<string, VerdictRow>;

export type VerdictCode = keyof typeof VERDICTS;
export const VERDICT_CODES = Object.keys(VERDICTS) as [VerdictCode, ...VerdictCode[]];

/** Group of a code. */
export function verdictGroup(code: VerdictCode): VerdictGroup {
  return VERDICTS[code].group;
}
