import { setTimeout as sleep } from 'node:timers/promises';
import { JsonRpcProvider } from 'ethers';
import { type Anvil, startAnvil } from '../../src/devnet/machine/anvil';
import { freePort } from '../../src/devnet/machine/ports';
import { DEVNET_CHAIN_ID, DEVNET_MNEMONIC } from '../../src/devnet/network';

/** A chain of a test's own. */
export interface TestChain {
  readonly url: string;
  readonly chainId: number;
  readonly mnemonic: string;
  readonly anvil: Anvil;
  /** Polls every 50 ms. */
  readonly provider: JsonRpcProvider;
  stop(): Promise<void>;
}

/**
 * Starts anvil on a free port: a block per transaction unless `blockTimeSeconds` is given. Ready in about 0.1 s.
 * @param dir keeps the chain there between starts
 */
export async function startTestChain(
  options: { blockTimeSeconds?: number; dir?: string; accounts?: number } = {},
): Promise<TestChain> {
  const anvil = await startAnvil({
    ...options,
    port: await freePort(),
    mnemonic: DEVNET_MNEMONIC,
    accounts: options.accounts ?? 30,
    chainId: DEVNET_CHAIN_ID,
  });
  const provider = new JsonRpcProvider(anvil.url, DEVNET_CHAIN_ID, {
    staticNetwork: true,
    pollingInterval: 50,
    cacheTimeout: -1,
  });
  return {
    url: anvil.url,
    chainId: DEVNET_CHAIN_ID,
    mnemonic: DEVNET_MNEMONIC,
    anvil,
    provider,
    stop: async () => {
      provider.destroy();
      await anvil.stop();
    },
  };
}

/** Mines a block every `everyMs` until the work ends: what waits for finality waits for blocks. */
export async function miningUntil<T>({ provider }: TestChain, work: Promise<T>, everyMs: number): Promise<T> {
  let over = false;
  const ended = work.finally(() => {
    over = true;
  });
  // It is awaited below; until then its failure must not count as unhandled.
  ended.catch(() => undefined);
  while (!over) {
    await provider.send('evm_mine', []);
    await sleep(everyMs);
  }
  return ended;
}
