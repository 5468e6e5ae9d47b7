import { type ChildProcess, spawn } from 'node:child_process';

/** A process of its own that can be killed. */
export interface TestChild extends ChildProcess {
  /** The lines it printed; rejects with the signal or exit code that ended it otherwise. */
  readonly done: Promise<string[]>;
}

/**
 * Starts a script of Node.js.
 * @param task what it has to do: the script finds it as JSON in the environment variable TASK
 * @param shell what a shell does before, for example `ulimit -f 200`
 */
export function startChild(script: string, task: object, shell = 'true'): TestChild {
  const child = spawn('/bin/sh', ['-c', `${shell}; exec "$0" "$1"`, process.execPath, script], {
    env: { ...process.env, TASK: JSON.stringify(task) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const done = new Promise<string[]>((resolve, reject) => {
    child.once('exit', (code, signal) => {
      if (code === 0) resolve(output.trim().split('\n'));
      else reject(new Error(`child ended with ${signal ?? code}: ${errors.slice(-2000)}`));
    });
  });
  // Who kills it on purpose need not look at how it ended.
  done.catch(() => undefined);
  return Object.assign(child, { done });
}
