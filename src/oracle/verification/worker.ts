import { runCheck } from '.';
import type { Check } from './check';
import type { WorkerMessage } from './verifier';

/** Entry point of the verification worker, a child of the oracle: one check at a time, in order of arrival. */
let last: Promise<void> = Promise.resolve();
const answer = (message: WorkerMessage) => process.send?.(message);

process.on('message', ({ id, check }: { id: number; check: Check }) => {
  last = last.then(async () => {
    try {
      answer({ id, result: await runCheck(check) });
    } catch (error) {
      answer({ id, error: (error as Error).message });
    }
  });
});
// The oracle is gone, by whatever means: nobody waits for an answer.
process.on('disconnect', () => process.exit(0));
// Ctrl-C on a terminal reaches the whole group; the oracle decides when its worker ends.
process.on('SIGINT', () => undefined);
answer({ ready: true });
