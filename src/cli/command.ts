import { z } from 'zod';
import type { ProcessName, SettingsOf } from '../config/settings';
import { FatalError } from '../runtime/errors';

/** One option or argument of a command. */
export interface CommandOption {
  /** The key under which the command finds its value. */
  readonly name: string;
  /** How it is written: `--keep`, `--epoch <number>`, or `<behaviour>` for an argument by its place. */
  readonly flags: string;
  readonly description: string;
  /** What holds when it is not given, in words; absent: it is required. */
  readonly default?: string;
  /** Parses the text of the command line (`true` for an option without a value) into what the command gets. */
  readonly schema: z.ZodType;
}

type OptionsOf<O extends readonly CommandOption[]> = {
  [Option in O[number] as Option['name']]: z.output<Option['schema']>;
};

/** What there is to know of a command without running it; the reference page and `--help` are written from it. */
export interface CommandInfo {
  /** Called as `dpin <group> <verb>`. */
  readonly group: string;
  readonly verb: string;
  /** The short name: `dpin <name>` does the same. Absent: it has none. */
  readonly name?: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** What a person should know before the first call: sentences. */
  readonly help: string;
  readonly options: readonly CommandOption[];
  /** A whole command line. */
  readonly example: string;
  /** The process whose settings it reads from the environment. */
  readonly settings?: ProcessName;
  /** With no chain or database in the environment it takes those of the devnet that runs here. */
  readonly findsDevnet?: true;
  /** Has children and files to put away: see `StopSignalOptions`. */
  readonly orderly?: true;
  /** One short step that ends as any program does when it is told to stop: at once, and not with exit code 0. */
  readonly brief?: true;
  /** Not meant for people. */
  readonly hidden?: true;
}

/** A command: what it is, and what it does. */
export interface Command extends CommandInfo {
  /** Does the work. Imports it only then: a node agent must not carry the indexer's memory. */
  run(settings: never, options: never, signal: AbortSignal): Promise<void>;
}

/**
 * A command whose `run` gets the settings of its process and its options, parsed, and the signal that tells it to stop.
 * It resolves when its work is done; what stops it is thrown: a FatalError, a RetryableError or the signal's reason.
 */
export function defineCommand<P extends ProcessName = never, const O extends readonly CommandOption[] = []>(
  command: Omit<CommandInfo, 'settings' | 'options'> & {
    settings?: P;
    options: O;
    run(settings: SettingsOf<P>, options: OptionsOf<O>, signal: AbortSignal): Promise<void>;
  },
): Command {
  return command;
}

/** Schema of an option that is there or not. */
export const FLAG = z.boolean().default(false);

/**
 * The values of a command's options.
 * @param given by name, as the command line had them; undefined when it had none
 * @throws FatalError naming the option, what is wrong with it and an example
 */
export function readOptions(command: CommandInfo, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, flags, description, schema } of command.options) {
    const parsed = schema.safeParse(given[name]);
    if (!parsed.success) {
      const problem = parsed.error.issues[0]?.message ?? 'is not valid';
      const said =
        given[name] === undefined
          ? `${flags} is missing`
          : `${flags}: ${JSON.stringify(String(given[name]).slice(0, 100))} ${problem}`;
      throw new FatalError(said, `${description}. For example: ${command.example}`);
    }
    values[name] = parsed.data;
  }
  return values;
}
