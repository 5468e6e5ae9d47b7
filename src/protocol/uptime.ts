const BPS = 10_000n;

/** How the oracle contract numbers epochs; seconds since 1970, and seconds. */
export interface EpochClock {
  genesisTime: bigint;
  epochSeconds: bigint;
}

/** Epochs in a row, both ends included; none when `first` is above `last`. */
export interface EpochRange {
  first: bigint;
  last: bigint;
}

/** Epochs of a node that the reporters' quorum called passed and failed, counted from its first one. */
export interface VoteCount {
  passed: bigint;
  failed: bigint;
}

/** A node's epochs of a window by what the quorum said of them. */
export interface Uptime extends VoteCount {
  /** Epochs that ended in the window */
  epochs: bigint;
  /** The rest of them: the quorum said nothing, which never counts as failed */
  notMeasured: bigint;
  /** Passed of those measured; null when none was */
  uptimeBps: bigint | null;
  /** Measured of all; null when there were none */
  coverageBps: bigint | null;
}

/** Epoch that holds a time, ReputationOracle's epochAt; negative before the genesis time. */
export function epochAt({ genesisTime, epochSeconds }: EpochClock, seconds: bigint): bigint {
  const since = seconds - genesisTime;
  return since >= 0n ? since / epochSeconds : -((-since + epochSeconds - 1n) / epochSeconds);
}

/** First moment of an epoch, seconds since 1970. */
export function epochStart({ genesisTime, epochSeconds }: EpochClock, epoch: bigint): bigint {
  return genesisTime + epoch * epochSeconds;
}

/**
 * Epochs of a window that ends with the end of an epoch: those that ended in it, while the node was registered.
 * @param last epoch with whose end the window ends: the newest proven one, so that none counts that waits for its proof
 * @param registeredAt seconds since 1970; the epoch in which a node registered ended while it was
 */
export function epochsOfWindow(
  clock: EpochClock,
  { windowSeconds, last, registeredAt }: { windowSeconds: bigint; last: bigint; registeredAt: bigint },
): EpochRange {
  const inWindow = (windowSeconds + clock.epochSeconds - 1n) / clock.epochSeconds;
  return { first: largest(last - inWindow + 1n, epochAt(clock, registeredAt), 0n), last };
}

/**
 * What the quorum said of a node in these epochs.
 * @param atEnd its counts after the last of them
 * @param before its counts before the first of them
 */
export function uptimeOf({ first, last }: EpochRange, atEnd: VoteCount, before: VoteCount): Uptime {
  const passed = atEnd.passed - before.passed;
  const failed = atEnd.failed - before.failed;
  const measured = passed + failed;
  const epochs = largest(last - first + 1n, 0n);
  return {
    epochs,
    passed,
    failed,
    notMeasured: largest(epochs - measured, 0n),
    uptimeBps: measured === 0n ? null : (passed * BPS) / measured,
    coverageBps: epochs === 0n ? null : (measured * BPS) / epochs,
  };
}

function largest(first: bigint, ...others: bigint[]): bigint {
  let most = first;
  for (const value of others) if (value > most) most = value;
  return most;
}
