import type { Timetable } from '../protocol/rounds/timetable';

/** What differs between the chains the network lives on and is no operator's choice. */
export interface Network {
  chainId: number;
  name: string;
  /** Real money: development proving keys and well-known accounts are refused. */
  production: boolean;
  /** How long each part of a round takes. */
  timetable: Timetable;
  /** How far a round's reveals and verdicts may reach beyond its slot, into the next ones, ms. */
  overlapMs: number;
  /** A machine whose clock differs more than this from the chain's newest block opens no round, ms. */
  maxClockDriftMs: number;
  /**
   * How long evidence stays public at least, ms. Two hours hold an epoch and the next ones: time for anybody to fetch
   * and recompute an epoch after its evidence is on the chain, also when the chain or their own machine was away for a
   * while. Longer would cost every reporter disk: a consumer node reveals 15 MB an hour.
   */
  challengeWindowMs: number;
  /** Blocks that oracle and node wait for before they build on a block. */
  finalityBlocks: number;
  /** When the index takes a block for final, after which its rows cannot be undone by a reorg. */
  indexFinality: {
    /** The endpoint's `finalized` block counts, where it is newer than what `blocks` gives. */
    tag: boolean;
    blocks: number;
  };
}

/** Chain of every devnet and every test. */
export const DEVNET_CHAIN_ID = 31_337;
/** The phrase anvil, Hardhat and their guides print: everybody holds its keys. */
export const PUBLIC_PHRASE = 'test test test test test test test test test test test junk';

const CHALLENGE_WINDOW_MS = 2 * 3_600_000;

/**
 * BNB Chain: slots of 300 s, GPU classes with a commit window of 16 s. The anchor is final within seconds as long as
 * fast finality works; the contract takes it up to 200 blocks (90 s) after the draw.
 */
const BNB_CHAIN = {
  production: true,
  timetable: { prepareMs: 10_000, commitMs: 16_000, anchorMs: 60_000, revealMs: 90_000, verdictMs: 60_000 },
  overlapMs: 0,
  maxClockDriftMs: 30_000,
  challengeWindowMs: CHALLENGE_WINDOW_MS,
  // 7 s. A deeper reorg voids a round, and nothing else.
  finalityBlocks: 15,
  // Fast finality takes two or three blocks. Without it a block is final once enough validators built on it, which
  // takes 175 to 240 blocks; a reorg of so many would be the chain's own failure.
  indexFinality: { tag: true, blocks: 240 },
} as const;

/**
 * Slots of 25 s, the development class alone. Its nodes prove in turns on one machine, which may be busy: reveals may
 * take until well into the next slots.
 */
const DEVNET = {
  production: false,
  timetable: { prepareMs: 1_000, commitMs: 11_000, anchorMs: 9_000, revealMs: 60_000, verdictMs: 20_000 },
  overlapMs: 80_000,
  maxClockDriftMs: 30_000,
  challengeWindowMs: CHALLENGE_WINDOW_MS,
  // One machine makes the blocks and never takes one back; what anvil calls finalized is 64 blocks behind.
  finalityBlocks: 2,
  indexFinality: { tag: false, blocks: 2 },
} as const;

const NETWORKS: readonly Network[] = [
  { chainId: 56, name: 'BNB Chain', ...BNB_CHAIN },
  { chainId: 97, name: 'BNB Chain testnet', ...BNB_CHAIN },
  { chainId: DEVNET_CHAIN_ID, name: 'devnet', ...DEVNET },
];

/** The network of a chain id; an unknown chain gets mainnet's strictness. */
export function networkOf(chainId: number | bigint): Network {
  const id = Number(chainId);
  const known = NETWORKS.find((network) => network.chainId === id);
  return known ?? { chainId: id, name: `chain ${id}`, ...BNB_CHAIN };
}
