/** The periods that the network's series have a row of: days, and epochs of the oracle. */

const DAY_SECONDS = 86_400;
/** Stands for all time before epoch 0. */
const BEFORE_GENESIS = -1;

/** When epochs of the oracle are: ReputationOracle.genesisTime and epochSeconds. */
export interface EpochClock {
  /** Start of epoch 0, seconds since 1970. */
  genesisSeconds: number;
  epochSeconds: number;
}

/** One period, in seconds since 1970. */
export interface Period {
  number: number;
  /** Its first second; 0 for all time before epoch 0. */
  startSeconds: number;
  /** The first second after it. */
  endSeconds: number;
}

/** The day (UTC) of a time. */
export function dayAt(seconds: number): Period {
  return periodOf(Math.floor(seconds / DAY_SECONDS), 0, DAY_SECONDS);
}

/** The epoch of a time as Epochs.currentEpoch counts; number -1 is all time before epoch 0. */
export function epochAt({ genesisSeconds, epochSeconds }: EpochClock, seconds: number): Period {
  if (seconds < genesisSeconds) return { number: BEFORE_GENESIS, startSeconds: 0, endSeconds: genesisSeconds };
  return periodOf(Math.floor((seconds - genesisSeconds) / epochSeconds), genesisSeconds, epochSeconds);
}

/** When an epoch's measurements end, seconds since 1970: what BatchProven calls observedAt. */
export function epochEndSeconds({ genesisSeconds, epochSeconds }: EpochClock, epoch: bigint): bigint {
  return BigInt(genesisSeconds) + (epoch + 1n) * BigInt(epochSeconds);
}

function periodOf(number: number, zeroSeconds: number, lengthSeconds: number): Period {
  const startSeconds = zeroSeconds + number * lengthSeconds;
  return { number, startSeconds, endSeconds: startSeconds + lengthSeconds };
}
