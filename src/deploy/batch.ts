import type { AbiFunction } from '@subsquid/evm-abi';
import { type JsonRpcProvider, Transaction, type TransactionRequest, type Wallet } from 'ethers';
import { type Arguments, type DeployedContract, functionName } from '../chain/call';
import { sleep } from '../runtime/backoff';
import { FatalError } from '../runtime/errors';

const GAS_PRICE = { maxFeePerGas: 10_000_000_000n, maxPriorityFeePerGas: 1_000_000_000n };
const MINED_TIMEOUT_MS = 30_000;

/**
 * Many transactions sent at once in a fixed order, so that a whole network is set up in a block or two instead of a
 * block per step. Later ones build on earlier: the chain must take transactions of several accounts in the order they
 * arrive (anvil with `--order fifo`; a public one promises it within one account only), let one account have many
 * pending, and mine each for the fees above within half a minute.
 */
export class TransactionBatch {
  private readonly queued: { label: string; wallet: Wallet; request: TransactionRequest }[] = [];

  constructor(private readonly provider: JsonRpcProvider) {}

  /** Queues a raw transaction; `label` names it in errors. */
  add(label: string, wallet: Wallet, request: TransactionRequest): void {
    this.queued.push({ label, wallet, request });
  }

  /** Queues a contract call. */
  // biome-ignore lint/suspicious/noExplicitAny: callers infer the types
  call<F extends AbiFunction<any, any>>(
    wallet: Wallet,
    contract: DeployedContract,
    fn: F,
    args: Arguments<F>,
    gasLimit = 1_000_000,
  ): void {
    this.add(functionName(fn), wallet, { to: contract.address, data: contract.encode(fn, args), gasLimit });
  }

  /**
   * Signs, sends and waits until all are mined.
   * @returns the block of the last one and the gas of all
   * @throws FatalError naming the first that reverted
   */
  async send(): Promise<{ blockNumber: number; gasUsed: bigint }> {
    const { chainId } = await this.provider.getNetwork();
    const nonces = new Map<string, number>();
    const hashes: { label: string; hash: string }[] = [];
    for (const { label, wallet, request } of this.queued.splice(0)) {
      const nonce = nonces.get(wallet.address) ?? (await this.provider.getTransactionCount(wallet.address, 'pending'));
      nonces.set(wallet.address, nonce + 1);
      const signed = await wallet.signTransaction({ ...GAS_PRICE, ...request, nonce, chainId, type: 2 });
      await this.provider.send('eth_sendRawTransaction', [signed]);
      hashes.push({ label, hash: Transaction.from(signed).hash as string });
    }
    let gasUsed = 0n;
    let blockNumber = 0;
    for (const { label, hash } of hashes) {
      const receipt = await this.mined(label, hash);
      if (receipt.status !== 1) {
        throw new FatalError(
          `Setting up the network failed at ${label}`,
          'Are the contracts built from these sources? Run npm run build, then deploy anew.',
          {
            transaction: hash,
            gasUsed: receipt.gasUsed,
          },
        );
      }
      gasUsed += receipt.gasUsed;
      blockNumber = receipt.blockNumber;
    }
    return { blockNumber, gasUsed };
  }

  private async mined(label: string, hash: string) {
    for (let waitedMs = 0; waitedMs < MINED_TIMEOUT_MS; waitedMs += 50) {
      const receipt = await this.provider.getTransactionReceipt(hash);
      if (receipt) return receipt;
      await sleep(50);
    }
    throw new FatalError(
      `The chain does not mine ${label}`,
      'Is its node overloaded, or does it ask for higher fees? Start again.',
      { hash },
    );
  }
}
