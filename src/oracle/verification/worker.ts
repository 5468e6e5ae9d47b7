import { parentPort } from 'node:worker_threads';
import { type Check, runCheck } from './checks';
import type { WorkerMessage } from './verifier';

/** Entry point of the verification worker: one check at a time, in order of arrival. */
const port = parentPort;
if (!port) throw new Error('this file runs as a worker thread');

let last: Promise<void> = Promise.resolve();
const answer = (message: WorkerMessage) => port.postMessage(message);

port.on('message', ({ id, check }: { id: number; check: Check }) => {
  last = last.then(async () => {
    try {
      answer({ id, result: await runCheck(check) });
    } catch (error) {
      answer({ id, error: (error as Error).message });
    }
  });
});
answer({ ready: true });
