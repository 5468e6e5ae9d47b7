import { setMaxListeners } from 'node:events';

/** An AbortSignal that fires at SIGTERM or SIGINT; a second signal ends the process at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  // Every wait of the process listens to it.
  setMaxListeners(0, controller.signal);
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(0);
      controller.abort(new Error(`stopped by ${name}`));
    });
  }
  return controller.signal;
}
