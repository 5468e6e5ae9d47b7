import { join } from 'node:path';

/** SHA-256 in lower-case hex, with or without 0x; nothing else ever becomes part of a path. */
const HASH = /^(?:0x)?([0-9a-f]{64})$/;
/** Sub-folders of the files, by the first byte of their hashes. */
export const PREFIXES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The 64 hex digits of a hash; null for what is none. */
export function hashDigits(text: string): string | null {
  return HASH.exec(text)?.[1] ?? null;
}

/** Folder of the files that have a first byte, or of all. */
export function filesFolder(folder: string, prefix = ''): string {
  return join(folder, 'files', prefix);
}

/** Where the file with a hash lies. @param digits 64 hex digits, from `hashDigits` */
export function fileOf(folder: string, digits: string): string {
  return join(filesFolder(folder, digits.slice(0, 2)), digits);
}

/** Where files are while they are written. */
export function temporaryFolder(folder: string): string {
  return join(folder, 'tmp');
}

/** Where it is written down which file came when. */
export function agesFolder(folder: string): string {
  return join(folder, 'ages');
}
