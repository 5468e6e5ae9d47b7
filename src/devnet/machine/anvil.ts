import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sleep } from '../../runtime/backoff';
import { FatalError, RetryableError } from '../../runtime/errors';
import { isPortFree } from './ports';
import { commandOf, ended, endWithUs } from './processes';

export interface AnvilOptions {
  port: number;
  /** Folder that keeps the chain between starts; absent: the chain is forgotten when it stops. */
  dir?: string;
  /** A file with a whole chain: written when this one stops, or read at its start and left as it is. */
  snapshot?: { file: string; mode: 'write' | 'read' };
  /** Seconds between blocks; absent: a block per transaction. */
  blockTimeSeconds?: number;
  mnemonic: string;
  accounts: number;
  chainId: number;
}

/** A running local chain. */
export interface Anvil {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<void>;
  /** Writes the state file (when there is a folder) and ends; resolves when the process is gone. */
  stop(): Promise<void>;
}

/** What a kill -9 of the chain itself can lose. Everybody else's kill loses nothing. */
const STATE_INTERVAL_SECONDS = 10;
/** States that answer reads at past blocks; each is a whole copy of the chain's state in memory. */
const STATES_KEPT = 128;
const START_TIMEOUT_MS = 15_000;
/** A snapshot can hold a hundred thousand blocks. */
const SNAPSHOT_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 3_000;
/** As large as BNB Chain's. */
const BLOCK_GAS_LIMIT = 140_000_000;

/**
 * Starts anvil (Prague rules, blocks final after one slot) and waits until it answers.
 * With `dir` the chain goes on where the last start ended: blocks, receipts and logs are kept. Two things are not:
 * state at blocks before the restart, and BLOCKHASH of such blocks, so a round opened before a restart cannot be
 * anchored.
 * @throws FatalError when the port is taken or the kept chain cannot be read
 */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const files = options.dir === undefined ? undefined : chainFiles(options.dir);
  if (files) await stopLeftover(files.pid);
  if (!(await isPortFree(options.port))) {
    throw new FatalError(`Port ${options.port} is taken`, 'The chain needs it: free it or choose another.', {
      port: options.port,
    });
  }
  const args = ['--host', '127.0.0.1', '--port', String(options.port), '--chain-id', String(options.chainId)];
  args.push(
    '--hardfork',
    'prague',
    '--slots-in-an-epoch',
    '1',
    '--order',
    'fifo',
    '--gas-limit',
    String(BLOCK_GAS_LIMIT),
    '--prune-history',
    String(STATES_KEPT),
    '--quiet',
  );
  args.push('--mnemonic', options.mnemonic, '--accounts', String(options.accounts));
  if (options.blockTimeSeconds !== undefined) args.push('--block-time', String(options.blockTimeSeconds));
  if (files) args.push('--state', files.state, '--state-interval', String(STATE_INTERVAL_SECONDS));
  const { snapshot } = options;
  if (snapshot) args.push(snapshot.mode === 'write' ? '--dump-state' : '--load-state', snapshot.file);

  const child = spawn(anvilBinary(), args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true, cwd: '/' });
  endWithUs(child, 'INT');
  let lastWords = '';
  child.stderr.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-2_000);
  });
  if (files && child.pid !== undefined) writeFileSync(files.pid, String(child.pid));

  const url = `http://127.0.0.1:${options.port}`;
  const startTimeoutMs = snapshot?.mode === 'read' ? SNAPSHOT_TIMEOUT_MS : START_TIMEOUT_MS;
  await answers(url, child, { lastWords: () => lastWords, state: files?.state, timeoutMs: startTimeoutMs });
  return {
    url,
    pid: child.pid as number,
    exited: ended(child),
    stop: async () => {
      child.kill('SIGINT');
      const limitMs = snapshot?.mode === 'write' ? SNAPSHOT_TIMEOUT_MS : STOP_TIMEOUT_MS;
      const forced = setTimeout(() => child.kill('SIGKILL'), limitMs);
      await ended(child);
      clearTimeout(forced);
      if (files) rmSync(files.pid, { force: true });
    },
  };
}

/** Stops an anvil that a killed launcher left on `dir`. */
export async function stopLeftoverAnvil(dir: string): Promise<void> {
  await stopLeftover(chainFiles(dir).pid);
}

function chainFiles(dir: string): { state: string; pid: string } {
  const folder = resolve(dir, 'chain');
  mkdirSync(folder, { recursive: true });
  return { state: join(folder, 'state.json'), pid: join(folder, 'anvil.pid') };
}

async function stopLeftover(pidFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const isOurs = () => commandOf(pid)?.includes(pidFile.replace(/anvil\.pid$/, 'state.json')) ?? false;
  if (isOurs()) process.kill(pid, 'SIGINT');
  for (let waitedMs = 0; isOurs(); waitedMs += 50) {
    if (waitedMs > 5_000) throw new RetryableError('A chain left by an earlier start does not stop', { pid });
    await sleep(50);
  }
  rmSync(pidFile, { force: true });
}

/** The native binary of this platform's npm package: the package's own launcher would add a Node process. */
function anvilBinary(): string {
  const architectures: Partial<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
  const name = `@foundry-rs/anvil-${process.platform}-${architectures[process.arch] ?? process.arch}`;
  try {
    return require.resolve(`${name}/bin/${process.platform === 'win32' ? 'anvil.exe' : 'anvil'}`);
  } catch (error) {
    throw new FatalError(
      `The package ${name} is not installed`,
      'Run npm install without --omit=optional.',
      {},
      {
        cause: error,
      },
    );
  }
}

interface Start {
  lastWords(): string;
  state: string | undefined;
  timeoutMs: number;
}

async function answers(url: string, child: ChildProcess, { lastWords, state, timeoutMs }: Start): Promise<void> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] });
  const headers = { 'content-type': 'application/json' };
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += 25) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) break;
    const response = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
    if (response?.ok) return;
    await sleep(25);
  }
  child.kill('SIGKILL');
  throw new FatalError(
    'The local chain does not start',
    state && existsSync(state)
      ? `Its kept state may be damaged (${state}); "npm run reset" forgets it.`
      : 'Run the anvil binary by hand to see why; it needs glibc 2.35 or newer on Linux.',
    { lastWords: lastWords().trim() },
  );
}
