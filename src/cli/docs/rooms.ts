import { join } from 'node:path';
import { PROJECT_ROOT } from '../../runtime/project';
import { diagram, referencePage, table } from './page';

/** Room → the rooms it may use; '*' for all of them. */
export type Whitelist = Readonly<Record<string, readonly string[] | '*'>>;

/** What each room of src is for. */
const PURPOSE: Readonly<Record<string, string>> = {
  runtime: 'errors, waiting and stopping, the clock, metrics and the server that shows them, paths of compiled files',
  kernels: 'AssemblyScript compiled to WASM: ChaCha8, int8 products, SHA-256',
  abi: 'typed bindings of the contracts, generated',
  model: 'entities of the index, generated from schema.graphql',
  config: 'settings, networks, metrics, version',
  protocol: 'what node, oracle and verifier share: seeds, messages, Merkle trees, tasks, verdicts, scoring; pure',
  database: 'clients of Postgres: one that outlives a broken connection, a lock for the life of a process',
  chain: 'deployment file, provider, contracts, keys, transactions',
  zk: 'Poseidon, EdDSA, Groth16: witness, proof, verification, setup of keys',
  indexer: 'chain events to rows',
  oracle: 'gateway, rounds, verification, evidence and its server, epochs, the reporter’s tables',
  node: 'node agent and its backends',
  'server-extension': 'GraphQL for what the chain does not know',
  deploy: 'contracts onto a chain',
  audit: 'does the index equal the chain, does the chain accept the proofs, do verdicts follow from their evidence',
  doctor: 'what is wrong with all that the programs of a machine need',
  simulation:
    'through faults: the rounds on a simulated clock, network, chain and database; the index with real processes',
  devnet: 'a whole network on one machine: processes, nodes, people, console, faults',
  bench: 'the benchmarks and the fixtures they share with tests',
  cli: 'commands and the generator of these pages',
};

/** The table `mayUse` of .dependency-cruiser.cjs, the file that lint reads too. */
export function readWhitelist(): Whitelist {
  const { mayUse } = require(join(PROJECT_ROOT, '.dependency-cruiser.cjs')) as { mayUse: Whitelist };
  return mayUse;
}

/** Text of docs/reference/rooms.md. */
export function roomsPage(): string {
  const mayUse = readWhitelist();
  return referencePage(
    'Rooms of the code',
    '`.dependency-cruiser.cjs`',
    'Every folder of `src` is a room. `npm run lint` fails when a room uses another that is not listed here. ' +
      'A new room is added to the table `mayUse` first.',
    diagram(roomsDiagram(mayUse)),
    'An arrow means “may use”. An arrow that follows from two others is left out; the table has all. ' +
      `Not drawn: ${listOf(roomsOnTop(mayUse))}, which may use every room.`,
    table(
      ['room', 'what it is for', 'may use'],
      Object.entries(mayUse).map(([room, uses]) => [`\`src/${room}\``, purposeOf(room), usesOf(uses)]),
    ),
  );
}

/** Rooms by floor: a room stands one floor above the highest room it may use; those with '*' stand on no floor. */
export function floorsOf(mayUse: Whitelist): string[][] {
  const floors: string[][] = [];
  const floorOf = (room: string): number => {
    const uses = mayUse[room];
    if (uses === undefined || uses === '*') throw new RangeError(`no floor below ${room}`);
    return 1 + Math.max(-1, ...uses.filter((used) => mayUse[used] !== '*').map(floorOf));
  };
  for (const [room, uses] of Object.entries(mayUse)) {
    if (uses === '*') continue;
    const floor = floorOf(room);
    floors[floor] ??= [];
    floors[floor].push(room);
  }
  return floors;
}

function roomsDiagram(mayUse: Whitelist): string[] {
  const boxes = floorsOf(mayUse)
    .map((rooms, floor) => [
      `  subgraph floor${floor}[" "]`,
      '    direction LR',
      ...rooms.map((room) => `    ${room}`),
      '  end',
    ])
    .reverse()
    .flat();
  return ['flowchart TD', ...boxes, ...arrowsOf(mayUse).map(([from, to]) => `  ${from} --> ${to}`)];
}

/** Arrows that do not follow from two others. */
function arrowsOf(mayUse: Whitelist): [string, string][] {
  const usesOf = (room: string): readonly string[] => {
    const uses = mayUse[room];
    return uses === undefined || uses === '*' ? [] : uses.filter((used) => mayUse[used] !== '*');
  };
  const reaches = (from: string, to: string): boolean => usesOf(from).some((used) => used === to || reaches(used, to));
  return Object.keys(mayUse).flatMap((from) =>
    usesOf(from)
      .filter((to) => !usesOf(from).some((other) => other !== to && reaches(other, to)))
      .map((to): [string, string] => [from, to]),
  );
}

function roomsOnTop(mayUse: Whitelist): string[] {
  return Object.keys(mayUse).filter((room) => mayUse[room] === '*');
}

function purposeOf(room: string): string {
  const words = PURPOSE[room];
  if (!words) throw new RangeError(`src/cli/docs/rooms.ts does not say what ${room} is for`);
  return words;
}

function usesOf(uses: readonly string[] | '*'): string {
  if (uses === '*') return 'every room';
  return uses.length === 0 ? 'no other room' : uses.map((room) => `\`${room}\``).join(', ');
}

function listOf(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}
