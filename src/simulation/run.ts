import type { Logger } from '@subsquid/logger';
import type { RegisteredNode } from '../chain/registry';
import type { ChallengeRecords, RoundRecords } from '../oracle/rounds/ports';
import type { PresenceRecords } from '../oracle/rounds/presence';
import type { Timetable } from '../protocol/rounds/timetable';
import { SimulatedChain } from './chain';
import { drawFaults, type Fault, type FaultKind } from './faults';
import { type Findings, inspect } from './inspect';
import { MemoryStore } from './memory-store';
import { BEHAVIOURS, type Behaviour, type Published, SimulatedNode } from './nodes';
import { GENESIS_MS, type MachineClocks } from './process';
import { SeededRandom } from './random';
import { REPORTER, SimulatedReporter, type Surroundings } from './reporter';
import { World } from './world';

export interface SimulationOptions {
  seed: number;
  rounds: number;
  nodes: number;
  faults: number;
  log: Logger;
  /** The oracle's tables; in memory unless told otherwise. */
  records?: Records;
}

const SLOT_MS = 60_000;
/** How far the rounds of every second seed may reach into the next ones' slots. */
const OVERLAP_MS = 20_000;
/** Every so manieth node has two devices. */
const TWO_DEVICES_EVERY = 4;
const TIMETABLE: Timetable = {
  prepareMs: 2_000,
  commitMs: 16_000,
  anchorMs: 15_000,
  revealMs: 12_000,
  verdictMs: 8_000,
};
/** Every second node is honest; the others take the behaviours in turn, from another one on with each seed. */
const HONEST_EVERY = 2;
/** After the last slot nothing goes wrong any more, and everything must end. */
const QUIET_MS = 180_000;
const NOBODY = `0x${'00'.repeat(20)}`;

/** Runs the real rounds through faults drawn from a seed. @returns what is to be said of the run */
export async function simulateRounds(options: SimulationOptions): Promise<Findings> {
  const { seed, rounds, nodes: count, log } = options;
  const random = new SeededRandom(seed);
  const overlapMs = seed % 2 === 0 ? 0 : OVERLAP_MS;
  const world = new World();
  const endedAtMs = new Map<number, number>();
  const judgedAtMs = new Map<number, number>();
  const records = noting(options.records ?? new MemoryStore(), {
    judged: (round) => judgedAtMs.set(round, judgedAtMs.get(round) ?? world.nowMs),
    ended: (round) => endedAtMs.set(round, world.nowMs),
  });
  const clocks: MachineClocks = { wallOffsetMs: 0, sleptMs: 0 };
  const outages = { databaseUntilMs: 0, diskUntilMs: 0, checkerUntilMs: 0 };
  const published: Published[] = [];
  let reporter: SimulatedReporter | null = null;
  const oracle = () => (reporter?.listens ? reporter.sessions : null);
  const nodes = Array.from({ length: count }, (_, nodeId) => {
    const behaviour = behaviourOf(nodeId, seed);
    const speed = 0.3 + 1.5 * random.next();
    const hardwareClass = behaviour === 'software' ? 1 : 0;
    const latencyMs = random.between(3, 80);
    return new SimulatedNode(
      nodeId,
      behaviour,
      hardwareClass,
      speed,
      latencyMs,
      world,
      new SeededRandom(seed * 1_000 + nodeId),
      oracle,
      published,
    );
  });
  const chain = new SimulatedChain(world, nodes.map(registered), REPORTER, SLOT_MS, random);
  const around: Surroundings = {
    ...{ world, random, clocks, records, chain, log, outages, files: new Map() },
    times: { genesisMs: GENESIS_MS, slotMs: SLOT_MS, slotsPerEpoch: 4 },
    timetable: TIMETABLE,
    overlapMs,
  };
  /** When the oracle was kept from its work, true time. */
  const disturbed: { fromMs: number; toMs: number }[] = [];
  let asleepUntilMs = 0;
  let isOver = false;
  const start = () => {
    reporter = new SimulatedReporter(around, () => {
      if (isOver) return;
      for (const node of nodes) if (node.isLinked) node.cutOff();
      const backMs = Math.max(random.between(300, 5_000), asleepUntilMs - world.nowMs + 1);
      disturbed.push({ fromMs: world.nowMs, toMs: world.nowMs + backMs });
      world.after(backMs, start);
    });
    reporter.start();
  };
  const disturb = (ms: number) => disturbed.push({ fromMs: world.nowMs, toMs: world.nowMs + ms });
  const strikes: Readonly<Record<FaultKind, (ms: number, node: SimulatedNode) => void>> = {
    crash: () => reporter?.process.kill(),
    crashAtCall: (ms) => {
      if (reporter) reporter.process.callsLeft = 1 + Math.floor(ms / 20);
    },
    suspend: (ms) => {
      disturb(ms);
      reporter?.sessions.standStill(ms, ms);
      reporter?.process.standStill(ms);
    },
    machineSleep: (ms) => {
      disturb(ms);
      asleepUntilMs = world.nowMs + ms;
      reporter?.sessions.standStill(0, ms);
      reporter?.process.standStill(ms);
      clocks.sleptMs += ms;
    },
    clockStep: (ms) => {
      disturb(ms);
      clocks.wallOffsetMs += random.chance(0.5) ? ms : -ms;
      // Time synchronization mends it.
      world.after(ms, () => {
        clocks.wallOffsetMs = 0;
      });
    },
    mainLoopBlocked: (ms) => {
      disturb(ms);
      reporter?.process.block(ms);
    },
    gatewayDies: (ms) => {
      disturb(ms);
      reporter?.sessions.die(ms);
    },
    checkerDies: (ms) => {
      disturb(ms);
      outages.checkerUntilMs = world.nowMs + ms;
    },
    databaseAway: (ms) => {
      disturb(ms);
      outages.databaseUntilMs = world.nowMs + ms;
    },
    endpointAway: (ms) => {
      disturb(ms);
      chain.awayUntilMs = world.nowMs + ms;
    },
    diskFull: (ms) => {
      disturb(ms);
      outages.diskUntilMs = world.nowMs + ms;
    },
    reorg: (ms) => chain.reorg(1 + Math.floor(ms / 1_000)),
    nodeNetworkAway: (ms, node) => node.loseNetwork(ms),
    nodeSlow: (ms, node) => node.slowDown(5_000, ms),
    nodeRepeats: (_, node) => node.repeat(),
  };
  const strike = (fault: Fault) => {
    log.info({ ...fault }, 'fault');
    strikes[fault.kind](fault.durationMs, nodes[fault.node]!);
  };
  const endMs = rounds * SLOT_MS;
  const faults = drawFaults(random, options.faults, endMs, count);
  for (const fault of faults) world.at(fault.atMs, () => strike(fault));
  for (const node of nodes) node.start();
  start();
  await world.runUntil(endMs + QUIET_MS);
  isOver = true;
  (reporter as SimulatedReporter | null)?.process.kill();
  const times = { endedAtMs, judgedAtMs, askedAtMs: firstOfRounds(published) };
  return inspect({ seed, faults, nodes, records, disturbed, ...times, rounds, slotMs: SLOT_MS, overlapMs });
}

type Records = RoundRecords & ChallengeRecords & PresenceRecords;

/** The same records; says when a verdict is written and when a round ends. */
function noting(records: Records, on: { judged(round: number): void; ended(round: number): void }): Records {
  const noted: Partial<Records> = {
    saveVerdict: async (challenge, transcript, replace) => {
      await records.saveVerdict(challenge, transcript, replace);
      on.judged(challenge.round);
    },
    finish: async (round, fault) => {
      await records.finish(round, fault);
      on.ended(round);
    },
  };
  return new Proxy(records, {
    get: (target, name) => {
      const value: unknown = Reflect.get(noted, name) ?? Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** When the first challenge of each round came to a node. */
function firstOfRounds(published: readonly Published[]): Map<number, number> {
  const first = new Map<number, number>();
  for (const { challenge, atMs } of published) {
    if (!first.has(challenge.round)) first.set(challenge.round, atMs);
  }
  return first;
}

function behaviourOf(nodeId: number, seed: number): Behaviour {
  if (nodeId % HONEST_EVERY === 0) return 'honest';
  const turn = Math.floor(nodeId / HONEST_EVERY) + seed;
  return BEHAVIOURS[1 + (turn % (BEHAVIOURS.length - 1))]!;
}

function registered(node: SimulatedNode): RegisteredNode {
  return {
    nodeId: node.nodeId,
    operator: NOBODY,
    hardwareClass: node.hardwareClassId,
    devices: node.nodeId % TWO_DEVICES_EVERY === 0 ? 2 : 1,
    retired: false,
    workerKey: node.workerKey,
    registeredAt: 0,
    rewardRecipient: NOBODY,
  };
}
