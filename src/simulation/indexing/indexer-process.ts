import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ended, endWithUs } from '../../devnet/machine/processes';
import { PROJECT_ROOT } from '../../runtime/project';

const COMMAND = join(PROJECT_ROOT, 'bin', 'dpin.js');
/** Of what it says the end is kept. */
const KEPT_CHARACTERS = 20_000;
const AT_WORK = '"msg":"indexing"';

/** `dpin process` as it is run: a process of its own, which can be killed. */
export class IndexerProcess {
  private readonly child: ChildProcess;
  private text = '';
  /** It has the lock and its tables, and has begun to read the chain. */
  isAtWork = false;
  /** Its exit code, null after a kill; undefined while it runs. */
  exitCode: number | null | undefined;

  constructor(env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [COMMAND, 'process'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endWithUs(this.child, 'TERM');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.text = (this.text + chunk.toString()).slice(-KEPT_CHARACTERS);
        this.isAtWork ||= this.text.includes(AT_WORK);
      });
    }
    // After the last of what it said.
    this.child.once('close', (code) => {
      this.exitCode = code;
    });
  }

  /** The end of all that it said. */
  get output(): string {
    return this.text;
  }

  get isRunning(): boolean {
    return this.exitCode === undefined;
  }

  /** Ends it: asked to, or by kill -9. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.child.kill(signal);
    await ended(this.child);
  }
}
