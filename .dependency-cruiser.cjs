/**
 * The architecture: which room of src may use which others (its own files always). docs/reference/rooms.md is drawn
 * from this table and says what each room is for, by src/cli/docs/rooms.ts.
 */
const mayUse = {
  // Ground: these know nothing of the project.
  runtime: [],
  kernels: [],
  abi: [],
  model: [],
  // Shared rules and ways to the outside.
  config: ['runtime', 'protocol'],
  protocol: ['kernels'],
  database: ['runtime', 'config'],
  chain: ['runtime', 'config', 'protocol', 'abi'],
  zk: ['runtime', 'config', 'protocol'],
  // The programs. They meet on the chain, in Postgres and over sockets, never in code.
  indexer: ['runtime', 'config', 'database', 'chain', 'protocol', 'abi', 'model'],
  oracle: ['runtime', 'config', 'database', 'chain', 'protocol', 'zk'],
  node: ['runtime', 'config', 'chain', 'protocol', 'kernels'],
  'server-extension': ['runtime', 'config', 'database', 'protocol'],
  deploy: ['runtime', 'config', 'chain', 'protocol', 'zk', 'abi'],
  audit: ['runtime', 'config', 'chain', 'protocol', 'zk', 'abi'],
  // On top: they put the programs together.
  simulation: ['runtime', 'config', 'database', 'chain', 'protocol', 'oracle', 'deploy', 'devnet'],
  doctor: '*',
  devnet: '*',
  bench: '*',
  cli: '*',
};

const room = (name) => `^src/${name}/`;
const any = (names) => `^src/(${names.join('|')})/`;
const test = '[.]test[.]ts$';

const whitelist = Object.entries(mayUse).map(([name, rooms]) => ({
  name: `${name}-may-use`,
  severity: 'error',
  comment: rooms === '*' ? 'Put the room into mayUse.' : `${name} may use: ${rooms.join(', ') || 'nothing else'}.`,
  from: { path: room(name), pathNot: test },
  to: { path: '^src/', pathNot: any(rooms === '*' ? Object.keys(mayUse) : [name, ...rooms]) },
}));

const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    ...whitelist,
    forbid(
      'every-room-is-listed',
      { path: '^src/', pathNot: any(Object.keys(mayUse)) },
      {},
      'A new room stands in mayUse first.',
    ),
    forbid('no-circular', {}, { circular: true, pathNot: room('model') }, 'A circle hides who owns what.'),
    forbid(
      'protocol-runs-in-browsers',
      { path: any(['protocol', 'kernels']), pathNot: test },
      { dependencyTypes: ['core'] },
      'Node.js is reached through process.getBuiltinModule, in hash.ts and kernels/node.ts.',
    ),
    forbid('src-not-test', { path: '^src/' }, { path: '^test/' }, 'What both need lies in src/bench/fixtures.'),
    forbid(
      'only-zk-proves',
      { path: '^src/', pathNot: room('zk') },
      { path: 'node_modules/(snarkjs|circomlibjs|ffjavascript)' },
      'One room knows the proof system.',
    ),
    forbid(
      'only-processor-knows-sqd-processor',
      { path: '^src/', pathNot: ['^src/indexer/source/processor[.]ts$', '^src/model/', '^src/abi/'] },
      { path: 'node_modules/@subsquid/evm-processor' },
      'The processor sits behind a seam, so that its source can change in one place.',
    ),
    forbid('no-orphans', { orphan: true, pathNot: ['[.]d[.]ts$', '^src/(model|abi)/', test] }, {}, 'Dead file.'),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^src/kernels/assembly', '^lib/', '^build/'] },
  },
};

// Read by the page of rooms; hidden from dependency-cruiser, which refuses keys that it does not know.
Object.defineProperty(module.exports, 'mayUse', { value: mayUse });
