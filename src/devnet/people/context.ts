import { Contract, type ContractTransactionResponse, type JsonRpcProvider, NonceManager, type Wallet } from 'ethers';
import type { Deployment } from '../../chain/deployment';
import { readArtifact } from '../../deploy/artifacts';
import type { DevnetAccounts } from '../accounts';

const names = [
  'DPNToken',
  'NodeRegistry',
  'NodeStaking',
  'JobMarket',
  'RewardDistributor',
  'ReputationOracle',
] as const;
type ActorContract = (typeof names)[number];

/** What the actors of the devnet act with. */
export interface ActorContext {
  readonly provider: JsonRpcProvider;
  readonly accounts: DevnetAccounts;
  readonly contracts: Readonly<Record<ActorContract, Contract>>;
  /** Time of the newest block, seconds. */
  readonly now: number;
  /** Counts up with every step; what an actor does next follows from it and from the chain. */
  readonly step: number;
}

const gasToSpare = 200_000n;

/** Contracts for reading, and for sending with `send`. */
export function actorContracts(provider: JsonRpcProvider, deployment: Deployment): ActorContext['contracts'] {
  const entries = names.map((name) => [
    name,
    new Contract(deployment.contracts[name], readArtifact(name).abi, provider),
  ]);
  return Object.fromEntries(entries) as ActorContext['contracts'];
}

/**
 * Sends a call as `wallet` and waits until it is mined.
 * @throws ethers' CALL_EXCEPTION when it would revert
 */
export async function send(
  { provider }: Pick<ActorContext, 'provider'>,
  wallet: Wallet,
  contract: Contract,
  method: string,
  args: readonly unknown[],
): Promise<void> {
  const connected = contract.connect(new NonceManager(wallet.connect(provider))) as Contract;
  const call = connected.getFunction(method);
  // Time passes and others act between the estimate and the block: what is settled on the way may have grown.
  const gasLimit = (await call.estimateGas(...args)) * 2n + gasToSpare;
  const sent = (await call(...args, { gasLimit })) as ContractTransactionResponse;
  await sent.wait();
}
