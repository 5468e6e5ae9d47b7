import { sleep } from '../../runtime/backoff';
import { EXIT_FATAL, EXIT_RETRY } from '../../runtime/exit';
import { SeededRandom } from '../random';
import { type Deed, SimulatedChain } from './chain';
import { Deeds } from './deeds';
import { FaultyEndpoint } from './endpoint';
import type { Fault } from './faults';
import type { IndexerProcess } from './indexer-process';
import { FINALITY_BLOCKS, type World } from './world';

/** What no indexer can heal, and how it must end. */
export interface Stop {
  /** What happens, for the documentation. */
  what: string;
  exitCode: number;
  /** What its last words have. */
  words: string;
  /** Lets it happen. @returns the indexer that has to end of it */
  happen(scene: Scene): Promise<IndexerProcess>;
}

export interface StopFindings {
  seed: number;
  stop: StopName;
  exitCode: number | null;
  /** It ended as it must. */
  ok: boolean;
  problems: string[];
}

const CATCH_UP_MS = 60_000;
const END_MS = 90_000;
const DPN = 10n ** 18n;
/**
 * More than the index lets become final before it reads the newest final ones again. A test compares it with that
 * number, which the room of the simulation must not import.
 */
export const MANY_FINAL_BLOCKS = 40;
/** Words of data that nothing else in these blocks has: of NodeStaking.Delegated, and of DPNToken.Transfer. */
const WORDS = { delegated: 6, transfer: 1 } as const;

/** An index that has taken in what was before, with two endpoints. */
class Scene {
  constructor(
    readonly world: World,
    readonly database: string,
    readonly endpoints: readonly [FaultyEndpoint, FaultyEndpoint],
    readonly deeds: Deeds,
  ) {}

  get chain(): SimulatedChain {
    return this.world.chain;
  }

  /** Starts an indexer and waits until it holds the newest block. @param endpoints in RPC_URL */
  async indexed(endpoints: readonly { url: string }[] = this.endpoints): Promise<IndexerProcess> {
    const indexer = this.world.indexer(
      this.database,
      endpoints.map(({ url }) => url),
    );
    if (await this.world.untilAtHead(this.database, () => indexer, CATCH_UP_MS)) return indexer;
    throw new Error(`the indexer did not come as far as the fault:\n${indexer.output.slice(-2_000)}`);
  }

  /** A block with a delegation to node 0. */
  async delegation(): Promise<void> {
    const from = this.chain.accounts.stakers[0]!.address;
    await this.blockWith({ from, contract: 'NodeStaking', method: 'delegate', args: [0, DPN] });
  }

  /** A block with one transfer. @returns its height */
  async transfer(): Promise<number> {
    const from = this.chain.accounts.client.address;
    return this.blockWith({ from, contract: 'DPNToken', method: 'transfer', args: [this.deeds.stranger, 1n] });
  }

  private async blockWith(deed: Deed): Promise<number> {
    await this.chain.block([deed]);
    return this.chain.height();
  }
}

/** Leaves out one log of a block. @param hides the header's bloom says yes to everything, so that nothing shows */
function lie(height: number, log: keyof typeof WORDS, hides: boolean): Fault {
  const isIt = ({ blockNumber, data }: { blockNumber: string; data: string }) =>
    Number(blockNumber) === height && data.length === 2 + 64 * WORDS[log];
  return {
    name: 'lie',
    alter: ({ method }, answer) => {
      if (method === 'eth_getLogs' && Array.isArray(answer.result)) {
        return { ...answer, result: answer.result.filter((one) => !isIt(one)) };
      }
      if (!hides || Number(answer.result?.number) !== height || !answer.result?.logsBloom) return answer;
      return { ...answer, result: { ...answer.result, logsBloom: `0x${'f'.repeat(512)}` } };
    },
  };
}

/** Another amount in a transfer, which no bloom shows. */
function otherAmount(height: number): Fault {
  return {
    name: 'other amount',
    alter: ({ method }, answer) =>
      method === 'eth_getLogs' && Array.isArray(answer.result)
        ? {
            ...answer,
            result: answer.result.map((log) =>
              Number(log.blockNumber) === height ? { ...log, data: log.data.replace(/.$/, '9') } : log,
            ),
          }
        : answer,
  };
}

export const STOPS = {
  'same-lie': {
    what: 'all endpoints leave out the same event, with a header that does not show it',
    exitCode: EXIT_FATAL,
    words: 'contradicts the index',
    happen: async (scene) => {
      const indexer = await scene.indexed();
      const height = (await scene.chain.height()) + 1;
      for (const endpoint of scene.endpoints) endpoint.fault = lie(height, 'delegated', true);
      await scene.delegation();
      await scene.delegation();
      return indexer;
    },
  },
  'lie-against-the-header': {
    what: 'all endpoints leave out the same event, which the header shows',
    exitCode: EXIT_RETRY,
    words: 'no endpoint gives logs that fit the header of block',
    happen: async (scene) => {
      const indexer = await scene.indexed();
      const height = (await scene.chain.height()) + 1;
      for (const endpoint of scene.endpoints) endpoint.fault = lie(height, 'delegated', false);
      await scene.delegation();
      await scene.chain.mine(FINALITY_BLOCKS + 1);
      return indexer;
    },
  },
  disagreement: {
    what: 'two endpoints give different data of a log, and there is no third',
    exitCode: EXIT_RETRY,
    words: 'endpoints have different logs',
    happen: async (scene) => {
      const height = await scene.transfer();
      await scene.chain.mine(FINALITY_BLOCKS + 1);
      scene.endpoints[0].fault = otherAmount(height);
      return scene.world.indexer(
        scene.database,
        scene.endpoints.map(({ url }) => url),
      );
    },
  },
  'late-truth': {
    what: 'the only endpoint leaves out an event until its block is final, then gives it',
    exitCode: EXIT_FATAL,
    words: 'is final and was indexed with other logs than it has',
    happen: async (scene) => {
      const [endpoint] = scene.endpoints;
      const height = await scene.transfer();
      endpoint.fault = lie(height, 'transfer', true);
      const indexer = await scene.indexed([endpoint]);
      await scene.chain.mine(FINALITY_BLOCKS + 1);
      await scene.world.untilAtHead(scene.database, () => indexer, CATCH_UP_MS);
      endpoint.fault = undefined;
      for (let blocks = 0; blocks < 3 && indexer.isRunning; blocks++) {
        await scene.chain.mine(MANY_FINAL_BLOCKS);
        await scene.world.untilAtHead(scene.database, () => indexer, CATCH_UP_MS);
      }
      return indexer;
    },
  },
  'deep-reorg': {
    what: 'blocks are taken back that count as final',
    exitCode: EXIT_FATAL,
    words: 'reorganised below finality',
    happen: async (scene) => {
      const { chain } = scene;
      const base = await chain.height();
      for (let block = 0; block < FINALITY_BLOCKS + 4; block++) await chain.block(await scene.deeds.some());
      const indexer = await scene.indexed();
      await chain.rollback(FINALITY_BLOCKS + 4, base);
      await scene.transfer();
      await chain.mine(2 * FINALITY_BLOCKS + 8);
      return indexer;
    },
  },
  'another-network': {
    what: 'the database has the index of another network',
    exitCode: EXIT_FATAL,
    words: 'has the index of another network',
    happen: async (scene) => {
      await scene.chain.mine(FINALITY_BLOCKS + 1);
      await (await scene.indexed()).end('SIGTERM');
      const other = await SimulatedChain.start(FINALITY_BLOCKS);
      try {
        const indexer = scene.world.indexer(scene.database, [other.url], { DEPLOYMENT_FILE: other.deploymentFile });
        await untilEnded(indexer);
        return indexer;
      } finally {
        await other.stop();
      }
    },
  },
} as const satisfies Record<string, Stop>;

export type StopName = keyof typeof STOPS;
export const STOP_NAMES = Object.keys(STOPS) as StopName[];

/** Lets something happen that cannot be healed, and sees whether the indexer stops with the right words. */
export async function simulateStop(world: World, name: StopName, seed: number): Promise<StopFindings> {
  const random = new SeededRandom(seed);
  await world.chain.reset();
  const deeds = new Deeds(world.chain, random);
  for (let block = random.between(1, 10); block > 0; block--) await world.chain.block(await deeds.some());
  const endpoints = await Promise.all([FaultyEndpoint.start(world.chain.url), FaultyEndpoint.start(world.chain.url)]);
  const database = await world.database();
  const { happen, words, exitCode }: Stop = STOPS[name];
  let indexer: IndexerProcess | undefined;
  try {
    indexer = await happen(new Scene(world, database, endpoints, deeds));
    await untilEnded(indexer);
    const problems: string[] = [];
    if (indexer.exitCode !== exitCode) problems.push(`exit code ${indexer.exitCode}, not ${exitCode}`);
    if (!indexer.output.includes(words)) problems.push(`it did not say ${JSON.stringify(words)}`);
    if (problems.length > 0) problems.push(`its last words:\n${indexer.output.slice(-2_000)}`);
    return { seed, stop: name, exitCode: indexer.exitCode ?? null, ok: problems.length === 0, problems };
  } finally {
    await indexer?.end('SIGKILL');
    await Promise.all(endpoints.map((endpoint) => endpoint.close()));
    await world.forget(database);
  }
}

/** Waits for its end, not for ever. */
async function untilEnded(indexer: IndexerProcess): Promise<void> {
  const untilMs = performance.now() + END_MS;
  while (indexer.isRunning && performance.now() < untilMs) await sleep(100);
}
