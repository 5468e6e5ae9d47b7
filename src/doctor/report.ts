import { printable } from '../runtime/printable';
import type { Check } from './checkup';

/** What a doctor says. */
export interface Report {
  /** Nothing fails. */
  ok: boolean;
  checks: Check[];
}

const SHOWN = { ok: 'ok  ', warn: 'warn', fail: 'FAIL', skip: 'skip' } as const;

/** The report of checks. @param secrets texts that must not be shown */
export function reportOf(checks: readonly Check[], secrets: readonly string[]): Report {
  const cleaned = checks.map(({ name, status, found, mend }) => ({
    name,
    status,
    found: masked(found, secrets),
    mend: mend === null ? null : masked(mend, secrets),
  }));
  return { ok: cleaned.every(({ status }) => status !== 'fail'), checks: cleaned };
}

/** A line for each check, under it the way out where there is something to mend, and a last line that counts. */
export function linesOf({ checks }: Report): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, found, mend }) => [
    `${SHOWN[status]}  ${name.padEnd(width)}  ${found}`,
    ...(mend === null ? [] : [`${' '.repeat(width + 8)}→ ${mend}`]),
  ]);
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const skipped = count('skip');
  const sums = `${count('ok')} ok, ${count('warn')} warn, ${count('fail')} fail`;
  return [...lines, '', skipped === 0 ? sums : `${sums}, ${skipped} skipped`];
}

/** One line of text in which the secrets are dots, and that a terminal shows as it is. */
export function masked(text: string, secrets: readonly string[]): string {
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  const shown = printable(text.replaceAll(/\s+/g, ' '));
  return longestFirst.reduce((masking, secret) => masking.replaceAll(secret, '…'), shown);
}
