import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Interface } from 'ethers';
import * as DPNToken from '../abi/DPNToken';
import * as JobMarket from '../abi/JobMarket';
import * as NodeRegistry from '../abi/NodeRegistry';
import * as NodeStaking from '../abi/NodeStaking';
import * as ReputationOracle from '../abi/ReputationOracle';
import * as RewardDistributor from '../abi/RewardDistributor';
import * as TreeAttestation from '../abi/TreeAttestation';
import { PROJECT_ROOT } from '../runtime/project';

/**
 * The contracts a network is made of, in the order of their deployment, each with its generated ABI: our programs call
 * it, and the index follows its events. `null`: contracts call it, our programs do not, so a deployment file may leave
 * it out. All other lists of contracts follow from this one.
 */
export const CONTRACTS = {
  AccessManager: null,
  DPNToken,
  NodeRegistry,
  NodeStaking,
  ScoreBatchVerifier: null,
  TreeVerifier: null,
  ReputationOracle,
  TreeAttestation,
  JobMarket,
  RewardDistributor,
} as const;

export type ContractName = keyof typeof CONTRACTS;

/** Contracts that our programs call. */
export type CalledName = { [N in ContractName]: (typeof CONTRACTS)[N] extends null ? never : N }[ContractName];

/** All contracts in the order of their deployment. */
export const CONTRACT_NAMES = Object.keys(CONTRACTS) as ContractName[];

/** True for a contract that our programs call; every deployment file names it. */
export function isCalled(name: ContractName): name is CalledName {
  return CONTRACTS[name] !== null;
}

const interfaces = new Map<CalledName, Interface>();

/** The whole ABI of a contract, its errors included, read once from abi/<name>.json. */
export function contractInterface(name: CalledName): Interface {
  let found = interfaces.get(name);
  if (!found) {
    found = new Interface(readFileSync(path.join(PROJECT_ROOT, 'abi', `${name}.json`), 'utf8'));
    interfaces.set(name, found);
  }
  return found;
}
