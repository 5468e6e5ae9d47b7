import { defineCommand } from '../../command';

export const command = defineCommand({
  group: 'node',
  verb: 'run',
  name: 'node',
  summary: 'Run a node agent',
  help:
    'Dials the oracles of all reporters in ORACLE_URL and answers their challenges with the CPU until it is told to ' +
    "stop. KEY (or KEYSTORE_FILE) is the worker key of the registry, not the operator's.",
  options: [],
  example:
    'RPC_URL=https://bsc.example CHAIN_ID=56 DEPLOYMENT_FILE=deployment.json NODE_ID=7 ' +
    'ORACLE_URL=0x1234567890123456789012345678901234567890@wss://reporter.example:4400 KEYSTORE_FILE=worker.json KEYSTORE_PASSWORD_FILE=password npx dpin node run',
  settings: 'node',
  run: async (settings, _options, signal) => {
    const [{ runNodeAgent }, { createCpuBackend }, { createTreeProver }] = await Promise.all([
      import('../../../node/agent'),
      import('../../../node/backends/cpu'),
      import('../../../zk/tree'),
    ]);
    const backend = createCpuBackend({ threads: settings.NODE_THREADS, treeProver: createTreeProver() });
    try {
      await runNodeAgent({ settings, backend, signal });
    } finally {
      await backend.close();
    }
  },
});
