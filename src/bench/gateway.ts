import { randomBytes } from 'node:crypto';
import { availableParallelism, cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@subsquid/logger';
import { computeAddress } from 'ethers';
import { Gateway } from '../oracle/gateway/gateway';
import type { GatewayLimits } from '../oracle/gateway/thread-messages';
import { dpinDomain } from '../protocol/eip712';
import { encodeFrame } from '../protocol/messages';
import { monotonicMs } from '../runtime/clock';
import { ATTACKS, type AttackKind, Child } from './gateway/children';
import { cpuNow, cpuShareSince, quantile, rounded } from './gateway/figures';

/**
 * `npm run bench:gateway`: what idle sockets cost, and by how much floods shift the elapsed time of honest nodes. The
 * gateway has this process for itself; nodes and attackers have processes of their own, attackers the lowest priority.
 */
const CHAIN_ID = 31337;
const REGISTRY = `0x${'11'.repeat(20)}`;
const REPORTER = `0x${'22'.repeat(20)}`;
/** Honest nodes answer so long after CHALLENGE. */
const DELAY_MS = 200;
/** A node that has not answered by then has missed the round. */
const MISSED_MS = 3_000;
const BLOCK_MS = 100;
const BLOCK_EVERY_MS = 150;
const ATTACKER_SOCKETS = 64;
const B32 = `0x${'cd'.repeat(32)}`;

interface Plan {
  idle: number;
  nodes: number;
  /** Nodes that each round asks. */
  asked: number;
  /** Length of the idle measurement and of each flood. */
  phaseMs: number;
}
const FULL: Plan = { idle: 5_000, nodes: 2_000, asked: 200, phaseMs: 6_000 };
const QUICK: Plan = { idle: 500, nodes: 200, asked: 100, phaseMs: 2_000 };

interface Attack {
  name: string;
  rate: number;
  shiftMedianMs: number;
  shiftP99Ms: number;
  missed: number;
  cpuShare: number;
}
type Answers = { elapsedMs: number[]; missed: number; cpuShare: number };

/** A gateway that knows as many nodes as there are keys, and the answers that it hears. */
class Bench {
  readonly gateway: Gateway;
  port = 0;
  private round = 0;
  private heard = new Map<number, number>();

  constructor(keys: readonly string[], limits: Partial<GatewayLimits>) {
    const addresses = keys.map((key) => computeAddress(key));
    this.gateway = new Gateway({
      ...{ host: '127.0.0.1', port: 0, chainId: CHAIN_ID, registry: REGISTRY, reporter: REPORTER, software: 'bench' },
      domain: dpinDomain(CHAIN_ID, REGISTRY),
      firstRound: 0,
      limits,
      nodeKey: async (nodeId) => (addresses[nodeId] ? { workerKey: addresses[nodeId], devices: 1 } : null),
      log: createLogger('dpin:bench'),
      messages: {
        onCommit: (nodeId, frame, receivedMs) => {
          if (frame.round === this.round) this.heard.set(nodeId, receivedMs);
        },
        onBusy: () => undefined,
        onReveal: () => undefined,
        onReady: () => undefined,
        onGone: () => undefined,
        onBroken: () => undefined,
        currentRound: () => null,
      },
      addIncident: () => undefined,
    });
  }

  async start(): Promise<void> {
    this.port = await this.gateway.listen();
  }

  /** Rounds for so long, of other nodes each time. */
  async answers(plan: Plan, phaseMs: number): Promise<Answers> {
    const elapsedMs: number[] = [];
    let missed = 0;
    const before = cpuNow();
    const endMs = monotonicMs() + phaseMs;
    while (monotonicMs() < endMs) {
      this.round += 1;
      this.heard = new Map();
      const asked = Array.from({ length: plan.asked }, (_, i) => (this.round * plan.asked + i) % plan.nodes);
      const sentMs = await this.gateway.ask(
        asked.map((nodeId) => ({ nodeId, device: 0, text: challenge(this.round) })),
      );
      const lateMs = monotonicMs() + MISSED_MS;
      while (this.heard.size < asked.length && monotonicMs() < lateMs) await sleep(10);
      for (const [i, nodeId] of asked.entries()) {
        const receivedMs = this.heard.get(nodeId);
        const sent = sentMs[i] ?? null;
        if (sent === null || receivedMs === undefined) missed += 1;
        else elapsedMs.push(receivedMs - sent);
      }
    }
    return { elapsedMs, missed, cpuShare: cpuShareSince(before) };
  }
}

function challenge(round: number): string {
  return encodeFrame('CHALLENGE', {
    round,
    openBlock: { number: 1, hash: B32 },
    nonce: B32,
    device: 0,
    task: 'gemm',
    params: { n: 4096, w: 2048, T: 4, K: 64, m: 2 },
    taskSeed: B32,
    deadlineMs: MISSED_MS,
    signature: `0x${'00'.repeat(65)}`,
  });
}

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Memory and CPU of sockets that say nothing, and of nodes between rounds. */
async function measureIdle(plan: Plan, keys: readonly string[]): Promise<Record<string, number>> {
  const all = plan.idle + plan.nodes;
  const bench = new Bench(keys, { strangers: 2 * all, perAddress: 2 * all, handshakeMs: 3_600_000 });
  await bench.start();
  const emptyBytes = process.memoryUsage().rss;
  const strangers = Child.start();
  await strangers.tell({ do: 'idle', port: bench.port, count: plan.idle });
  const afterStrangersBytes = process.memoryUsage().rss;
  let before = cpuNow();
  await sleep(plan.phaseMs);
  const strangersShare = cpuShareSince(before);
  const nodes = Child.start();
  const startMs = performance.now();
  await nodes.tell({ do: 'nodes', port: bench.port, keys: [...keys], delayMs: DELAY_MS });
  const loginMs = performance.now() - startMs;
  const afterNodesBytes = process.memoryUsage().rss;
  before = cpuNow();
  await sleep(plan.phaseMs);
  const allShare = cpuShareSince(before);
  await Promise.all([strangers.end(), nodes.end()]);
  await bench.gateway.close();
  const kib = (bytes: number, sockets: number) => rounded(bytes / 1024 / sockets, 1);
  return {
    strangers: plan.idle,
    nodes: plan.nodes,
    strangerKiB: kib(afterStrangersBytes - emptyBytes, plan.idle),
    nodeKiB: kib(afterNodesBytes - afterStrangersBytes, plan.nodes),
    strangersCpuShare: rounded(strangersShare, 4),
    allCpuShare: rounded(allShare, 4),
    cpuMicrosPerSocketSecond: rounded((allShare * 1e6) / all, 1),
    loginMsPerNode: rounded(loginMs / plan.nodes),
  };
}

/** @returns a function that ends it */
function blockMainLoop(): () => void {
  const timer = setInterval(() => {
    const untilMs = monotonicMs() + BLOCK_MS;
    while (monotonicMs() < untilMs);
  }, BLOCK_EVERY_MS);
  return () => clearInterval(timer);
}

async function measureAttacks(plan: Plan, keys: readonly string[]): Promise<Attack[]> {
  const bench = new Bench(keys, {});
  await bench.start();
  const nodes = Child.start();
  // The last one is the attackers' and stays away.
  const honest = { ...plan, nodes: plan.nodes - 1 };
  const member = { nodeId: honest.nodes, key: keys[honest.nodes]! };
  await nodes.tell({ do: 'nodes', port: bench.port, keys: keys.slice(0, honest.nodes), delayMs: DELAY_MS });
  await bench.answers(honest, plan.phaseMs / 4);
  const quiet = await bench.answers(honest, plan.phaseMs);
  print(
    `quiet: elapsed median ${rounded(quantile(quiet.elapsedMs, 0.5))} ms, p99 ${rounded(quantile(quiet.elapsedMs, 0.99))} ms, ` +
      `missed ${quiet.missed}, ${quiet.elapsedMs.length} answers, CPU ${rounded(quiet.cpuShare)}`,
  );
  const attacks: Attack[] = [];
  const run = async (name: string, kind: AttackKind | null, isBlocked: boolean) => {
    const attacker = kind ? Child.start() : null;
    if (kind) await attacker?.tell({ do: 'attack', port: bench.port, kind, sockets: ATTACKER_SOCKETS, member });
    const unblock = isBlocked ? blockMainLoop() : () => undefined;
    await sleep(plan.phaseMs / 8);
    await attacker?.tell({ do: 'count' });
    const startMs = performance.now();
    const { elapsedMs, missed, cpuShare } = await bench.answers(honest, plan.phaseMs);
    const rate = ((await attacker?.tell({ do: 'count' })) ?? 0) / ((performance.now() - startMs) / 1000);
    unblock();
    await attacker?.end();
    const shift = (share: number) => rounded(quantile(elapsedMs, share) - quantile(quiet.elapsedMs, share));
    const figures = { shiftMedianMs: shift(0.5), shiftP99Ms: shift(0.99), missed, cpuShare: rounded(cpuShare) };
    attacks.push({ name, rate: Math.round(rate), ...figures });
    await sleep(plan.phaseMs / 8);
  };
  for (const kind of ATTACKS) await run(kind, kind, false);
  await run('main loop blocked', null, true);
  for (const kind of ATTACKS) await run(`${kind}, main loop blocked`, kind, true);
  await nodes.end();
  await bench.gateway.close();
  return attacks;
}

async function main(isQuick: boolean, json: boolean): Promise<void> {
  const plan = isQuick ? QUICK : FULL;
  print(`machine: ${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}`);
  print(
    `work: ${plan.idle} idle strangers and ${plan.nodes} known nodes (seats and handshake time raised for that); ` +
      `then floods by ${ATTACKER_SOCKETS} sockets of 16 addresses over 200 Mbit/s, usual limits, beside rounds of ${plan.asked} nodes ` +
      `that answer after ${DELAY_MS} ms`,
  );
  const keys = Array.from({ length: plan.nodes }, () => `0x${randomBytes(32).toString('hex')}`);
  const idle = await measureIdle(plan, keys);
  for (const [name, value] of Object.entries(idle)) print(`idle: ${name} ${value}`);
  const attacks = await measureAttacks(plan, keys);
  print(
    'attack, frames or connections a second, shift of median and p99 in ms, missed, CPU of the oracle (1 = a core)',
  );
  for (const { name, rate, shiftMedianMs, shiftP99Ms, missed, cpuShare } of attacks) {
    print(
      [name.padEnd(36), rate, shiftMedianMs, shiftP99Ms, missed, cpuShare]
        .map((value) => String(value).padStart(9))
        .join(' '),
    );
  }
  if (json) print(JSON.stringify({ idle, attacks }));
  process.exit(0);
}

void main(process.argv.includes('--quick'), process.argv.includes('--json'));
