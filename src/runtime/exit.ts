import { inspect } from 'node:util';
import { refusedByPostgres } from './database-away';
import { FatalError, RetryableError } from './errors';
import { printable } from './printable';

/** Exit code of a process that met something only a person can mend. */
export const EXIT_FATAL = 1;
/** Exit code of an audit that was finished and found differences: index and chain are not the same. */
export const EXIT_DIFFERENT = 2;
/** Exit code of a process that a supervisor should simply start again (sysexits EX_TEMPFAIL). */
export const EXIT_RETRY = 75;

/** Puts one thing away. */
export type Closer = () => unknown;

/**
 * Runs closers the other way round than given: what was opened last is closed first, each when those after it are. One
 * that fails does not keep the others from running.
 * @param limitMs resolves after this long even when they are not done: what is left must be what a crash may lose too
 */
export async function drain(closers: readonly Closer[], limitMs: number): Promise<void> {
  const closing = (async () => {
    for (const close of closers.toReversed()) {
      try {
        await close();
      } catch {
        // The process ends; nobody could do anything about it.
      }
    }
  })();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([closing, limit]);
  clearTimeout(timer);
}

/** What a process says of the error that ends it, and its exit code. What others said in it moves no cursor. */
export function lastWords(error: unknown): { text: string; code: number } {
  const { text, code } = wordsOf(error);
  return { text: printable(text), code };
}

function wordsOf(error: unknown): { text: string; code: number } {
  if (error instanceof FatalError) {
    return { text: `${error.message}\n${error.advice}${listed(error.facts)}`, code: EXIT_FATAL };
  }
  if (error instanceof RetryableError) return { text: `${error.message}${listed(error.facts)}`, code: EXIT_RETRY };
  const refused = refusedByPostgres(error);
  return refused ? wordsOf(refused) : { text: inspect(error), code: EXIT_FATAL };
}

function listed(facts: Readonly<Record<string, unknown>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `\n  ${name}: ${String(value)}`)
    .join('');
}
