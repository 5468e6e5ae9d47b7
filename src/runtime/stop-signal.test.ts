import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { aborted, unlessStopped } from './stop-signal';
import { compiledWorker } from './workers';

/** A process that needs a while to stop and then ends with 7. */
const PROGRAM = `
  const { stopSignal } = require(${JSON.stringify(compiledWorker('runtime/stop-signal'))});
  const signal = stopSignal({ orderly: process.argv[1] === 'orderly' });
  const running = setInterval(() => {}, 1000);
  signal.addEventListener('abort', () => {
    console.log(signal.reason.message);
    clearInterval(running);
    setTimeout(() => process.exit(7), 500);
  });
  console.log('up');
`;

/** Sends the signals, each after the process has said something. @returns its exit code, or the signal that ended it */
async function endOf(mode: 'plain' | 'orderly', signals: readonly NodeJS.Signals[]): Promise<number | string> {
  const child = spawn(process.execPath, ['-e', PROGRAM, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  for (const signal of signals) {
    await once(child.stdout, 'data');
    child.kill(signal);
  }
  const [code, endedBy] = await ended;
  return code ?? endedBy;
}

describe('the signal to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('lets a process that got %s finish', async (signal) => {
    expect(await endOf('plain', [signal])).toBe(7);
  });

  it('ends a process at once when it comes a second time', async () => {
    expect(await endOf('plain', ['SIGINT', 'SIGINT'])).toBe(0);
  });

  it('leaves a process that has things to put away the time for it', async () => {
    expect(await endOf('orderly', ['SIGINT', 'SIGTERM'])).toBe(7);
  });

  it('comes from a closed terminal too where there are things to put away', async () => {
    expect(await endOf('orderly', ['SIGHUP'])).toBe(7);
    expect(await endOf('plain', ['SIGHUP'])).toBe('SIGHUP');
  });

  it('ends a wait for it, also one that begins after it came', async () => {
    const stopping = new AbortController();
    const waiting = aborted(stopping.signal);
    stopping.abort();
    await waiting;
    await aborted(stopping.signal);
  });
});

describe('work that a stop need not wait for', () => {
  it('gives what it gives', async () => {
    expect(await unlessStopped(Promise.resolve(7), new AbortController().signal)).toBe(7);
  });

  it('is left to itself when the signal fires first, whatever becomes of it', async () => {
    const stop = new AbortController();
    let fail!: (error: Error) => void;
    const work = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const result = unlessStopped(work, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(result).rejects.toThrow('stopped');
    fail(new Error('nobody hears this'));
  });
});
