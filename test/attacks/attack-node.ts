import type { TypedDataDomain, Wallet } from 'ethers';
import { WebSocket } from 'ws';
import { fromHex, toHex } from '../../src/protocol/bytes';
import { dpinDomain, isSignedBy, signMessage } from '../../src/protocol/eip712';
import { decodeFrame, encodeFrame, type Frame, ORACLE_FRAMES } from '../../src/protocol/messages';
import { encodeOpening } from '../../src/protocol/opening-parts';
import { coins as coinsOf } from '../../src/protocol/seeds';
import { busyValue, helloValue, receiptValue, verdictValue } from '../../src/protocol/signed-values';
import type { TaskName } from '../../src/protocol/tasks';
import type { VerdictCode } from '../../src/protocol/verdicts';
import type { TestOracle } from '../support/oracle';
import { until } from '../support/until';
import type { GemmTask } from './gemm-chain';

/** A round of a devnet ends 100 s after its start at the latest. */
const ROUND_MS = 150_000;
/** Whoever breaks a rule is told so at once. */
const CLOSE_MS = 30_000;

type Heard = Frame<(typeof ORACLE_FRAMES)[number]>;

/** The attacker itself was too slow for its round, on a busy machine: its line is played again. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

/** One socket of a hostile node. */
class AttackSession {
  readonly heard: Heard[] = [];
  private code: number | null = null;

  constructor(
    readonly socket: WebSocket,
    onFrame: (frame: Heard) => void,
  ) {
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      const frame = decodeFrame(data as Buffer, ORACLE_FRAMES);
      this.heard.push(frame);
      onFrame(frame);
    });
    socket.on('close', (code) => {
      this.code = code;
    });
  }

  /** The code by which it is closed. @throws Error when it is not */
  closed(): Promise<number> {
    return until('end of the session', () => this.code, CLOSE_MS);
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /**
   * The first frame of a type, of a round if it is given.
   * @throws TooSlow when the round's VERDICT comes instead, as nothing came in time
   * @throws Error when the socket ends before
   */
  next<T extends Heard['type']>(type: T, round?: number): Promise<Frame<T>> {
    const isOfRound = (frame: Heard) => round === undefined || ('round' in frame && frame.round === round);
    return until(
      `${type} of round ${round ?? 'any'}`,
      () => {
        const found = this.heard.find((frame) => frame.type === type && isOfRound(frame));
        const verdict = this.heard.find((frame) => frame.type === 'VERDICT' && isOfRound(frame));
        if (!found && verdict?.type === 'VERDICT' && isMiss(verdict)) throw new TooSlow(verdict.reason);
        if (!found && this.code !== null) throw new Error(`closed with ${this.code} instead of ${type}`);
        return found as Frame<T> | undefined;
      },
      ROUND_MS,
    );
  }
}

function isMiss({ code }: Frame<'VERDICT'>): boolean {
  return code === 'LATE' || code === 'TIMEOUT';
}

/** Something that an attacker does in one round: a line of the table of attacks. */
export class Line {
  /** How it went, once it was played. */
  readonly played: Promise<void>;
  private resolve: () => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  /**
   * @param task of the rounds that it fits
   * @param isReady what else must be true of the round
   */
  constructor(
    readonly nodeId: number,
    readonly task: TaskName | 'any',
    private readonly play: (scene: Scene) => Promise<unknown>,
    private readonly isReady: (scene: Scene) => boolean = () => true,
  ) {
    this.played = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever waits for it sees its failure.
    this.played.catch(() => undefined);
  }

  fits(scene: Scene): boolean {
    return (this.task === 'any' || this.task === scene.challenge.task) && this.isReady(scene);
  }

  /** Plays it. Never rejects: `played` does. @returns false when it must be played again */
  async perform(scene: Scene): Promise<boolean> {
    try {
      await this.play(scene);
      this.resolve();
    } catch (error) {
      if (error instanceof TooSlow) return false;
      const { message } = error as Error;
      (error as Error).message = `round ${scene.round} (${scene.challenge.task}), node ${scene.nodeId}: ${message}`;
      this.reject(error);
    }
    return true;
  }
}

/**
 * A node that holds a registered worker key and does with it what it likes, over real sockets. It plays its lines one
 * at a time, each in the first round that it fits; in all other rounds it is silent.
 */
export class AttackNode {
  /** Everything that its sessions heard. */
  readonly heard: Heard[] = [];
  /** Receipts and verdicts that do not carry the reporter's signature. */
  readonly unsigned: Heard[] = [];
  readonly worker: Wallet;
  readonly domain: TypedDataDomain;
  private readonly reporter: string;
  private readonly url: string;
  private current: AttackSession | null = null;
  private isPlaying = false;

  /** @param isSoftware what it says of its device */
  constructor(
    { network, port, chain }: TestOracle,
    readonly nodeId: number,
    private readonly lines: Line[] = [],
    private readonly isSoftware = true,
  ) {
    this.worker = network.accounts.workers[nodeId]!;
    this.reporter = network.accounts.reporters[0]!.address.toLowerCase();
    this.domain = dpinDomain(chain.chainId, network.deployment.contracts.NodeRegistry);
    this.url = `ws://127.0.0.1:${port}`;
  }

  /** The newest session. */
  get session(): AttackSession {
    if (!this.current) throw new Error(`node ${this.nodeId} has not logged in`);
    return this.current;
  }

  /** Dials and logs in; the session before, if it is open, is replaced by the oracle. @throws Error when refused */
  async login(): Promise<void> {
    const session = new AttackSession(new WebSocket(this.url), (frame) => this.hear(frame));
    const { nonce } = await session.next('WELCOME');
    const adapters = [{ name: 'hostile', software: this.isSoftware }];
    const hello = { nodeId: this.nodeId, devices: 1, adapters, software: 'attack/1' };
    const value = helloValue(hello, this.reporter, nonce);
    const signature = await signMessage(this.worker, this.domain, 'Hello', value);
    session.socket.send(encodeFrame('HELLO', { ...hello, signature }));
    await session.next('READY');
    this.current = session;
  }

  leave(): void {
    this.current?.socket.terminate();
  }

  private hear(frame: Heard): void {
    this.heard.push(frame);
    if (frame.type === 'CHALLENGE') void this.play(new Scene(this, frame));
    if (frame.type === 'RECEIPT') {
      const value = receiptValue(frame, this.nodeId);
      if (!isSignedBy(this.reporter, this.domain, 'Receipt', value, frame.signature)) this.unsigned.push(frame);
    }
    if (frame.type === 'VERDICT') {
      const value = verdictValue(frame, this.nodeId);
      if (!isSignedBy(this.reporter, this.domain, 'Verdict', value, frame.signature)) this.unsigned.push(frame);
    }
  }

  private async play(scene: Scene): Promise<void> {
    if (this.isPlaying) return;
    const fitting = this.lines.filter((line) => line.fits(scene));
    // What fits any round can wait for the others.
    const line = fitting.find(({ task }) => task !== 'any') ?? fitting[0];
    if (!line) return;
    this.lines.splice(this.lines.indexOf(line), 1);
    this.isPlaying = true;
    if (!(await line.perform(scene))) this.lines.unshift(line);
    this.isPlaying = false;
  }
}

/** What a COMMIT can have of something else. */
interface Wrong {
  worker?: Wallet;
  round?: number;
  device?: number;
}

/** One round of a hostile node, from its CHALLENGE on. */
export class Scene {
  /** When the CHALLENGE came, and when the last COMMIT was sent, by this process's monotonic clock. */
  readonly challengedAtMs = performance.now();
  committedAtMs = 0;

  constructor(
    readonly node: AttackNode,
    readonly challenge: Frame<'CHALLENGE'>,
  ) {}

  get nodeId(): number {
    return this.node.nodeId;
  }

  get round(): number {
    return this.challenge.round;
  }

  get session(): AttackSession {
    return this.node.session;
  }

  get task(): GemmTask {
    return { taskSeed: fromHex(this.challenge.taskSeed, 32), params: this.challenge.params };
  }

  /** Sends COMMIT, signed; `wrong` is what it should not have. */
  async commit(commitment: Uint8Array, wrong: Wrong = {}): Promise<void> {
    const frame = await this.signedCommit(commitment, wrong);
    this.committedAtMs = performance.now();
    this.send(frame);
  }

  /** Text of a COMMIT. */
  async signedCommit(commitment: Uint8Array, wrong: Wrong = {}): Promise<string> {
    const { worker = this.node.worker, round = this.round, device = 0 } = wrong;
    const value = { taskSeed: this.challenge.taskSeed, commitment: toHex(commitment) };
    const signature = await signMessage(worker, this.node.domain, 'Commit', value);
    return encodeFrame('COMMIT', { round, device, commitment: value.commitment, signature });
  }

  /** Sends BUSY, signed. */
  async busy(jobId: bigint, shard: number): Promise<void> {
    const claim = { jobId: jobId.toString(), shard };
    const value = busyValue(claim, this.challenge.taskSeed);
    const signature = await signMessage(this.node.worker, this.node.domain, 'Busy', value);
    this.send(encodeFrame('BUSY', { round: this.round, device: 0, ...claim, signature }));
  }

  /** The RECEIPT of this round. @throws TooSlow when it is for an answer after the deadline */
  async receipt(): Promise<Frame<'RECEIPT'>> {
    const receipt = await this.session.next('RECEIPT', this.round);
    const { deadlineMs } = this.challenge;
    if (receipt.elapsedMs > deadlineMs) throw new TooSlow(`${receipt.elapsedMs} ms of ${deadlineMs} ms`);
    return receipt;
  }

  /** The coins, once the newest session has heard them; 32 bytes. */
  async coins(): Promise<Uint8Array> {
    const { anchor, coinSecret, root, device } = await this.session.next('COINS', this.round);
    return coinsOf({
      anchorBlockHash: anchor.blockHash,
      coinSecret: fromHex(coinSecret, 32),
      root: fromHex(root, 32),
      nodeId: this.nodeId,
      device,
    });
  }

  /** Sends OPEN, or so many of its parts. */
  open(opening: Uint8Array, parts = Number.POSITIVE_INFINITY): void {
    for (const part of encodeOpening(this.round, 0, opening).slice(0, parts)) this.send(part);
  }

  send(message: string | Uint8Array): void {
    this.session.socket.send(message);
  }

  /** The code by which the oracle closes the newest session. */
  closed(): Promise<number> {
    return this.session.closed();
  }

  /** Cuts the connection. */
  async drop(): Promise<void> {
    this.session.socket.terminate();
    await this.session.closed();
  }

  /** A new session. */
  back(): Promise<void> {
    return this.node.login();
  }

  /**
   * The VERDICT of this round; a node that has no session dials again to hear it.
   * @param expected its code
   * @throws TooSlow for a miss instead of it
   */
  async verdict(expected: VerdictCode): Promise<Frame<'VERDICT'>> {
    if (!this.session.isOpen) await this.back();
    const verdict = await until(
      `VERDICT of round ${this.round} for node ${this.nodeId}`,
      () => this.node.heard.find((frame) => frame.type === 'VERDICT' && frame.round === this.round) as Frame<'VERDICT'>,
      ROUND_MS,
    );
    if (isMiss(verdict) && verdict.code !== expected && expected !== 'TIMEOUT') throw new TooSlow(verdict.reason);
    return verdict;
  }
}
