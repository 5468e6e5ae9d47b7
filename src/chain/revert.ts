import { type Interface, isCallException, isHexString } from 'ethers';

/** A call or transaction that the contract refused; `reason` is its custom error with arguments, or the revert text. */
export class ContractRevert extends Error {
  override readonly name = 'ContractRevert';
  constructor(
    readonly reason: string,
    readonly errorName: string,
    context: string,
  ) {
    super(`${context} reverted: ${reason}`);
  }
}

/**
 * Turns an ethers call exception into a ContractRevert with the custom error's name, decoded by the contract's ABI.
 * @returns undefined for any other error (no connection, bad arguments).
 */
export function decodeRevert(error: unknown, abi: Interface | undefined, context: string): ContractRevert | undefined {
  if (!isCallException(error)) return undefined;
  // BAD_DATA for an address without code is a call exception too, but without data: name it as it is.
  const described = describeRevertData(error.data ?? revertDataOf(error), abi);
  if (described) return new ContractRevert(described.reason, described.errorName, context);
  const text = error.reason ?? 'without a reason';
  return new ContractRevert(text, error.reason ? 'Error' : 'Unknown', context);
}

/** Name and arguments of revert data; undefined when it is empty. */
export function describeRevertData(
  data: string | null | undefined,
  abi: Interface | undefined,
): { reason: string; errorName: string } | undefined {
  if (!data || !isHexString(data) || data.length < 10) return undefined;
  const parsed = abi?.parseError(data);
  if (parsed) {
    const values = parsed.fragment.inputs.map((input, index) => {
      const value = String(parsed.args[index]);
      return input.name ? `${input.name}: ${value}` : value;
    });
    return { reason: `${parsed.name}(${values.join(', ')})`, errorName: parsed.name };
  }
  return { reason: `unknown error ${data.slice(0, 10)}`, errorName: 'Unknown' };
}

/** Endpoints put the revert data at different depths of the error they answer. */
function revertDataOf(error: unknown): string | undefined {
  const info = (error as { info?: { error?: { data?: unknown } } }).info?.error?.data;
  if (typeof info === 'string') return info;
  const nested = (info as { data?: unknown } | undefined)?.data;
  return typeof nested === 'string' ? nested : undefined;
}
