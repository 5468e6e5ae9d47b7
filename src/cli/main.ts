import { Command } from 'commander';
import { EXIT_RETRY, lastWords } from '../runtime/exit';
import { Stopped } from '../runtime/stop-signal';

/** What a command's file exports; it reads its settings from the environment and resolves when its work is done. */
interface CommandModule {
  run(argv: string[]): Promise<void>;
}

interface CommandEntry {
  name: string;
  description: string;
  /** Loaded only when chosen: a node agent must not carry the indexer's memory. */
  load(): Promise<CommandModule>;
  /** Not meant for people. */
  hidden?: true;
}

const commands: readonly CommandEntry[] = [
  { name: 'devnet', description: 'Run a whole network on this machine', load: () => import('./commands/devnet/start') },
  {
    name: 'reset',
    description: "Forget the devnet's chain, database and logs",
    load: () => import('./commands/devnet/reset'),
  },
  {
    name: 'smoke',
    description: 'Run a devnet in a temporary folder, check it and stop',
    load: () => import('./commands/devnet/smoke'),
  },
  { name: 'process', description: 'Index the chain into Postgres', load: () => import('./commands/index/process') },
  {
    name: 'resync',
    description: 'Forget the index, so that it is built anew',
    load: () => import('./commands/index/resync'),
  },
  {
    name: 'serve',
    description: 'Serve the index and the oracle over GraphQL',
    load: () => import('./commands/api/serve'),
  },
  { name: 'oracle', description: "Run a reporter's oracle", load: () => import('./commands/oracle/run') },
  { name: 'node', description: 'Run a node agent', load: () => import('./commands/node/run') },
  {
    name: 'devnet-node',
    description: 'Run a node agent that behaves as it is told',
    load: () => import('../devnet/nodes/node-main'),
    hidden: true,
  },
];

/** How long a command may take to end by itself after its supervisor is gone. */
const orphanGraceMs = 3_000;

/**
 * The command line of the project.
 * Ends the process with 0 when the command's work is done, 1 when a person must mend something, 75 when starting again
 * may help.
 */
export function main(argv: string[]): void {
  if (process.channel) endWithSupervisor();
  const program = new Command('dpin').description(
    'Indexer and verifiable proof-of-resource oracle of the DPIN network',
  );
  for (const entry of commands) {
    program
      .command(entry.name, { hidden: entry.hidden })
      .description(entry.description)
      .allowUnknownOption()
      .allowExcessArguments()
      .helpOption(false)
      .argument('[args...]')
      .action(async (args: string[]) => (await entry.load()).run(args));
  }
  program.parseAsync(argv).then(() => undefined, fail);
}

/** A child of the devnet whose supervisor was killed stops as if it had been told to. */
function endWithSupervisor(): void {
  process.on('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(EXIT_RETRY), orphanGraceMs).unref();
  });
  // The channel only tells us that the other end is there; it must not keep a finished process alive.
  process.channel?.unref();
}

function fail(error: unknown): never {
  if (error instanceof Stopped) process.exit(0);
  const { text, code } = lastWords(error);
  console.error(text);
  process.exit(code);
}
