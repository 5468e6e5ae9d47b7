import { toHex } from '../protocol/bytes';
import { hardwareClass } from '../protocol/classes';
import type { Frame } from '../protocol/messages';
import { referenceRate, TASKS, type TaskName } from '../protocol/tasks';
import { EXCUSING_SHARD } from './chain';
import type { SeededRandom } from './random';
import type { Peer, Said, SimulatedSessions } from './sessions';
import { commitmentOf, DEADLY, revealOf } from './work';
import type { World } from './world';

/** What nodes do; everything but `honest` and `flapping` is an attack or a defect of the findings' table. */
export const BEHAVIOURS = [
  'honest',
  'flapping',
  'silent',
  'stretching',
  'late',
  'notOpening',
  'skipping',
  'copying',
  'replaying',
  'garbage',
  'forging',
  'twice',
  'busy',
  'pretendingBusy',
  'busyThenCommit',
  'deadly',
  'software',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** Signatures of the simulation: true ones and forged ones. */
export const SIGNED = `0x${'11'.repeat(65)}`;
export const FORGED = `0x${'22'.repeat(65)}`;

/** A node dials again after at most this long. */
const LONGEST_DIAL_MS = 4_000;
const SKIPPED_SHARE = 0.02;

interface Assignment {
  challenge: Frame<'CHALLENGE'>;
  commitment: Uint8Array | null;
  reveal: Uint8Array;
  commit: Said | null;
}

/** What a node was told of one challenge: the suite compares it with what the oracle wrote down. */
export interface Told {
  receipts: Frame<'RECEIPT'>[];
  verdicts: Frame<'VERDICT'>[];
}

/** A challenge that a node got, and when: from then on the whole network may know it. */
export interface Published {
  readonly challenge: Frame<'CHALLENGE'>;
  readonly atMs: number;
}

/** A node and its way to the oracle. It outlives the oracle's processes. */
export class SimulatedNode implements Peer {
  private readonly told = new Map<string, Told>();
  /** When the node's own network kept it from talking, true time. */
  readonly troubles: { fromMs: number; toMs: number }[] = [];
  private readonly tasks = new Map<string, Assignment>();
  private link: SimulatedSessions | null = null;
  private dialling = false;
  private failures = 0;
  private networkAwayUntilMs = 0;
  private extraDelayMs = 0;

  constructor(
    readonly nodeId: number,
    readonly behaviour: Behaviour,
    readonly hardwareClassId: number,
    /** Rate against the class's reference. */
    private readonly speed: number,
    readonly latencyMs: number,
    readonly world: World,
    private readonly random: SeededRandom,
    private readonly oracle: () => SimulatedSessions | null,
    /** Challenges of all nodes, newest last: they follow from public data. */
    readonly published: Published[],
  ) {}

  /** As the registry has it. */
  get workerKey(): string {
    return `0x${this.nodeId.toString(16).padStart(40, '0')}`;
  }

  get isSoftware(): boolean {
    return this.behaviour === 'software';
  }

  /** True while the node is connected, or on its way. */
  get isLinked(): boolean {
    return this.link !== null;
  }

  /** Share of the work that the node skips. */
  get skipped(): number {
    return this.behaviour === 'skipping' ? SKIPPED_SHARE : 0;
  }

  get isHonest(): boolean {
    return this.behaviour === 'honest' || this.behaviour === 'flapping';
  }

  /** What the node was told of a challenge. */
  toldOf({ round, device }: { round: number; device: number }): Told {
    const key = `${round}/${device}`;
    const told = this.told.get(key) ?? { receipts: [], verdicts: [] };
    this.told.set(key, told);
    return told;
  }

  start(): void {
    this.dial();
    if (this.behaviour === 'flapping') this.flap();
  }

  /** The oracle ended the session, or its process died. */
  cutOff(): void {
    this.link = null;
    this.dial();
  }

  /** The node's network fails for a while. */
  loseNetwork(ms: number): void {
    const { nowMs } = this.world;
    this.networkAwayUntilMs = Math.max(this.networkAwayUntilMs, nowMs + ms);
    // Until it is back and has dialled again.
    this.troubles.push({ fromMs: nowMs, toMs: nowMs + ms + LONGEST_DIAL_MS + 1_000 });
    this.hangUp();
  }

  /** What the node sends takes so much longer for a while. */
  slowDown(ms: number, delayMs: number): void {
    this.extraDelayMs = delayMs;
    this.troubles.push({ fromMs: this.world.nowMs, toMs: this.world.nowMs + ms + delayMs });
    this.world.after(ms, () => {
      this.extraDelayMs = 0;
    });
  }

  /** The newest answer arrives once more. */
  repeat(): void {
    const newest = [...this.tasks.values()].at(-1);
    if (newest?.commit) this.say(newest.commit);
  }

  /** A frame is on its way to the node. */
  hear(text: string): void {
    const link = this.link;
    this.world.after(this.latencyMs, () => {
      if (this.link !== link || !link) return;
      const frame = JSON.parse(text) as Frame;
      if (frame.type === 'CHALLENGE') this.onChallenge(frame);
      else if (frame.type === 'COINS') this.onCoins(frame);
      else if (frame.type === 'RECEIPT') this.toldOf(frame).receipts.push(frame);
      else if (frame.type === 'VERDICT') this.toldOf(frame).verdicts.push(frame);
    });
  }

  private dial(): void {
    if (this.dialling) return;
    this.dialling = true;
    const waitMs = Math.min(LONGEST_DIAL_MS, 200 * 2 ** Math.min(this.failures++, 5)) * (0.8 + this.random.next() / 5);
    this.world.after(waitMs, () => {
      this.dialling = false;
      const oracle = this.oracle();
      if (!oracle || this.world.nowMs < this.networkAwayUntilMs) return this.dial();
      this.link = oracle;
      this.world.after(3 * this.latencyMs, () => oracle.accept(this));
    });
  }

  /** The handshake is done. */
  welcomed(link: SimulatedSessions): void {
    if (this.link !== link) return;
    // One that was just refused for its answer waits longer each time.
    if (this.isHonest) this.failures = 0;
    const newest = [...this.tasks.values()].at(-1)?.challenge.round;
    for (const { challenge, commit } of this.tasks.values()) {
      if (commit && challenge.round === newest) this.say(commit);
    }
  }

  private hangUp(): void {
    this.link?.gone(this);
    this.cutOff();
  }

  private flap(): void {
    this.world.after(this.random.between(5_000, 30_000), () => {
      this.troubles.push({ fromMs: this.world.nowMs, toMs: this.world.nowMs + 1_500 });
      this.hangUp();
      this.flap();
    });
  }

  say(said: Said): void {
    const { link } = this;
    if (!link) return;
    this.world.after(this.latencyMs + this.extraDelayMs, () => {
      if (this.link === link) link.receive(this, said);
    });
  }

  private onChallenge(challenge: Frame<'CHALLENGE'>): void {
    const key = `${challenge.round}/${challenge.device}`;
    if (this.tasks.has(key)) return;
    for (const [old, { challenge: c }] of this.tasks) if (c.round < challenge.round - 2) this.tasks.delete(old);
    this.published.push({ challenge, atMs: this.world.nowMs });
    const { taskSeed } = challenge;
    const task: Assignment = { challenge, commitment: null, reveal: revealOf(taskSeed, 0), commit: null };
    this.tasks.set(key, task);
    ANSWERS[this.behaviour](new Answering(this, task));
  }

  /** How long the honest work takes this node. */
  workMs(task: TaskName, params: Frame<'CHALLENGE'>['params']): number {
    const reference = Number(referenceRate(hardwareClass(this.hardwareClassId), task));
    return Number(TASKS[task].work(params)) / (reference * this.speed * (0.95 + this.random.next() / 10));
  }

  private onCoins({ round, device }: Frame<'COINS'>): void {
    const task = this.tasks.get(`${round}/${device}`);
    if (!task?.commitment || this.behaviour === 'notOpening') return;
    const { reveal: bytes } = task;
    this.world.after(this.random.between(20, 1_500), () => this.say({ kind: 'reveal', round, device, bytes }));
  }
}

/** What a node can answer to one challenge. */
class Answering {
  readonly honestMs: number;
  readonly honest: Uint8Array;

  constructor(
    private readonly node: SimulatedNode,
    readonly task: Assignment,
  ) {
    const { task: name, params, taskSeed } = task.challenge;
    this.honestMs = node.workMs(name, params);
    this.honest = commitmentOf(taskSeed, 0);
  }

  get latencyMs(): number {
    return this.node.latencyMs;
  }

  /** Another challenge that the network has seen. */
  other(matches: (round: number) => boolean): Frame<'CHALLENGE'> | undefined {
    const isOther = ({ challenge }: Published) => challenge !== this.task.challenge && matches(challenge.round);
    return this.node.published.findLast(isOther)?.challenge;
  }

  commit(afterMs: number, commitment: Uint8Array = this.honest, signature = SIGNED): void {
    const { round, device } = this.task.challenge;
    const frame = { v: 2, type: 'COMMIT', round, device, commitment: toHex(commitment), signature } as const;
    this.node.world.after(afterMs, () => {
      const said: Said = { kind: 'commit', frame };
      this.task.commitment = commitment;
      this.task.commit = said;
      this.node.say(said);
    });
  }

  busy(shard: number): void {
    const { round, device } = this.task.challenge;
    const frame = { v: 2, type: 'BUSY', round, device, jobId: '1', shard, signature: SIGNED } as const;
    this.node.world.after(5, () => this.node.say({ kind: 'busy', frame }));
  }

  garbage(afterMs: number): void {
    this.node.world.after(afterMs, () => this.node.say({ kind: 'garbage' }));
  }
}

const honestly = (answer: Answering) => answer.commit(answer.honestMs);

const ANSWERS: Readonly<Record<Behaviour, (answer: Answering) => void>> = {
  honest: honestly,
  flapping: honestly,
  software: honestly,
  notOpening: honestly,
  silent: () => undefined,
  stretching: (answer) => {
    const { deadlineMs } = answer.task.challenge;
    answer.commit(Math.max(answer.honestMs, 0.95 * deadlineMs - 3 * answer.latencyMs));
  },
  late: (answer) => answer.commit(answer.task.challenge.deadlineMs + 1_000),
  skipping: (answer) => {
    const { taskSeed } = answer.task.challenge;
    answer.task.reveal = revealOf(taskSeed, SKIPPED_SHARE);
    answer.commit(answer.honestMs, commitmentOf(taskSeed, SKIPPED_SHARE));
  },
  copying: (answer) => {
    const victim = answer.other((round) => round === answer.task.challenge.round);
    answer.commit(1, victim && commitmentOf(victim.taskSeed, 0));
  },
  replaying: (answer) => {
    const earlier = answer.other((round) => round < answer.task.challenge.round);
    answer.commit(answer.honestMs, earlier && commitmentOf(earlier.taskSeed, 0));
  },
  garbage: (answer) => answer.garbage(answer.honestMs / 2),
  forging: (answer) => answer.commit(answer.honestMs, answer.honest, FORGED),
  twice: (answer) => {
    answer.commit(answer.honestMs);
    answer.commit(answer.honestMs + 100, commitmentOf(answer.task.challenge.taskSeed, 0.5));
  },
  busy: (answer) => answer.busy(EXCUSING_SHARD),
  pretendingBusy: (answer) => answer.busy(EXCUSING_SHARD + 1),
  busyThenCommit: (answer) => {
    answer.busy(EXCUSING_SHARD + 1);
    answer.commit(answer.honestMs);
  },
  deadly: (answer) => {
    answer.task.reveal = DEADLY;
    answer.commit(answer.honestMs);
  },
};
