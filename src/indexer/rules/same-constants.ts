import type { Constant } from '../../chain/constants';
import { FatalError } from '../../runtime/errors';
import type { EpochClock } from './periods';
import { LAST_SECOND } from './storable';

/** Longest epoch that is believed, seconds: a year. */
const LONGEST_EPOCH_SECONDS = 366 * 86_400;

/**
 * Compares the constants that an index was begun with with those of the endpoint. One that only one of them has is no
 * difference: releases read more and more of them.
 * @throws FatalError naming the constant, both values and what to do
 */
export function requireSameConstants(kept: readonly Constant[], said: readonly Constant[]): void {
  for (const { contract, name, value } of said) {
    const before = kept.find((one) => one.contract === contract && one.name === name)?.value;
    if (before === undefined || before === value) continue;
    throw new FatalError(
      `RPC_URL: ${contract}.${name} is ${value} there, ${before} in the index, and it never changes`,
      'One of the two answers was wrong. Set RPC_URL to another endpoint. If that one says the same, the index was made ' +
        'with a wrong one: index anew, npx dpin resync',
      { contract, name, indexed: before, said: value },
    );
  }
}

/**
 * When epochs are, by the constants of the oracle.
 * @throws FatalError for values that no oracle can have
 */
export function epochClockOf(constants: readonly Constant[]): EpochClock {
  const read = (name: 'genesisTime' | 'epochSeconds', most: number): number => {
    const value = constants.find((one) => one.contract === 'ReputationOracle' && one.name === name)?.value ?? 'missing';
    const number = Number(value);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    throw new FatalError(
      `RPC_URL: ReputationOracle.${name} is ${value} there, which is not between 1 and ${most}`,
      'Set RPC_URL to another endpoint, and see that DEPLOYMENT_FILE names the oracle of this network.',
      { name, said: value },
    );
  };
  return {
    genesisSeconds: read('genesisTime', LAST_SECOND),
    epochSeconds: read('epochSeconds', LONGEST_EPOCH_SECONDS),
  };
}
