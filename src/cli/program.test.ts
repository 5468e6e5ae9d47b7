import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { FatalError } from '../runtime/errors';
import { PROJECT_ROOT } from '../runtime/project';
import { COMMANDS, GROUPS } from './commands';
import { buildProgram, spelledOut } from './program';

interface Outcome {
  /** Group and verb of the command that was called. */
  called?: string;
  options?: Record<string, unknown>;
  error?: unknown;
  out: string;
  err: string;
}

/** Reads a command line as `dpin` does, without running the command. */
async function dpin(...args: string[]): Promise<Outcome> {
  const outcome: Outcome = { out: '', err: '' };
  const program = buildProgram(async ({ group, verb }, options) => {
    Object.assign(outcome, { called: `${group} ${verb}`, options });
  });
  const write = {
    writeOut: (text: string) => {
      outcome.out += text;
    },
    writeErr: (text: string) => {
      outcome.err += text;
    },
  };
  for (const command of [program, ...program.commands, ...program.commands.flatMap((group) => group.commands)]) {
    command.configureOutput(write);
  }
  await program.parseAsync(spelledOut(args), { from: 'user' }).catch((error: unknown) => {
    outcome.error = error;
  });
  return outcome;
}

const ALL = COMMANDS.map((command) => [`${command.group} ${command.verb}`, command] as const);

describe('dpin', () => {
  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
    expect((await dpin('--version')).out).toBe(`${version}\n`);
  });
});

describe('the command', () => {
  it.each(ALL)('gives help on %s with its example and settings', async (called, command) => {
    const { out, error } = await dpin(command.group, command.verb, '--help');
    expect((error as CommanderError).exitCode).toBe(0);
    expect(out).toContain(`Usage: dpin ${called}`);
    expect(out).toContain(command.summary);
    expect(out).toContain(command.example);
    // Help writes an argument by its place without brackets.
    for (const { flags } of command.options) expect(out).toContain(flags.replace(/^<(.*)>$/, '$1'));
    expect(out.includes('Settings, read from the environment')).toBe(command.settings !== undefined);
  });

  it.each(ALL)('shows the command %s in its example', (called, { example }) => {
    expect(example).toContain(`dpin ${called}`);
  });

  it.each(ALL)('refuses an option that %s does not have', async (called, { group, verb, options }) => {
    const places = options.filter(({ flags }) => flags.startsWith('<')).map(() => 'honest');
    const { err, error, called: ran } = await dpin(group, verb, ...places, '--frobnicate');
    expect((error as CommanderError).exitCode).toBe(1);
    expect(err).toContain("unknown option '--frobnicate'");
    expect(err).toContain(`Run dpin ${called} --help`);
    expect(ran).toBeUndefined();
  });
});

describe('the command line', () => {
  it.each([
    ['devnet', 'devnet start'],
    ['reset', 'devnet reset'],
    ['smoke', 'devnet smoke'],
    ['faults', 'devnet faults'],
    ['doctor', 'doctor check'],
    ['process', 'index process'],
    ['audit', 'index audit'],
    ['resync', 'index resync'],
    ['serve', 'api serve'],
    ['oracle', 'oracle run'],
    ['node', 'node run'],
  ])('takes the short name %s for %s', async (name, called) => {
    expect((await dpin(name)).called).toBe(called);
    expect((await dpin(...called.split(' '))).called).toBe(called);
  });

  it('takes the devnet’s own node with its arguments by their place', async () => {
    const { called, options } = await dpin('devnet-node', 'skip', '.devnet/turns');
    expect(called).toBe('devnet node');
    expect(options).toMatchObject({ behaviour: 'skip', turns: '.devnet/turns' });
  });

  it('gives options their values and their defaults', async () => {
    expect((await dpin('smoke', '--json')).options).toEqual({ json: true, keep: false });
    expect((await dpin('devnet', 'smoke', '--keep')).options).toEqual({ json: false, keep: true });
  });

  it('names a value that an argument cannot have', async () => {
    const { error } = await dpin('devnet-node', 'lazy', 'turns');
    expect(error).toBeInstanceOf(FatalError);
    expect((error as FatalError).message).toBe(
      '<behaviour>: "lazy" is not one of honest, slow, skip, replay, silent, stretch, copy',
    );
  });

  it('says that what must be given is missing', async () => {
    const { error, called } = await dpin('rewind');
    expect(called).toBeUndefined();
    expect((error as FatalError).message).toBe('--to <block> is missing');
    expect((error as FatalError).advice).toContain('dpin index rewind --to 60123456');
  });

  it('finds the devnet with every command that works on an index that is there', () => {
    const finding = COMMANDS.filter(({ findsDevnet }) => findsDevnet).map(({ verb }) => verb);
    expect(finding).toEqual(expect.arrayContaining(['audit', 'rewind', 'resync']));
  });

  it('lists what people may call, and nothing hidden', async () => {
    const { out } = await dpin('--help');
    for (const { group, verb, hidden } of COMMANDS) expect(out.includes(` ${group} ${verb} `)).toBe(!hidden);
  });

  it('lists the verbs of a group', async () => {
    const { out } = await dpin('devnet', '--help');
    expect(out).toMatch(/start .*\n.*reset .*\n.*smoke /);
  });

  it('tells of the only command of a group by the group’s name', async () => {
    expect((await dpin('oracle', '--help')).out).toContain('Usage: dpin oracle run');
    expect((await dpin('smoke', '--help')).out).toContain('Usage: dpin devnet smoke');
  });

  it('shows the list when nothing is asked for, and the same by the word help', async () => {
    const { called, err, error } = await dpin();
    expect(called).toBeUndefined();
    expect((error as CommanderError).exitCode).toBe(1);
    expect(err).toContain(' devnet smoke ');
    expect((await dpin('help')).out).toBe(err);
    expect((await dpin('help', 'smoke')).out).toContain('Usage: dpin devnet smoke');
  });

  it('names the way out after a command that it does not know', async () => {
    const { err, error } = await dpin('serv');
    expect(error).toBeInstanceOf(CommanderError);
    expect(err).toContain("unknown command 'serv'");
    expect(err).toContain('Run dpin --help');
    for (const words of [
      ['nope', '--help'],
      ['help', 'nope'],
      ['help', '__proto__'],
    ]) {
      const { called, error: refused } = await dpin(...words);
      expect(called).toBeUndefined();
      expect((refused as CommanderError).exitCode).toBe(1);
    }
    expect((await dpin('devnet', 'stat')).err).toContain("unknown command 'stat'\n(Did you mean start?)");
  });

  it('has a line for every group, and a command in each', () => {
    expect(new Set(COMMANDS.map(({ group }) => group))).toEqual(new Set(Object.keys(GROUPS)));
  });

  it('has each name once', () => {
    const names = COMMANDS.flatMap(({ name }) => name ?? []);
    expect(new Set(names).size).toBe(names.length);
  });
});
