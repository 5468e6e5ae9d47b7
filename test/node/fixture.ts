import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Wallet } from 'ethers';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Deployment } from '../../src/chain/deployment';
import { toHex } from '../../src/protocol/bytes';
import { hardwareClass } from '../../src/protocol/classes';
import { dpinDomain, signMessage } from '../../src/protocol/eip712';
import { decodeFrame, encodeFrame, type Frame, NODE_FRAMES } from '../../src/protocol/messages';
import { roundSeed, taskSeed } from '../../src/protocol/seeds';
import { drawTask, TASKS } from '../../src/protocol/tasks';
import type { TaskSizes } from '../../src/protocol/tasks/task';

const program = join(__dirname, '..', '..', 'bin', 'dpin.js');
type Sent = Frame<(typeof NODE_FRAMES)[number]>;

/** The oracle's end of the wire, in the hands of the test: it says what it is told to say. */
export class TestGateway {
  /** What nodes sent, in order. */
  readonly frames: Sent[] = [];
  /** Close codes of the sockets that have ended. */
  readonly closed: number[] = [];
  dialled = 0;
  private sockets = new Set<WebSocket>();

  private constructor(
    private readonly server: WebSocketServer,
    private readonly deployment: Deployment,
    readonly reporter: Wallet,
  ) {}

  /** @param welcome what is said on connect; default: a WELCOME of this reporter with a fresh nonce */
  static async open(
    deployment: Deployment,
    reporter: Wallet,
    welcome: (gateway: TestGateway) => string = (gateway) => gateway.welcome(),
  ): Promise<TestGateway> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const gateway = new TestGateway(server, deployment, reporter);
    server.on('connection', (socket) => {
      gateway.dialled += 1;
      gateway.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', (code) => {
        gateway.closed.push(code);
        gateway.sockets.delete(socket);
      });
      socket.on('message', (data) => {
        const frame = decodeFrame(data as Buffer, NODE_FRAMES);
        gateway.frames.push(frame);
        if (frame.type === 'HELLO') gateway.send(encodeFrame('READY', { nodeId: frame.nodeId }));
      });
      socket.send(welcome(gateway));
    });
    return gateway;
  }

  /** Entry of ORACLE_URL that trusts this gateway for a reporter. */
  entry(reporter = this.reporter.address): string {
    return `${reporter}@${this.url}`;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  welcome({ reporter = this.reporter.address, nonce = toHex(randomBytes(32)) } = {}): string {
    const { chainId, contracts } = this.deployment;
    const body = { nonce, chainId, registry: contracts.NodeRegistry, reporter: reporter.toLowerCase() };
    return encodeFrame('WELCOME', { ...body, software: 'test/1' });
  }

  send(text: string): void {
    for (const socket of this.sockets) socket.send(text);
  }

  sent<T extends Sent['type']>(type: T): Frame<T>[] {
    return this.frames.filter((frame) => frame.type === type) as Frame<T>[];
  }

  /** Sends a challenge of task gemm in which everything is right but what `over` says. */
  async challenge(nodeId: number, round: number, over: Partial<TaskSizes> = {}, deadlineMs = 6_000): Promise<string> {
    const { chainId, contracts } = this.deployment;
    const openBlock = { number: 1, hash: `0x${'0c'.repeat(32)}` };
    const drawn = { chainId: BigInt(chainId), oracle: contracts.ReputationOracle, round: BigInt(round) };
    let nonce: Uint8Array;
    let seed: Uint8Array;
    do {
      nonce = randomBytes(32);
      seed = roundSeed({ ...drawn, openBlockNumber: 1n, openBlockHash: openBlock.hash, nonce });
    } while (drawTask(seed) !== 'gemm');
    const params = { ...TASKS.gemm.sizes(hardwareClass(0), null), T: 2, ...over };
    const { address } = this.reporter;
    const bound = toHex(taskSeed({ task: 'gemm', ...params, roundSeed: seed, reporter: address, nodeId, device: 0 }));
    const said = { round, nonce: toHex(nonce), device: 0, taskSeed: bound, deadlineMs };
    const signature = await signMessage(this.reporter, this.domain, 'Challenge', {
      ...{ ...said, nodeId, openBlock: openBlock.number, openBlockHash: openBlock.hash },
      ...{ ...params, task: TASKS.gemm.id },
    });
    this.send(encodeFrame('CHALLENGE', { ...said, openBlock, task: 'gemm', params, signature }));
    return bound;
  }

  get domain() {
    return dpinDomain(this.deployment.chainId, this.deployment.contracts.NodeRegistry);
  }

  /** Cuts every connection; new ones are taken. */
  drop(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A node agent as its operator runs it: a process of its own, its log read line by line. */
export class TestAgent {
  private output = '';
  private readonly child: ChildProcess;

  constructor(env: Record<string, string>) {
    this.child = spawn(process.execPath, [program, 'node'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.output += data.toString('utf8');
      });
    }
  }

  /** Log lines that contain all of the texts. */
  log(...texts: string[]): string[] {
    return this.output.split('\n').filter((line) => texts.every((text) => line.includes(text)));
  }

  /** @returns the exit code after SIGTERM */
  async stop(): Promise<number | null> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }
}
