import { setMaxListeners } from 'node:events';
import { cpus } from 'node:os';
import { createLogger } from '@subsquid/logger';
import type { Wallet } from 'ethers';
import { type Chain, connectChain } from '../chain/connect';
import { loadKey } from '../chain/keys';
import type { RegisteredNode } from '../chain/registry';
import { ContractRevert } from '../chain/revert';
import { METRICS } from '../config/metrics';
import type { SettingsOf } from '../config/settings';
import { SOFTWARE } from '../config/version';
import { HARDWARE_CLASSES, hardwareClass } from '../protocol/classes';
import { dpinDomain } from '../protocol/eip712';
import { FatalError } from '../runtime/errors';
import { type Closer, drain } from '../runtime/exit';
import { type Check, startHealthServer } from '../runtime/health-server';
import { MetricsRegistry } from '../runtime/metrics';
import { patiently } from '../runtime/patience';
import { unlessStopped } from '../runtime/stop-signal';
import { Answers } from './answers';
import type { Backend } from './backends/backend';
import type { Party } from './checks';
import { Journal } from './journal';
import { ReceiptFile } from './receipts';
import { Reporters } from './reporters';
import { keepSession } from './session';
import type { BusyShard } from './work';

/** What is left open then is closed by the end of the process. */
const STOP_MS = 1_000;

export interface NodeAgentOptions {
  settings: SettingsOf<'node'>;
  /** Does the work: one for all devices, or one per device. */
  backend: Backend | ((device: number) => Backend);
  /** What the node says its devices are; default: the CPU, marked as software. */
  adapters?: { name: string; software: boolean }[];
  /** Asked at each challenge; a shard makes the node answer BUSY. */
  busyWith?(): BusyShard | null;
  /** Stops the agent. */
  signal: AbortSignal;
}

/**
 * Runs a node agent: checks its registration, then works for every reporter of ORACLE_URL at the same time, each by a
 * session of its own. The backend is the caller's to close.
 * @returns when the signal has fired
 * @throws FatalError for settings that cannot work (another's key, an unknown or retired node)
 * @throws RetryableError when the chain stays away at the start
 */
export async function runNodeAgent(options: NodeAgentOptions): Promise<void> {
  const { settings, backend, signal } = options;
  // Every task and wait listens to it.
  setMaxListeners(0, signal);
  const log = createLogger('dpin:node', { nodeId: settings.NODE_ID });
  const wallet = await loadKey(settings, settings.CHAIN_ID);
  const metrics = new MetricsRegistry(METRICS.node);
  const sessionOf: Record<string, Check> = {};
  for (const { reporter, url } of settings.ORACLE_URL) sessionOf[reporter] = { ok: false, url };
  const closing: Closer[] = [];
  try {
    const health = await startHealthServer({
      host: settings.METRICS_HOST,
      port: settings.NODE_METRICS_PORT,
      setting: 'NODE_METRICS_PORT',
      checks: async () => sessionOf,
      metrics: () => metrics.text(),
    });
    closing.push(() => health.close());
    const chain = await unlessStopped(connectChain(settings), signal);
    closing.push(() => chain.provider.destroy());
    const node = await registeredNode(chain, settings.NODE_ID, wallet);
    const reporters = new Reporters(chain.oracle);
    await patiently('list of reporters', () => reporters.refresh(), { log, signal });
    const receipts = settings.NODE_RECEIPTS_FILE ? new ReceiptFile(settings.NODE_RECEIPTS_FILE) : undefined;
    const shared = {
      backendOf: (device: number) => (typeof backend === 'function' ? backend(device) : backend),
      busyWith: options.busyWith,
      journal: settings.NODE_JOURNAL_FILE ? new Journal(settings.NODE_JOURNAL_FILE) : undefined,
      chain,
      registry: chain.deployment.contracts.NodeRegistry,
      reporters,
      adapters: options.adapters ?? thisCpu(node.devices),
      software: SOFTWARE,
      signer: wallet,
      metrics,
      signal,
    };
    const sessions = settings.ORACLE_URL.map(({ reporter, url }) => {
      const party = partyOf(chain, node, reporter);
      const sessionLog = log.child({ reporter });
      const answers = new Answers({ party, receipts, metrics, log: sessionLog });
      const onReady = (isReady: boolean) => {
        sessionOf[reporter] = { ok: isReady, url };
        metrics.set('dpin_node_session_ready', { reporter }, isReady ? 1 : 0);
      };
      onReady(false);
      return keepSession({ ...shared, url, party, answers, onReady, log: sessionLog });
    });
    await Promise.all([...sessions, reporters.keepFresh(log, signal)]);
  } finally {
    await drain(closing, STOP_MS);
  }
}

function partyOf(chain: Chain, node: RegisteredNode, reporter: string): Party {
  const { NodeRegistry, ReputationOracle } = chain.deployment.contracts;
  return {
    chainId: chain.chainId,
    oracle: ReputationOracle,
    domain: dpinDomain(chain.chainId, NodeRegistry),
    reporter,
    nodeId: node.nodeId,
    devices: node.devices,
    hardwareClass: hardwareClass(node.hardwareClass),
  };
}

async function registeredNode(chain: Chain, nodeId: number, wallet: Wallet): Promise<RegisteredNode> {
  const advice = 'Set NODE_ID to the id that NodeRegistry gave this node, and KEY to its worker key.';
  const node = await chain.registry.node(nodeId).catch((error: unknown) => {
    if (!(error instanceof ContractRevert)) throw error;
    throw new FatalError(
      `NODE_ID: ${nodeId} is not registered on chain ${chain.chainId}`,
      advice,
      {},
      { cause: error },
    );
  });
  if (node.retired) throw new FatalError(`NODE_ID: node ${nodeId} is retired`, advice);
  if (node.workerKey !== wallet.address.toLowerCase()) {
    throw new FatalError(`KEY: is not the worker key of node ${nodeId}`, advice, {
      registered: node.workerKey,
      given: wallet.address.toLowerCase(),
    });
  }
  if (!HARDWARE_CLASSES.some(({ id }) => id === node.hardwareClass)) {
    const update = 'Run a newer version of this software.';
    throw new FatalError(`NODE_ID: node ${nodeId} is of the unknown hardware class ${node.hardwareClass}`, update);
  }
  return node;
}

function thisCpu(devices: number): { name: string; software: boolean }[] {
  const name = (cpus()[0]?.model ?? 'cpu').slice(0, 128);
  return Array.from({ length: devices }, () => ({ name, software: true }));
}
