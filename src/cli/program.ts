import { Argument, Option, Command as Program } from 'commander';
import { VERSION } from '../config/version';
import { type Command, type CommandInfo, readOptions } from './command';
import { COMMANDS, GROUPS } from './commands';
import { footOf, listOf } from './help';

/** Does what the command line asked for. */
export type Execute = (command: Command, options: Record<string, unknown>) => Promise<void>;

/**
 * The command line: every command under its group, with its options and help.
 * Throws commander's CommanderError instead of ending the process: after help, and for what it does not understand.
 */
export function buildProgram(execute: Execute): Program {
  const program = new Program('dpin')
    .description('Indexer and verifiable proof-of-resource oracle of the DPIN network')
    .usage('<group> <verb> [options]')
    .version(VERSION, '--version', 'print the version')
    .exitOverride()
    .helpCommand(false)
    .showHelpAfterError('Run dpin --help to see the commands.')
    .addHelpText('after', listOf(COMMANDS));
  for (const [group, about] of Object.entries(GROUPS)) {
    const grouped = program
      .command(group, { hidden: true })
      .description(about)
      .helpCommand(false)
      .showHelpAfterError(`Run dpin ${group} --help to see what there is.`);
    for (const command of COMMANDS.filter((one) => one.group === group)) add(grouped, command, execute);
  }
  return program;
}

function add(group: Program, command: Command, execute: Execute): void {
  const { verb, summary, help, options, hidden } = command;
  const sub = group
    .command(verb, { hidden })
    .summary(summary)
    .description(`${summary}.\n\n${help}`)
    .showHelpAfterError(`Run dpin ${group.name()} ${verb} --help to see what it takes.`)
    .allowExcessArguments(false)
    .addHelpText('after', footOf(command));
  const positional = options.filter(isPositional);
  for (const option of positional) sub.addArgument(new Argument(option.flags, option.description));
  for (const option of options.filter((one) => !isPositional(one))) {
    const note = option.default === undefined ? '(required)' : `(default: ${option.default})`;
    sub.addOption(new Option(option.flags, `${option.description} ${note}`));
  }
  sub.action(async () => {
    const byPlace = positional.map(({ name }, place) => [name, sub.args[place]]);
    await execute(command, readOptions(command, { ...sub.opts(), ...Object.fromEntries(byPlace) }));
  });
}

function isPositional({ flags }: CommandInfo['options'][number]): boolean {
  return !flags.startsWith('-');
}

/**
 * The command line with a short name replaced by group and verb. A name that is also a group (devnet, oracle, node)
 * stands for its command when no verb follows; `dpin devnet --help` is left to the group, which lists its verbs.
 * @param args without the program itself
 */
export function spelledOut(args: readonly string[]): string[] {
  const [name, next] = args;
  if (name === undefined) return [];
  if (name === 'help') return spelledOut([...args.slice(1), '--help']);
  const named = COMMANDS.find((command) => command.name === name);
  // Alone, an unknown word is refused; with --help commander would show help instead and call that a success.
  if (!named) return Object.hasOwn(GROUPS, name) || name.startsWith('-') ? [...args] : [name];
  const isGroup = Object.hasOwn(GROUPS, name);
  if (isGroup && next !== undefined && !next.startsWith('-')) return [...args];
  const verbs = COMMANDS.filter(({ group, hidden }) => group === name && !hidden).length;
  if (isGroup && verbs > 1 && (next === '--help' || next === '-h')) return [...args];
  return [named.group, named.verb, ...args.slice(1)];
}
