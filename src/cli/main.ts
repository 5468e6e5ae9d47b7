import { CommanderError } from 'commander';
import { readSettings } from '../config/settings';
import { EXIT_RETRY, lastWords } from '../runtime/exit';
import { Stopped, stopSignal } from '../runtime/stop-signal';
import type { Command } from './command';
import { buildProgram, spelledOut } from './program';

/** How long a command may take to end by itself after its supervisor is gone. */
const ORPHAN_GRACE_MS = 3_000;

/**
 * The command line of the project.
 * Ends the process with 0 when the command's work is done or it was told to stop, 1 when a person must mend something, 2
 * when an audit found differences, 75 when starting again may help. Sockets and threads of libraries may linger then; what counts is written.
 */
export async function main(argv: readonly string[]): Promise<never> {
  if (process.channel) endWithSupervisor();
  try {
    await buildProgram(execute).parseAsync(spelledOut(argv.slice(2)), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode);
    if (error instanceof Stopped) process.exit(0);
    const { text, code } = lastWords(error);
    console.error(text);
    process.exit(code);
  }
  // A command whose work shows a failure sets process.exitCode.
  process.exit();
}

async function execute(command: Command, options: Record<string, unknown>): Promise<void> {
  const env = command.findsDevnet ? (await import('./environment')).environment(process.env) : process.env;
  const settings = command.settings === undefined ? undefined : readSettings(command.settings, env);
  const signal = command.brief ? new AbortController().signal : stopSignal({ orderly: command.orderly });
  await command.run(settings as never, options as never, signal);
}

/** A child of the devnet whose supervisor was killed stops as if it had been told to. */
function endWithSupervisor(): void {
  process.on('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(EXIT_RETRY), ORPHAN_GRACE_MS).unref();
  });
  // The channel only tells us that the other end is there; it must not keep a finished process alive.
  process.channel?.unref();
}
