import { type Claim, LifetimeLock, type LifetimeLockOptions } from '../../database/lifetime-lock';
import type { OracleDatabaseSettings } from './database';
import type { Identity } from './identity';

export interface OracleLockOptions extends Pick<LifetimeLockOptions, 'log' | 'signal' | 'graceMs'> {
  settings: OracleDatabaseSettings;
  identity: Identity;
}

/**
 * Makes two oracles on one schema, or with one account in one database, impossible until the process ends.
 * @throws FatalError when another oracle is there, naming it; the signal's reason when told to stop
 */
export function takeOracleLock({ settings, identity, ...options }: OracleLockOptions): Promise<LifetimeLock> {
  const { ORACLE_SCHEMA: schema } = settings;
  const { chainId, oracle, reporter } = identity;
  const claims: Claim[] = [
    { key: ['dpin oracle', 'schema', schema], taken: `Another oracle works in schema ${schema} of this database` },
    {
      key: ['dpin oracle', 'account', chainId, oracle.toLowerCase(), reporter.toLowerCase()],
      taken: `Another oracle works with account ${reporter} on chain ${chainId}`,
    },
  ];
  const advice = 'Stop that one first: an account has one oracle.';
  return LifetimeLock.take({ settings, owner: 'oracle', claims, advice, ...options });
}
