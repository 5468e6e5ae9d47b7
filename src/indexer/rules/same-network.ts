import type { ContractName } from '../../chain/contracts';
import { FatalError } from '../../runtime/errors';

/** A contract whose events are indexed; null where the deployment does not have it. */
export type MarkedContract = { address: string; fromBlock: number } | null;

/** What of the world an index is about: it is kept with the rows, so that they never meet those of another one. */
export interface NetworkMark {
  chainId: number;
  /** Hash of block 0; null where the endpoint does not tell. Devnets differ in nothing else. */
  genesisHash: string | null;
  contracts: Readonly<Partial<Record<ContractName, MarkedContract>>>;
}

/**
 * Compares the network of the rows in a database with that of the settings. Contracts that only one of them knows are
 * no difference: releases follow more and more of them.
 * @param database its name
 * @throws FatalError when the rows are of another network, or lack events that the settings ask for
 */
export function requireSameNetwork(database: string, kept: NetworkMark, wanted: NetworkMark): void {
  requireSameChain(database, kept, wanted);
  for (const [name, contract] of entriesOf(wanted)) {
    const before = kept.contracts[name];
    if (before === undefined || contract === null) continue;
    if (before !== null && before.fromBlock <= contract.fromBlock) continue;
    const begins = before === null ? 'has none' : `has them from block ${before.fromBlock} on`;
    throw new FatalError(
      `DEPLOYMENT_FILE: events of ${name} are to be read from block ${contract.fromBlock} on, the index ${begins}`,
      'What happened before is missing in the index, and is not read any more. Index anew: npx dpin resync',
      { contract: name, address: contract.address },
    );
  }
}

/** As `requireSameNetwork`, for who adds no rows: where the index begins does not matter. */
export function requireSameChain(database: string, kept: NetworkMark, wanted: NetworkMark): void {
  const differences = differencesOf(kept, wanted);
  if (differences.length === 0) return;
  throw new FatalError(
    `DB_NAME: database ${JSON.stringify(database)} has the index of another network: ${differences.join('; ')}`,
    'Set DB_NAME to the database of this network, or to a new one. If the settings are right and the rows are worth ' +
      'nothing any more, index anew: npx dpin resync',
    { database: idOf(kept), settings: idOf(wanted) },
  );
}

function differencesOf(kept: NetworkMark, wanted: NetworkMark): string[] {
  const differences: string[] = [];
  const compare = (what: string, before: string | number, now: string | number) => {
    if (before !== now) differences.push(`${what} is ${before} there, ${now} in the settings`);
  };
  compare('the chain id', kept.chainId, wanted.chainId);
  if (kept.genesisHash !== null && wanted.genesisHash !== null) {
    compare('the hash of block 0', kept.genesisHash, wanted.genesisHash);
  }
  for (const [name, contract] of entriesOf(wanted)) {
    const before = kept.contracts[name];
    if (before && contract) compare(name, before.address, contract.address);
  }
  return differences;
}

function entriesOf({ contracts }: NetworkMark): [ContractName, MarkedContract][] {
  return Object.entries(contracts) as [ContractName, MarkedContract][];
}

function idOf({ chainId, contracts }: NetworkMark): string {
  return `chain ${chainId}, ReputationOracle ${contracts.ReputationOracle?.address ?? 'none'}`;
}
