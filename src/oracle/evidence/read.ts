import { readFile, stat } from 'node:fs/promises';
import { RetryableError } from '../../runtime/errors';
import { fileOf } from './layout';

/**
 * Reads a file of a store that another process may be writing to, without opening the store.
 * @param digits 64 hex digits
 * @returns its bytes, whatever their hash; null when they are not there
 * @throws RetryableError when there are more than `maxBytes`, or the disk fails
 */
export async function readEvidence(folder: string, digits: string, maxBytes: number): Promise<Uint8Array | null> {
  const file = fileOf(folder, digits);
  try {
    const { size } = await stat(file);
    if (size > maxBytes) throw new Error(`it has ${size} bytes, ${maxBytes} are allowed`);
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new RetryableError(`${file} cannot be read: ${message}`, {}, { cause: error });
  }
}
