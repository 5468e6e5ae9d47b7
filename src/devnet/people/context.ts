import type { AbiFunction } from '@subsquid/evm-abi';
import { type JsonRpcProvider, NonceManager, type Wallet } from 'ethers';
import type { Arguments, DeployedContract } from '../../chain/call';
import type { CalledName } from '../../chain/contracts';
import type { DevnetAccounts } from '../accounts';

/** What the actors of the devnet act with. */
export interface ActorContext {
  readonly provider: JsonRpcProvider;
  readonly accounts: DevnetAccounts;
  readonly contracts: Readonly<Record<CalledName, DeployedContract>>;
  /** Time of the newest block, seconds. */
  readonly now: number;
  /** Counts up with every step; what an actor does next follows from it and from the chain. */
  readonly step: number;
}

const GAS_TO_SPARE = 200_000n;

/**
 * Sends a call as `wallet` and waits until it is mined.
 * @throws ethers' CALL_EXCEPTION when it would revert
 */
// biome-ignore lint/suspicious/noExplicitAny: callers infer the types
export async function send<F extends AbiFunction<any, any>>(
  { provider }: Pick<ActorContext, 'provider'>,
  wallet: Wallet,
  contract: DeployedContract,
  fn: F,
  args: Arguments<F>,
): Promise<void> {
  const signer = new NonceManager(wallet.connect(provider));
  const call = { to: contract.address, data: contract.encode(fn, args) };
  // Time passes and others act between the estimate and the block: what is settled on the way may have grown.
  const gasLimit = (await signer.estimateGas(call)) * 2n + GAS_TO_SPARE;
  const sent = await signer.sendTransaction({ ...call, gasLimit });
  await sent.wait();
}
