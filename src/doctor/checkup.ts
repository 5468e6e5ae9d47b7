import { FatalError, RetryableError } from '../runtime/errors';

/** A check may take this long unless it says otherwise. */
const CHECK_MS = 12_000;
/** All checks together, whatever hangs. */
const WHOLE_MS = 50_000;

/**
 * `warn`: it works, but a person should know; `fail`: a person must mend it; `skip`: nobody looked, as what it needs is
 * not known.
 */
export type Status = 'ok' | 'warn' | 'fail' | 'skip';

/** What a check says, and what it learnt for those that build on it: nothing where `value` is left out. */
export interface Finding<T = unknown> {
  status: Status;
  /** One line. */
  found: string;
  /** The way out, for `warn` and `fail`. */
  mend?: string;
  value?: T;
}

/** One line of the report. */
export interface Check {
  name: string;
  status: Status;
  found: string;
  mend: string | null;
}

/** `skipped`: why the check did not look. */
type Looked<T> = Finding<T> & { skipped?: string };

/** What an earlier check learnt, or why it is not known. */
export type Learnt<T> = Promise<{ value: T } | { missing: string }>;

/** What is there without a check. */
export function known<T>(value: T): Learnt<T> {
  return Promise.resolve({ value });
}

/** The values of those that have one. @param missing why nothing is known where none has */
export async function anyOf<T>(all: readonly Learnt<T>[], missing: string): Learnt<T[]> {
  const values = (await Promise.all(all)).flatMap((one) => ('value' in one ? [one.value] : []));
  return values.length > 0 ? { value: values } : { missing };
}

type Needs = readonly Learnt<unknown>[];
type ValuesOf<N extends Needs> = { [I in keyof N]: N[I] extends Learnt<infer T> ? T : never };

export interface CheckupOptions {
  /** Words for an error that is neither of ours; undefined where it has none. */
  explain?(error: unknown): Finding | undefined;
  /** Default 50 s. */
  wholeMs?: number;
}

/** Checks that run at the same time, each as soon as what it needs is known. None of them throws, none hangs. */
export class Checkup {
  private readonly checks: Promise<Check>[] = [];
  private readonly end: Promise<void>;
  private readonly wholeMs: number;

  constructor(private readonly options: CheckupOptions = {}) {
    this.wholeMs = options.wholeMs ?? WHOLE_MS;
    this.end = after(this.wholeMs);
  }

  /**
   * Adds a check and starts it. One whose needs are not met is skipped. What mends it is said where it is missing.
   * @param needs what `work` gets, in this order
   * @param limitMs from when the needs are known
   */
  check<const N extends Needs, T>(
    name: string,
    needs: N,
    work: (...values: ValuesOf<N>) => Promise<Finding<T>> | Finding<T>,
    limitMs = CHECK_MS,
  ): Learnt<T> {
    const finding = this.run(needs, work, limitMs);
    this.checks.push(
      finding.then(({ status, found, mend }) => ({
        name,
        status,
        found,
        mend: status === 'ok' ? null : (mend ?? null),
      })),
    );
    return finding.then((one) =>
      one.value === undefined ? { missing: one.skipped ?? `${name} ${one.status}s` } : { value: one.value },
    );
  }

  /** The lines, in the order in which the checks were added. */
  done(): Promise<Check[]> {
    return Promise.all(this.checks);
  }

  private async run<N extends Needs, T>(
    needs: N,
    work: (...values: ValuesOf<N>) => Promise<Finding<T>> | Finding<T>,
    limitMs: number,
  ): Promise<Looked<T>> {
    const whole = this.end.then(() => late(this.wholeMs));
    const given = await Promise.race([Promise.all(needs), whole]);
    if (!Array.isArray(given)) return given;
    const missing = given.flatMap((one) => ('missing' in one ? [one.missing] : []));
    if (missing[0] !== undefined) {
      return { status: 'skip', found: missing[0], skipped: missing[0] };
    }
    const values = given.map((one) => (one as { value: unknown }).value) as unknown as ValuesOf<N>;
    const working = (async () => work(...values))().catch((error: unknown) => this.explained(error));
    return Promise.race([working, after(limitMs).then(() => late(limitMs)), whole]);
  }

  private explained(error: unknown): Finding<never> {
    if (error instanceof FatalError) return { status: 'fail', found: error.message, mend: error.advice };
    if (error instanceof RetryableError)
      return { status: 'fail', found: error.message, mend: 'Look again in a while.' };
    const finding = this.options.explain?.(error);
    if (finding) return { ...finding, value: undefined };
    const { message } = error as { message?: unknown };
    return { status: 'fail', found: String(message ?? error).slice(0, 300), mend: 'Report it with this line.' };
  }
}

function late(ms: number): Finding<never> {
  return {
    status: 'fail',
    found: `no answer within ${Math.round(ms / 1_000)} s`,
    mend: 'Look at what is asked there, and at the line to it.',
  };
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    // It must not keep alive a process whose checks are all done.
    setTimeout(resolve, ms).unref();
  });
}
