import type { Logger } from '@subsquid/logger';
import type { TypedDataDomain } from 'ethers';
import type { Chain } from '../../chain/connect';
import type { TransactionSender } from '../../chain/sender';
import type { TypedDataSigner } from '../../protocol/eip712';
import type { Gateway } from '../gateway/gateway';
import type { ChallengeStore } from '../store/challenges';
import type { OpeningStore } from '../store/openings';
import type { RoundStore } from '../store/rounds';
import type { Verifier } from '../verification/verifier';
import type { OpenClasses } from './open-classes';

/** When rounds are: read once from the ReputationOracle. */
export interface SlotTimes {
  genesisMs: number;
  slotMs: number;
  slotsPerEpoch: number;
}

/** What the steps of a round work with; a part of one says which of these it takes. */
export interface RoundContext {
  chain: Pick<Chain, 'chainId' | 'registry' | 'staking' | 'market' | 'oracle' | 'blocks'>;
  /** Lower-case address of the ReputationOracle. */
  oracleAddress: string;
  sender: Pick<TransactionSender, 'send'>;
  rounds: RoundStore;
  challenges: ChallengeStore;
  openings: OpeningStore;
  gateway: Pick<Gateway, 'ask' | 'send' | 'isReachable' | 'adapter' | 'refuse' | 'size' | 'expect' | 'expectNoMore'>;
  verifier: Pick<Verifier, 'check'>;
  signer: TypedDataSigner;
  domain: TypedDataDomain;
  openClasses: OpenClasses;
  /** The reporter's account, lower-case. */
  reporter: string;
  times: SlotTimes;
  /** Shortest time between COINS and NO_OPENING. */
  minOpenMs: number;
  /** A shard below this price excuses nobody (protocol section 2). */
  minBusyPriceWei: bigint;
  software: string;
  log: Logger;
  /** Fires when the process stops; every wait ends with its reason and the round stays as it is in the database. */
  signal: AbortSignal;
}

/** Slot of a round. @returns ms since 1970 */
export function slotOf(round: number, times: SlotTimes): { startMs: number; endMs: number } {
  const startMs = times.genesisMs + round * times.slotMs;
  return { startMs, endMs: startMs + times.slotMs };
}

export function epochOf(round: number, times: SlotTimes): number {
  return Math.floor(round / times.slotsPerEpoch);
}

/** Round whose slot covers a time; negative before genesis. */
export function roundAt(ms: number, times: SlotTimes): number {
  return Math.floor((ms - times.genesisMs) / times.slotMs);
}
