import { JsonRpcProvider } from 'ethers';
import { openContracts } from '../../chain/call';
import type { Deployment } from '../../chain/deployment';
import { sleep } from '../../runtime/backoff';
import type { DevnetAccounts } from '../accounts';
import { ACTOR_PARAMETERS } from '../network';
import type { ActorContext } from './context';
import { stepJobs } from './jobs';
import { stepRegistry } from './registry';
import { stepRewards } from './rewards';
import { stepStaking } from './staking';

/** The devnet's people at work. */
export interface Actors {
  /** Resolves when the deed in progress has ended, or after a second. */
  stop(): Promise<void>;
}

export interface ActorOptions {
  url: string;
  deployment: Deployment;
  accounts: DevnetAccounts;
  /** Told of every deed that failed; the actors go on. */
  onError(deed: string, error: Error): void;
}

const STOP_GRACE_MS = 1_000;
const DEEDS = { jobs: stepJobs, staking: stepStaking, rewards: stepRewards, registry: stepRegistry } as const;

/**
 * Lets the client, the stakers and the operators act every few seconds, one after the other. What they do next follows
 * from the chain alone, so a restart simply goes on.
 */
export function startActors(options: ActorOptions): Actors {
  const stopping = new AbortController();
  const provider = new JsonRpcProvider(options.url, options.deployment.chainId, {
    staticNetwork: true,
    pollingInterval: 500,
    cacheTimeout: -1,
  });
  const done = act(options, provider, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      // A transaction under way is waited for a moment only: the chain may be gone already.
      await Promise.race([done, sleep(STOP_GRACE_MS)]);
      provider.destroy();
    },
  };
}

async function act(options: ActorOptions, provider: JsonRpcProvider, signal: AbortSignal): Promise<void> {
  const contracts = openContracts(options.deployment.contracts, provider);
  for (let step = 0; !signal.aborted; step++) {
    for (const [deed, run] of Object.entries(DEEDS)) {
      try {
        const head = await provider.getBlock('latest');
        const context: ActorContext = {
          provider,
          accounts: options.accounts,
          contracts,
          now: head?.timestamp ?? 0,
          step,
        };
        await run(context);
      } catch (error) {
        // The chain's answers to those that were cut off by `stop` are no news.
        if (!signal.aborted) options.onError(deed, error as Error);
      }
      if (signal.aborted) return;
    }
    await sleep(ACTOR_PARAMETERS.secondsBetweenSteps * 1_000, signal);
  }
}
