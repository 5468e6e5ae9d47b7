import { concat, getBytes, keccak256, toBeHex, toUtf8Bytes, type Wallet } from 'ethers';
import { type ReporterKey, reporterKeyFromSeed } from './eddsa';

/**
 * The Baby Jubjub key a reporter signs its reports with, derived from its account so that there is one secret to keep:
 * seed = keccak256(the account's EIP-191 signature over "dpin/bjj/1" ‖ chainId u256 ‖ oracle address). ECDSA signatures
 * of ethers are deterministic (RFC 6979), so the key is the same at every start; another network or oracle gives
 * another key.
 */
export async function deriveReporterKey(wallet: Wallet, chainId: number, oracle: string): Promise<ReporterKey> {
  const message = getBytes(concat([toUtf8Bytes('dpin/bjj/1'), toBeHex(chainId, 32), oracle]));
  return reporterKeyFromSeed(getBytes(keccak256(await wallet.signMessage(message))));
}
