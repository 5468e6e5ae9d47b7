import { setMaxListeners } from 'node:events';
import { cpus } from 'node:os';
import { createLogger } from '@subsquid/logger';
import type { Wallet } from 'ethers';
import { type Chain, connectChain } from '../chain/connect';
import { loadKey } from '../chain/keys';
import type { RegisteredNode } from '../chain/registry';
import { ContractRevert } from '../chain/revert';
import type { SettingsOf } from '../config/settings';
import { SOFTWARE } from '../config/version';
import { CLOSE } from '../protocol/messages';
import { backoffMs, sleep } from '../runtime/backoff';
import { FatalError } from '../runtime/errors';
import { unlessStopped } from '../runtime/stop-signal';
import type { Backend } from './backends/backend';
import { Connection } from './connection';
import { Journal } from './journal';
import { type BusyShard, Work } from './work';

/**
 * Between dials: doubling from the first to the longest, with jitter; an oracle that restarts finds its nodes back
 * within seconds.
 */
const FIRST_DIAL_MS = 500;
const LONGEST_DIAL_MS = 4_000;
/** A socket that does not close when asked is cut after this. */
const CLOSE_MS = 1_000;

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
 * Runs a node agent: checks its registration, dials the oracle, answers challenges, dials again when the connection
 * ends. The backend is the caller's to close.
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
  const chain = await unlessStopped(connectChain(settings), signal);
  try {
    const node = await registeredNode(chain, settings.NODE_ID, wallet);
    let connection: Connection | null = null;
    const work = new Work(
      {
        backendOf: (device) => (typeof backend === 'function' ? backend(device) : backend),
        busyWith: options.busyWith,
        journal: settings.NODE_JOURNAL_FILE ? new Journal(settings.NODE_JOURNAL_FILE) : undefined,
        chain,
        signer: wallet,
        log,
        signal,
      },
      (message) => connection?.send(message) ?? false,
    );
    for (let failures = 0; !signal.aborted; ) {
      connection = new Connection({
        url: settings.ORACLE_URL,
        chainId: settings.CHAIN_ID,
        registry: chain.deployment.contracts.NodeRegistry,
        oracle: chain.deployment.contracts.ReputationOracle,
        nodeId: node.nodeId,
        devices: node.devices,
        adapters: options.adapters ?? thisCpu(node.devices),
        software: SOFTWARE,
        signer: wallet,
        work,
        log,
      });
      const { code, reason, wasReady } = await untilEnded(connection, signal);
      if (signal.aborted) break;
      if (wasReady && code !== CLOSE.replaced) failures = 0;
      // Told once: the next line is success or the end.
      if (failures === 0)
        log.warn({ url: settings.ORACLE_URL, code, reason }, 'no connection to the oracle; dialling again');
      await sleep(backoffMs(failures++, FIRST_DIAL_MS, LONGEST_DIAL_MS), signal);
    }
  } finally {
    chain.provider.destroy();
  }
}

async function untilEnded(connection: Connection, signal: AbortSignal) {
  const stop = () => {
    connection.close();
    setTimeout(() => connection.terminate(), CLOSE_MS).unref();
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const ended = await connection.ended;
  signal.removeEventListener('abort', stop);
  return ended;
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
  return node;
}

function thisCpu(devices: number): { name: string; software: boolean }[] {
  const name = (cpus()[0]?.model ?? 'cpu').slice(0, 128);
  return Array.from({ length: devices }, () => ({ name, software: true }));
}
