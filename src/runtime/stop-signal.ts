import { setMaxListeners } from 'node:events';

/** Why a process stops: it was told to. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  constructor(readonly signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
  }
}

export interface StopSignalOptions {
  /**
   * The process has children and files to put away: it also stops when its terminal closes (SIGHUP), and further
   * signals do not cut that short. Without it a second signal ends the process at once.
   */
  orderly?: boolean;
}

/** An AbortSignal that fires, with `Stopped` as its reason, when the process is told to stop: SIGTERM or SIGINT. */
export function stopSignal({ orderly = false }: StopSignalOptions = {}): AbortSignal {
  const controller = new AbortController();
  // Every wait of the process listens to it.
  setMaxListeners(0, controller.signal);
  for (const name of ['SIGTERM', 'SIGINT', ...(orderly ? (['SIGHUP'] as const) : [])] as const) {
    process.on(name, () => {
      if (controller.signal.aborted && !orderly) process.exit(0);
      controller.abort(new Stopped(name));
    });
  }
  return controller.signal;
}

/** Resolves when the signal fires. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/**
 * What the work gives, unless the signal fires first: then the work is left to itself.
 * @throws what the work throws, or the signal's reason
 */
export function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whichever loses the race may still fail; nobody waits for it any more.
  work.catch(() => undefined);
  const stopped = aborted(signal).then<never>(() => {
    throw signal.reason;
  });
  stopped.catch(() => undefined);
  return Promise.race([work, stopped]);
}
