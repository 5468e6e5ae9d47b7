import { sleep } from '../../runtime/backoff';
import { EXIT_RETRY } from '../../runtime/exit';
import { SeededRandom } from '../random';
import { Deeds } from './deeds';
import { FaultyEndpoint } from './endpoint';
import { AVAILABILITY_FAULTS, type FaultTools, LIE_FAULTS, LOSS_FAULTS } from './faults';
import type { IndexerProcess } from './indexer-process';
import { FINALITY_BLOCKS, type World } from './world';

/** What a run did and what came of it. */
export interface Findings {
  seed: number;
  /** Endpoints in RPC_URL. */
  endpoints: number;
  /** Faults of endpoints that changed a request or an answer. */
  faults: number;
  /** Their names. */
  kinds: string[];
  reorgs: number;
  /** kill -9 of the indexer. */
  kills: number;
  /** Exits with 75, after which it was started again. */
  retries: number;
  databaseRestarts: number;
  blocks: number;
  /** Rows at the end. */
  rows: number;
  tablesEqual: boolean;
  problems: string[];
}

export interface RunOptions {
  seed: number;
  /** How long the chain and its endpoints are troubled while an indexer is at work: its starts do not count. */
  seconds: number;
}

/** A fault lasts so long at most; what is away for longer is away, and waited for. */
const FAULT_MS = [100, 1_200] as const;
const STEP_MS = [5, 90] as const;
/** The trouble lasts until so many faults met a request: an endpoint that was caught lying rests for longer than a run. */
const FEWEST_FAULTS = 3;
/** What the starts of indexers may add to it; so that a run ends where none comes to work. */
const LONGEST_STARTS_MS = 120_000;
/** The first is asked and the second compared with it; a third is asked where they fail. */
const ENDPOINTS_ASKED = 2;
/** An endpoint that failed often rests for more than a minute where there are others. */
const CATCH_UP_MS = 150_000;
/** Enough final blocks for a sync without secondary indexes. */
const HISTORY_BLOCKS = 260;
const DIFFERENCES_SHOWN = 5;

/** Runs an indexer through a time of trouble, and compares what it made with a clean index of the chain at its end. */
export async function simulateIndex(world: World, options: RunOptions): Promise<Findings> {
  const run = await Run.begin(world, options);
  try {
    await run.trouble();
    await run.calm();
    await run.compare();
  } finally {
    await run.end();
  }
  return run.findings;
}

class Run {
  readonly findings: Findings;
  private readonly random: SeededRandom;
  /** Draws of their own: when requests come is no part of the seed. */
  private readonly answers: SeededRandom;
  private readonly deeds: Deeds;
  private indexer: IndexerProcess;
  private isTroubled = true;

  private constructor(
    private readonly world: World,
    private readonly options: RunOptions,
    private readonly endpoints: readonly FaultyEndpoint[],
    private readonly database: string,
    random: SeededRandom,
    /** The only endpoint that lies; undefined where each may be away, and none lies. */
    private readonly liar: FaultyEndpoint | undefined,
  ) {
    this.random = random;
    this.answers = new SeededRandom(options.seed ^ 0x5eed);
    this.deeds = new Deeds(world.chain, random);
    this.findings = {
      seed: options.seed,
      endpoints: endpoints.length,
      faults: 0,
      kinds: [],
      reorgs: 0,
      kills: 0,
      retries: 0,
      databaseRestarts: 0,
      blocks: 0,
      rows: 0,
      tablesEqual: false,
      problems: [],
    };
    this.indexer = this.start();
  }

  static async begin(world: World, options: RunOptions): Promise<Run> {
    const random = new SeededRandom(options.seed);
    await world.chain.reset();
    const count = random.between(1, 3);
    const endpoints = await Promise.all(Array.from({ length: count }, () => FaultyEndpoint.start(world.chain.url)));
    // Whoever believes one endpoint alone, as there is no other, can be lied to.
    const liar = count > 1 && random.chance(0.5) ? random.pick(endpoints.slice(0, ENDPOINTS_ASKED)) : undefined;
    if (random.chance(0.5)) {
      const before = new Deeds(world.chain, random);
      for (let block = 0; block < 30; block++) await world.chain.block(await before.some());
      await world.chain.mine(HISTORY_BLOCKS);
    }
    return new Run(world, options, endpoints, await world.database(), random, liar);
  }

  /** Chain, endpoints, database and indexer do what they must not, for as long as the options say. */
  async trouble(): Promise<void> {
    const faults = this.faults();
    let leftMs = this.options.seconds * 1_000;
    const endMs = performance.now() + leftMs + LONGEST_STARTS_MS;
    while ((leftMs > 0 || this.faultsMet() < FEWEST_FAULTS) && performance.now() < endMs) {
      const fromMs = performance.now();
      const { isAtWork } = this.indexer;
      await this.step();
      await this.keepRunning();
      if (this.findings.problems.length > 0) break;
      await sleep(this.random.between(...STEP_MS));
      if (isAtWork) leftMs -= performance.now() - fromMs;
    }
    this.isTroubled = false;
    await faults;
  }

  /** Everything works again, and the indexer gets the time that it needs. */
  async calm(): Promise<void> {
    for (const endpoint of this.endpoints) endpoint.fault = undefined;
    await this.world.chain.exclusive(() => this.world.chain.mine(this.random.between(1, FINALITY_BLOCKS + 2)));
    const untilMs = performance.now() + CATCH_UP_MS;
    for (;;) {
      await this.keepRunning();
      const leftMs = untilMs - performance.now();
      if (await this.world.untilAtHead(this.database, () => this.indexer, leftMs)) return;
      if (this.findings.problems.length > 0) return;
      if (leftMs > 0) continue;
      this.findings.problems.push(`the index did not reach the newest block; its last words:\n${this.lastWords()}`);
      return;
    }
  }

  async compare(): Promise<void> {
    const { findings, world } = this;
    findings.blocks = await world.chain.height();
    findings.faults = this.faultsMet();
    const names = this.endpoints.flatMap(({ met }) => [...met.keys()].map(({ name }) => name));
    findings.kinds = [...new Set(names)].sort();
    if (findings.problems.length > 0) return;
    await this.indexer.end('SIGTERM');
    const clean = await world.database();
    const indexer = world.indexer(clean, [world.chain.url]);
    try {
      if (!(await world.untilAtHead(clean, () => indexer, CATCH_UP_MS))) {
        findings.problems.push(`no clean index came about; last words:\n${indexer.output.slice(-2_000)}`);
        return;
      }
    } finally {
      await indexer.end('SIGTERM');
    }
    const [ours, theirs] = [await world.rows(this.database), await world.rows(clean)];
    const differences = differencesOf(ours, theirs);
    const postgres = 'Postgres indexes';
    const [made, cleanlyMade] = [await world.indexes(this.database), await world.indexes(clean)];
    differences.push(...differencesOf(new Map([[postgres, made]]), new Map([[postgres, cleanlyMade]])));
    await world.forget(clean);
    findings.rows = [...ours.values()].reduce((sum, rows) => sum + rows.length, 0);
    findings.tablesEqual = differences.length === 0 && findings.rows > 0;
    findings.problems.push(...differences, ...untested(findings));
  }

  async end(): Promise<void> {
    await this.indexer.end('SIGKILL');
    await Promise.all(this.endpoints.map((endpoint) => endpoint.close()));
    await this.world.forget(this.database);
  }

  private async step(): Promise<void> {
    const { chain } = this.world;
    const drawn = this.random.below(100);
    if (drawn < 70) return chain.exclusive(() => this.block());
    if (drawn < 77) return chain.exclusive(() => chain.mine(this.random.between(1, 4)));
    if (drawn < 90) return this.reorg();
    if (drawn < 96) return this.restartIndexer();
    if (drawn < 98) return this.restartPostgres();
  }

  private async block(): Promise<void> {
    if (this.random.chance(0.15)) await this.world.chain.pass(this.random.between(10, 90));
    await this.world.chain.block(await this.deeds.some());
  }

  /** Another branch in the place of the newest blocks, shorter, as long or longer; as deep as finality at most. */
  private reorg(): Promise<void> {
    const { chain } = this.world;
    return chain.exclusive(async () => {
      const depth = await chain.rollback(this.random.between(1, FINALITY_BLOCKS));
      if (depth === 0) return;
      this.findings.reorgs++;
      const length = depth + this.random.between(-1, 2);
      for (let block = 0; block < length; block++) await this.block();
    });
  }

  private async restartIndexer(): Promise<void> {
    const isKill = this.random.chance(0.8);
    // On a slow machine it would hardly ever come to work.
    const waits = this.random.chance(0.9);
    if (waits && !this.indexer.isAtWork) return;
    if (isKill) this.findings.kills++;
    await this.indexer.end(isKill ? 'SIGKILL' : 'SIGTERM');
    if (this.random.chance(0.3)) await sleep(this.random.between(50, 500));
    this.indexer = this.start();
  }

  private async restartPostgres(): Promise<void> {
    this.findings.databaseRestarts++;
    await this.world.restartPostgres(this.random.chance(0.6), this.random.between(0, 600));
  }

  /** Faults of endpoints, one after the other, some at the same time. */
  private async faults(): Promise<void> {
    const tools: FaultTools = {
      sleep,
      height: () => this.world.chain.height(),
      reorg: async () => {
        if (this.isTroubled) await this.reorgQuietly();
      },
    };
    const troubled = this.liar ? [this.liar] : this.endpoints;
    // A liar that is away rests for most of the run, and tells no lie.
    const makers = this.liar ? LIE_FAULTS : [...AVAILABILITY_FAULTS, ...LOSS_FAULTS];
    while (this.isTroubled) {
      const endpoint = this.answers.pick(troubled);
      endpoint.fault = this.answers.chance(0.75) ? this.answers.pick(makers)(this.answers, tools) : undefined;
      await sleep(this.answers.between(...FAULT_MS) / troubled.length);
    }
  }

  /** A reorg in the middle of a request, with empty blocks: what is in blocks is drawn by the steps. */
  private reorgQuietly(): Promise<void> {
    const { chain } = this.world;
    return chain.exclusive(async () => {
      const depth = await chain.rollback(2);
      if (depth === 0) return;
      this.findings.reorgs++;
      await chain.mine(depth + 1);
    });
  }

  /** Faults that met a request. */
  private faultsMet(): number {
    return this.endpoints.reduce((sum, { met }) => sum + met.size, 0);
  }

  private start(): IndexerProcess {
    return this.world.indexer(
      this.database,
      this.endpoints.map(({ url }) => url),
    );
  }

  /** Does what a supervisor does. */
  private async keepRunning(): Promise<void> {
    if (this.indexer.isRunning || this.findings.problems.length > 0) return;
    if (this.indexer.exitCode === EXIT_RETRY) {
      this.findings.retries++;
      this.indexer = this.start();
      return;
    }
    this.findings.problems.push(
      `the indexer ended with ${this.indexer.exitCode}; its last words:\n${this.lastWords()}`,
    );
  }

  private lastWords(): string {
    return this.indexer.output.slice(-2_000);
  }
}

/** Why a run shows nothing even where all tables are equal, in words. */
export function untested({ faults, rows }: Pick<Findings, 'faults' | 'rows'>): string[] {
  return [
    ...(faults === 0 ? ['no fault met a request: nothing was tried'] : []),
    ...(rows === 0 ? ['the index has no rows'] : []),
  ];
}

/** Rows that one of two indexes does not have, in words, the first few by name; nothing where all are equal. */
export function differencesOf(ours: ReadonlyMap<string, string[]>, clean: ReadonlyMap<string, string[]>): string[] {
  const found: string[] = [];
  for (const table of new Set([...ours.keys(), ...clean.keys()])) {
    const [mine, theirs] = [new Set(ours.get(table)), new Set(clean.get(table))];
    const only = (rows: ReadonlySet<string>, others: ReadonlySet<string>) =>
      [...rows].filter((row) => !others.has(row));
    const wrong = only(mine, theirs);
    const missing = only(theirs, mine);
    if (wrong.length + missing.length === 0) continue;
    found.push(`${table}: ${wrong.length} rows that a clean index has not, ${missing.length} the other way round`);
    found.push(...wrong.slice(0, DIFFERENCES_SHOWN).map((row) => `  has  ${row}`));
    found.push(...missing.slice(0, DIFFERENCES_SHOWN).map((row) => `  not  ${row}`));
  }
  return found;
}
