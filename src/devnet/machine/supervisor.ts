import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_FATAL } from '../../runtime/exit';
import { PROJECT_ROOT } from '../../runtime/project';
import { ended } from './processes';

/** A process of the network that is one of our own commands. */
export interface ChildSpec {
  /** Name of its log file, and what the console calls it. */
  name: string;
  /** Arguments of bin/dpin.js. */
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Limit of V8's old generation, MB. */
  heapMb: number;
}

export interface SupervisorEvents {
  /** A child ended and starts again after `waitMs`. */
  restarting(name: string, exit: string, waitMs: number): void;
  /** A child ended for good: it failed too often. `lastWords` is the end of its log. */
  gaveUp(name: string, exit: string, lastWords: string): void;
}

interface Child {
  spec: ChildSpec;
  process?: ChildProcess;
  timer?: NodeJS.Timeout;
  failures: number;
}

const ENTRY = join(PROJECT_ROOT, 'bin', 'dpin.js');
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
/** Up for this long, a child has shown that it works: the next failure counts as its first. */
const HEALTHY_AFTER_MS = 30_000;
/** A wrong setting does not get better by itself, but some libraries exit 1 on a lost connection too. */
const FATAL_EXITS_TOLERATED = 4;
const STOP_GRACE_MS = 3_000;
/** Lines of its log that a child which gave up is quoted with. */
const LAST_LINES = 4;

/**
 * Runs children with their output in log files, starts them again when they end, and ends them all on `stop`.
 * None outlives this process: each holds a channel to it and ends when that closes.
 */
export class Supervisor {
  private readonly children = new Map<string, Child>();
  private stopping = false;

  constructor(
    private readonly logFolder: string,
    private readonly events: SupervisorEvents,
  ) {
    mkdirSync(logFolder, { recursive: true });
  }

  /** Starts a child and keeps it running. */
  start(spec: ChildSpec): void {
    const child: Child = { spec, failures: 0 };
    this.children.set(spec.name, child);
    this.launch(child);
  }

  /** Process ids by name, of those running now. */
  pids(): Map<string, number> {
    const found = new Map<string, number>();
    for (const [name, { process: running }] of this.children) {
      if (running?.pid !== undefined && running.exitCode === null && running.signalCode === null) {
        found.set(name, running.pid);
      }
    }
    return found;
  }

  /** Ends all children: asks first, and kills with their own children what is still there after 3 s. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(
      [...this.children.values()].map(async ({ process: running, timer }) => {
        clearTimeout(timer);
        if (running?.pid === undefined) return;
        const { pid } = running;
        running.kill('SIGTERM');
        const forced = setTimeout(() => killGroup(pid), STOP_GRACE_MS);
        await ended(running);
        clearTimeout(forced);
        // A prover that the child had started would go on for seconds.
        killGroup(pid);
      }),
    );
  }

  private launch(child: Child): void {
    const { name, args, env, heapMb } = child.spec;
    const log = openSync(join(this.logFolder, `${name}.log`), 'a');
    const startedAt = Date.now();
    // Small young generations: a dozen processes share the machine, and none of them is short of CPU for garbage.
    const flags = [`--max-old-space-size=${heapMb}`, '--max-semi-space-size=2'];
    const running = spawn(process.execPath, [...flags, ENTRY, ...args], {
      cwd: PROJECT_ROOT,
      env: { ...inheritedEnvironment(), ...env },
      stdio: ['ignore', log, log, 'ipc'],
      // A group of its own: Ctrl-C on the terminal reaches only us, and a kill reaches its children too.
      detached: true,
    });
    closeSync(log);
    child.process = running;
    running.on('error', () => {});
    running.once('exit', (code, signal) => {
      if (this.stopping) return;
      if (running.pid !== undefined) killGroup(running.pid);
      if (Date.now() - startedAt > HEALTHY_AFTER_MS) child.failures = 0;
      child.failures++;
      const exit = signal ?? `exit code ${code}`;
      if (code === EXIT_FATAL && child.failures > FATAL_EXITS_TOLERATED) {
        this.events.gaveUp(name, exit, this.lastWords(name));
        return;
      }
      const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (child.failures - 1), LONGEST_WAIT_MS);
      this.events.restarting(name, exit, waitMs);
      child.timer = setTimeout(() => this.launch(child), waitMs);
    });
  }

  private lastWords(name: string): string {
    const file = join(this.logFolder, `${name}.log`);
    const { size } = statSync(file);
    const buffer = Buffer.alloc(Math.min(size, 2_000));
    const descriptor = openSync(file, 'r');
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    closeSync(descriptor);
    return buffer.toString('utf8').trim().split('\n').slice(-LAST_LINES).join('\n');
  }
}

/** Settings of this shell are for the devnet command; its children get theirs from the devnet alone. */
function inheritedEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TMP', 'TEMP', 'LANG', 'SystemRoot', 'NODE_ENV', 'SQD_DEBUG', 'SQD_TRACE'];
  const found: Record<string, string> = {};
  for (const name of kept) {
    const value = process.env[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
