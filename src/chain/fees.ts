import { type Provider, Transaction } from 'ethers';

/** Fees of a transaction, wei per gas; `gasPrice` on chains without EIP-1559. */
export type Fees = { type: 2; maxFeePerGas: bigint; maxPriorityFeePerGas: bigint } | { type: 0; gasPrice: bigint };

/** Endpoints refuse a replacement that does not raise both fees by a tenth. */
const BUMP_NUMERATOR = 9n;
const BUMP_DENOMINATOR = 8n;

/** What the endpoint suggests now, never above `maxFeeWei` per gas. */
export async function suggestFees(provider: Provider, maxFeeWei: bigint): Promise<Fees> {
  const data = await provider.getFeeData();
  if (data.maxFeePerGas !== null && data.maxPriorityFeePerGas !== null) {
    return capped(
      { type: 2, maxFeePerGas: data.maxFeePerGas, maxPriorityFeePerGas: data.maxPriorityFeePerGas },
      maxFeeWei,
    );
  }
  return capped({ type: 0, gasPrice: data.gasPrice ?? 1n }, maxFeeWei);
}

/** The fees a signed transaction offers. */
export function feesOf(rawTx: string): Fees {
  const tx = Transaction.from(rawTx);
  if (tx.maxFeePerGas !== null && tx.maxPriorityFeePerGas !== null) {
    return { type: 2, maxFeePerGas: tx.maxFeePerGas, maxPriorityFeePerGas: tx.maxPriorityFeePerGas };
  }
  return { type: 0, gasPrice: tx.gasPrice ?? 0n };
}

/**
 * Fees that replace `previous`: an eighth more, or what is suggested now if that is higher.
 * @returns undefined when `maxFeeWei` leaves no room for a replacement that endpoints accept
 */
export function bumpFees(previous: Fees, suggested: Fees, maxFeeWei: bigint): Fees | undefined {
  const higher = (old: bigint, now: bigint) => {
    const raised = (old * BUMP_NUMERATOR) / BUMP_DENOMINATOR + 1n;
    return raised > now ? raised : now;
  };
  if (previous.type === 0) {
    const gasPrice = higher(previous.gasPrice, suggested.type === 0 ? suggested.gasPrice : suggested.maxFeePerGas);
    return gasPrice > maxFeeWei ? undefined : { type: 0, gasPrice };
  }
  const now = suggested.type === 2 ? suggested : { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
  const maxFeePerGas = higher(previous.maxFeePerGas, now.maxFeePerGas);
  const maxPriorityFeePerGas = higher(previous.maxPriorityFeePerGas, now.maxPriorityFeePerGas);
  if (maxFeePerGas > maxFeeWei || maxPriorityFeePerGas > maxFeePerGas) return undefined;
  return { type: 2, maxFeePerGas, maxPriorityFeePerGas };
}

function capped(fees: Fees, maxFeeWei: bigint): Fees {
  const cap = (value: bigint) => (value > maxFeeWei ? maxFeeWei : value);
  if (fees.type === 0) return { type: 0, gasPrice: cap(fees.gasPrice) };
  return { type: 2, maxFeePerGas: cap(fees.maxFeePerGas), maxPriorityFeePerGas: cap(fees.maxPriorityFeePerGas) };
}
