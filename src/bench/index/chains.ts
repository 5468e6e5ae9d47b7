import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Anvil, startAnvil } from '../../devnet/machine/anvil';
import { freePort } from '../../devnet/machine/ports';
import { DEVNET_CHAIN_ID, DEVNET_MNEMONIC } from '../../devnet/network';
import { PROJECT_ROOT } from '../../runtime/project';
import { type EventChain, writeEventChain } from '../fixtures/event-chain';
import { appendEmptyBlocks } from './empty-blocks';

/** The chains that are indexed. */
export const CHAINS = {
  dense: { events: 80_000, eventsPerBlock: 100, emptyBlocks: 0 },
  sparse: { events: 80_000, eventsPerBlock: 7, emptyBlocks: 0 },
  empty: { events: 0, eventsPerBlock: 0, emptyBlocks: 100_000 },
} as const;
export type ChainName = keyof typeof CHAINS;

/** A chain as the bench runs it. */
export interface BenchChain extends Omit<EventChain, 'deployment'> {
  url: string;
  deploymentFile: string;
  stop(): Promise<void>;
}

const ACCOUNTS = 30;
const CACHE = join(PROJECT_ROOT, 'build', 'bench');
/** What a kept chain depends on: it is written anew when one of them changes. */
const MAKERS = [
  'build/stamps/contracts',
  'lib/bench/fixtures/event-chain.js',
  'lib/bench/index/empty-blocks.js',
  'lib/bench/index/chains.js',
];

/** Starts a chain with what an earlier run wrote; writes it first when there is none. */
export async function openChain(name: ChainName, say: (line: string) => void): Promise<BenchChain> {
  const folder = join(CACHE, `${name}-${keyOfMakers()}`);
  if (!existsSync(folder)) {
    say(`writing the ${name} chain; the next run finds it`);
    // Whole or not at all: the folder gets its name last.
    const draft = `${folder}.draft`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true });
    await writeChain(name, draft);
    renameSync(draft, folder);
  }
  const { lastBlock } = JSON.parse(readFileSync(join(folder, 'chain.json'), 'utf8')) as { lastBlock: number };
  const anvil = await start({ file: join(folder, 'state.json'), mode: 'read' });
  return { url: anvil.url, deploymentFile: join(folder, 'deployment.json'), lastBlock, stop: () => anvil.stop() };
}

async function writeChain(name: ChainName, folder: string): Promise<void> {
  const { emptyBlocks, ...options } = CHAINS[name];
  const state = join(folder, 'state.json');
  const anvil = await start({ file: state, mode: 'write' });
  let chain: EventChain;
  try {
    chain = await writeEventChain(anvil.url, options);
  } finally {
    await anvil.stop();
  }
  if (emptyBlocks > 0) appendEmptyBlocks(state, emptyBlocks);
  writeFileSync(join(folder, 'deployment.json'), JSON.stringify(chain.deployment));
  writeFileSync(join(folder, 'chain.json'), JSON.stringify({ lastBlock: chain.lastBlock + emptyBlocks }));
}

async function start(snapshot: { file: string; mode: 'write' | 'read' }): Promise<Anvil> {
  const port = await freePort();
  return startAnvil({ port, snapshot, mnemonic: DEVNET_MNEMONIC, accounts: ACCOUNTS, chainId: DEVNET_CHAIN_ID });
}

function keyOfMakers(): string {
  const hash = createHash('sha256');
  for (const file of MAKERS) hash.update(readFileSync(join(PROJECT_ROOT, file)));
  return hash.digest('hex').slice(0, 16);
}
