import { DEVNET_CHAIN_ID, networkOf, PUBLIC_PHRASE } from '../config/networks';

export { DEVNET_CHAIN_ID } from '../config/networks';

/**
 * Everything that makes the devnet the devnet. The rules of the protocol are not here; these are the network's choices.
 */

/** Known to everybody (it is anvil's and Hardhat's): its keys must never hold anything of value. */
export const DEVNET_MNEMONIC = PUBLIC_PHRASE;
export const BLOCK_TIME_SECONDS = 1;
export const FINALITY_BLOCKS = networkOf(DEVNET_CHAIN_ID).finalityBlocks;

/** Who holds which account of the mnemonic (path m/44'/60'/0'/0/index). */
export const ACCOUNT_INDEX = {
  deployer: 0,
  /** One runs by default; another index here (7 to 9 are free) is another reporter. */
  reporters: [1],
  treasury: 2,
  client: 3,
  firstStaker: 4,
  firstOperator: 10,
  firstWorker: 30,
} as const;
export const STAKER_COUNT = 3;
/** Accounts that the chain gives ether to. */
export const FUNDED_ACCOUNTS = 30;

const DPN = 10n ** 18n;

export const ORACLE_PARAMETERS = {
  /** Holds the timetable up to the anchor; reveals and verdicts reach beyond it. */
  slotSeconds: 25,
  slotsPerEpoch: 2,
  maxRoundBlocks: 200,
  reportGraceSeconds: 30,
  /** From deployment to the first epoch: what the processes need to come up and the nodes to connect. */
  genesisDelaySeconds: 14,
} as const;

/** Formula of the score, protocol section 8. */
export const SCORE_PARAMETERS = {
  lambda: 64_225, // 0.98: half of an epoch's weight is gone after 34 epochs
  eta: 16_384, // a quarter of the new measurement
  failWeight: 3,
  priorWeight: 65_536, // one passed epoch's worth of doubt
  quorum: 1,
  maxIdle: 10,
  establishedAt: 4 * 65_536, // four epochs
} as const;

export const MARKET_PARAMETERS = { feeBps: 250, acceptWindowSeconds: 60 } as const;

export const STAKING_PARAMETERS = {
  certificationThresholdWei: 500n * DPN,
  unbondingDelaySeconds: 60,
  commissionNoticeSeconds: 60,
} as const;

export const EMISSION_PARAMETERS = {
  fundedWei: 2_000_000n * DPN,
  durationSeconds: 30 * 24 * 3600,
  stakeCapWei: 100_000n * DPN,
  /** 1/10000 by hardware class; class 0 earns on a devnet only. */
  classWeightsBps: [10_000, 10_000, 10_000, 10_000],
} as const;

export const ACTOR_PARAMETERS = {
  operatorStakeWei: 1_000n * DPN,
  stakerFundsWei: 50_000n * DPN,
  clientFundsWei: 100_000n * DPN,
  firstDelegationWei: 2_000n * DPN,
  jobShards: 3,
  shardPriceWei: 5n * DPN,
  jobDeadlineSeconds: 120,
  secondsBetweenSteps: 6,
} as const;

/** How a node of the devnet behaves; all but the honest ones exist to be caught. */
export type Behaviour = 'honest' | 'slow' | 'skip' | 'replay' | 'silent' | 'stretch' | 'copy';

/** Hardware class of the devnet's nodes: development, measured on the CPU. */
export const HARDWARE_CLASS = 0;

export interface DevnetNode {
  behaviour: Behaviour;
  region: string;
  hardwareClass: number;
  /** It is registered, but runs only once it is asked for. */
  startsLater?: true;
}

const node = (behaviour: Behaviour, region: string): DevnetNode => {
  return { behaviour, region, hardwareClass: HARDWARE_CLASS };
};

/** The nodes in order of their nodeId. */
export const NODES: readonly DevnetNode[] = [
  node('honest', 'eu-west'),
  node('honest', 'us-east'),
  node('honest', 'ap-south'),
  node('honest', 'eu-north'),
  node('slow', 'us-west'),
  node('skip', 'sa-east'),
  node('replay', 'ap-east'),
  node('silent', 'af-south'),
];

/** Those of `npm run faults`, as many: the honest ones, and attackers that come one after the other. */
export const FAULT_NODES: readonly DevnetNode[] = [
  ...NODES.slice(0, 5),
  { ...node('stretch', 'sa-east'), startsLater: true },
  { ...node('copy', 'ap-east'), startsLater: true },
  // It says that it is a card of a data centre, and has a CPU.
  { ...node('honest', 'af-south'), hardwareClass: 3, startsLater: true },
];
/** Whose commitment the copying node shows: a node that works, but slower than it, so that the copy comes first. */
export const COPIED_NODE = 4;
