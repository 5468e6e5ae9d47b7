import { runCheck } from '.';
import type { LoadedCheck } from './check';
import type { CheckerMessage } from './checker-process';

/** Program of a checker process, a child of the oracle: one check at a time. */
const answer = (message: CheckerMessage) => process.send?.(message);

process.on('message', async (check: LoadedCheck) => {
  try {
    answer({ result: await runCheck(check) });
  } catch (error) {
    answer({ error: (error as Error).message });
  }
});
// The oracle is gone, by whatever means: nobody waits for an answer.
process.on('disconnect', () => process.exit(0));
// Ctrl-C on a terminal reaches the whole group; the oracle decides when its checkers end.
process.on('SIGINT', () => undefined);
answer({ ready: true });
