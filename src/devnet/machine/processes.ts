import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Command line of a process (arguments separated by spaces), undefined when it is gone. */
export function commandOf(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  if (existsSync('/proc/self/cmdline')) {
    try {
      // A zombie has an empty command line; it holds nothing that we would wait for.
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined;
    } catch {
      return undefined;
    }
  }
  const listed = spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
  return listed.status === 0 ? listed.stdout.trim() || undefined : undefined;
}

/**
 * Ends `child` when this process is gone, even by kill -9: a shell waits on a pipe that only we hold open.
 * Does nothing on Windows, where the next start stops what was left.
 */
export function endWithUs(child: ChildProcess, signal: 'INT' | 'TERM'): void {
  if (process.platform === 'win32' || child.pid === undefined) return;
  const script = 'trap "" INT TERM HUP; read _; kill -s "$1" "$2" 2>/dev/null';
  const guard = spawn('/bin/sh', ['-c', script, 'dpin-guard', signal, String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  guard.on('error', () => {});
  guard.unref();
  (guard.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  // The id may be given to another process afterwards: the guard must not outlive the child.
  child.once('exit', () => guard.kill('SIGKILL'));
}

/** Resolves once the child has ended; at once when it already has. */
export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => child.once('exit', () => done()));
}

/** Ids of all processes by the id of their parent, from /proc. */
export function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // The name in parentheses may itself hold spaces and parentheses; the parent follows the last one.
    const stat = readIfThere(`/proc/${name}/stat`);
    const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (!Number.isInteger(parent)) continue;
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return children;
}

/** Text of a file of /proc: a process may end between being listed and being read. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
