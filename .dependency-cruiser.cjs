/** The rooms of the project and who may enter which; the reasons stand in docs/architecture.md. */
const room = (name) => `^src/${name}/`;
const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    forbid('no-circular', {}, { circular: true, pathNot: room('model') }, 'A cycle hides who owns what.'),
    forbid(
      'protocol-is-pure',
      { path: room('protocol') },
      { path: '^src/', pathNot: ['^src/protocol/', '^src/kernels/'] },
      'Protocol rules are shared by oracle, node and verifier: they know nothing of the project but the kernels.',
    ),
    forbid(
      'kernels-are-leaves',
      { path: room('kernels') },
      { path: '^src/', pathNot: room('kernels') },
      'Kernels stand alone.',
    ),
    forbid(
      'config-is-a-leaf',
      { path: room('config') },
      { path: '^src/', pathNot: room('config') },
      'Settings know no room.',
    ),
    forbid(
      'indexer-not-oracle',
      { path: room('indexer') },
      { path: room('oracle') },
      'They meet in the database only.',
    ),
    forbid(
      'oracle-not-indexer',
      { path: room('oracle') },
      { path: room('indexer') },
      'They meet in the database only.',
    ),
    forbid(
      'node-not-oracle',
      { path: room('node') },
      { path: room('oracle') },
      'A node trusts messages, not oracle code.',
    ),
    forbid(
      'oracle-not-node',
      { path: room('oracle') },
      { path: room('node') },
      'The oracle knows nodes by messages only.',
    ),
    forbid(
      'server-extension-only-reads',
      { path: room('server-extension') },
      { path: '^src/(indexer|oracle|node|chain|devnet|cli)/' },
      'Resolvers read the database; they run nothing.',
    ),
    forbid(
      'devnet-is-on-top',
      { path: '^src/', pathNot: ['^src/devnet/', '^src/cli/', '^src/bench/', '[.]test[.]ts$'] },
      { path: room('devnet') },
      'Production code never reaches into the devnet.',
    ),
    forbid(
      'only-zk-proves',
      { path: '^src/', pathNot: '^src/zk/' },
      { path: 'node_modules/(snarkjs|circomlibjs|ffjavascript)' },
      'One room knows the proof system.',
    ),
    forbid(
      'only-processor-knows-sqd-processor',
      { path: '^src/', pathNot: ['^src/indexer/processor[.]ts$', '^src/model/', '^src/abi/'] },
      { path: 'node_modules/@subsquid/evm-processor' },
      'The processor sits behind a seam, so that its source can change in one place.',
    ),
    forbid(
      'no-orphans',
      { orphan: true, pathNot: ['[.]d[.]ts$', '^src/(model|abi)/', '[.]test[.]ts$'] },
      {},
      'Dead file.',
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^src/kernels/assembly', '^lib/', '^build/'] },
  },
};
