import { type Interface, isError, type JsonRpcProvider } from 'ethers';
import { RetryableError } from '../runtime/errors';
import type { OutboxRow } from './outbox';
import { ContractRevert, decodeRevert } from './revert';

/**
 * Hands a signed transaction to the endpoint. Answers that mean "I have it, had it, or have a better attempt with this
 * nonce" count as done: the receipts will tell which.
 * @throws RetryableError when the endpoint is away, refuses it, or the account cannot pay
 */
export async function broadcast(provider: JsonRpcProvider, row: OutboxRow): Promise<void> {
  try {
    await provider.send('eth_sendRawTransaction', [row.rawTx]);
  } catch (error) {
    if (error instanceof RetryableError) throw error;
    if (isError(error, 'INSUFFICIENT_FUNDS')) throw explainFunds(error, row.from);
    if (isError(error, 'NONCE_EXPIRED') || isError(error, 'REPLACEMENT_UNDERPRICED') || isKnown(error)) return;
    const reason = String((error as Error).message).slice(0, 200);
    throw new RetryableError('the endpoint refused the transaction', { key: row.key, reason }, { cause: error });
  }
}

/** Endpoints word "I have these very bytes" differently. */
function isKnown(error: unknown): boolean {
  const { message, info } = error as { message?: string; info?: { error?: { message?: string } } };
  return /already known|already imported|known transaction|already exists/i.test(`${message} ${info?.error?.message}`);
}

/** Says which account needs money; any other error comes back as it is. */
export function explainFunds(error: unknown, account: string): unknown {
  if (!isError(error, 'INSUFFICIENT_FUNDS')) return error;
  return new RetryableError("the account cannot pay for gas; send it the chain's coin", { account }, { cause: error });
}

/** Why a transaction reverted in its block: called again on the state before, then after the block. */
export async function explainRevert(
  provider: JsonRpcProvider,
  row: OutboxRow,
  blockNumber: number,
  abi: Interface | undefined,
): Promise<ContractRevert> {
  for (const blockTag of [blockNumber - 1, blockNumber]) {
    try {
      await provider.call({ from: row.from, to: row.to, data: row.data, blockTag });
    } catch (error) {
      const revert = decodeRevert(error, abi, row.key);
      if (revert) return revert;
    }
  }
  return new ContractRevert(
    'in its block only (out of gas, or an earlier transaction of the block)',
    'Unknown',
    row.key,
  );
}
