import { RetryableError } from '../../runtime/errors';
import { Difference } from './difference';

const TIMEOUT_MS = 60_000;

/**
 * Fetches a file of evidence over HTTP.
 * @param url address of the evidence server, as GraphQL tells it
 * @param digits 64 hex digits
 * @returns its bytes, as they come: their hash is not looked at; null when they are not there
 * @throws Difference when there are more than `maxBytes`; RetryableError when the server does not answer as it should
 */
export async function fetchEvidence(url: string, digits: string, maxBytes: number): Promise<Uint8Array | null> {
  const address = `${url.replace(/\/+$/, '')}/evidence/${digits}`;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status === 404) return null;
    if (!response.ok || !response.body) throw new Error(`the server answers ${response.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > maxBytes) {
        await reader.cancel();
        throw new Difference(`${address} has more than the ${maxBytes} bytes that it may have`);
      }
      chunks.push(part.value);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof Difference) throw error;
    const { message, cause } = error as Error & { cause?: Error };
    throw new RetryableError(`${address} cannot be fetched: ${cause?.message || message}`, {}, { cause: error });
  }
}
