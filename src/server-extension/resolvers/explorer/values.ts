import { inputError } from '../../errors';

const ADDRESS = /^0x[0-9a-f]{40}$/i;
const HASH = /^0x[0-9a-f]{64}$/i;

/** Whether a text is an address, in any case. */
export const isAddress = (text: string): boolean => ADDRESS.test(text);

/** Whether a text is a transaction hash, in any case. */
export const isHash = (text: string): boolean => HASH.test(text);

/** An address as the index writes it, lower-case. @throws a message for the asker when it is none */
export function address(name: string, value: string): string {
  if (!isAddress(value)) throw inputError(`${name} is no address: 0x and 40 hex digits`);
  return value.toLowerCase();
}

/** A transaction hash as the index writes it, lower-case. @throws a message for the asker when it is none */
export function hash(name: string, value: string): string {
  if (!isHash(value)) throw inputError(`${name} is no transaction hash: 0x and 64 hex digits`);
  return value.toLowerCase();
}

/** Basis points, 0 to 10000. @throws a message for the asker */
export function basisPoints(name: string, value: number): number {
  if (value < 0 || value > 10_000) throw inputError(`${name} is ${value}, 0 to 10000 basis points are allowed`);
  return value;
}

/** An amount of DPN wei, at most 78 digits as on the chain. @throws a message for the asker */
export function wei(name: string, value: bigint): string {
  if (value < 0n || value >= 2n ** 256n) throw inputError(`${name} is none of DPN wei: 0 to 2^256 - 1`);
  return value.toString();
}

/** Id of a row of the index by the number of what it stands for. @param digits that such ids have */
export const key = (number: number | bigint, digits: number): string => number.toString().padStart(digits, '0');

export const nodeKey = (nodeId: number): string => key(nodeId, 10);
export const epochKey = (epoch: number | bigint): string => key(epoch, 10);
