import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Gateway } from '../../../src/oracle/gateway/gateway';
import type { Standstill } from '../../../src/oracle/gateway/thread-messages';
import { encodeFrame } from '../../../src/protocol/messages';
import { encodeOpening } from '../../../src/protocol/opening-parts';
import { ABSENT_MS } from '../../../src/protocol/rounds/decide';
import { monotonicMs } from '../../../src/runtime/clock';
import { until } from '../../support/until';
import { commit, Dialled, Rounds, registry, reporter, testGateway, workers } from './dialled';

const BLOCKED_MS = 1_000;
const STOPPED_MS = 600;

function child(script: string, task: object): ChildProcess {
  return fork(join(__dirname, script), [], { env: { ...process.env, TASK: JSON.stringify(task) } });
}

async function next<T>(process: ChildProcess): Promise<T> {
  const [message] = await once(process, 'message');
  return message as T;
}

describe('the times of the gateway', () => {
  let gateway: Gateway;
  let port: number;
  const rounds = new Rounds();
  const text = encodeFrame('READY', { nodeId: 0 });
  beforeEach(async () => {
    rounds.seen.length = 0;
    gateway = testGateway(rounds, () => undefined);
    port = await gateway.listen();
  });
  afterEach(() => gateway.close());

  it('say when each frame left, and which node has no session', async () => {
    const node = await Dialled.as(port, 0);
    await until('ready', () => gateway.isReachable(0));
    const beforeMs = monotonicMs();
    const frames = [0, 1, 0].map((nodeId) => ({ nodeId, device: 0, text }));
    const [first, none, second] = await gateway.ask(frames);
    expect(none).toBeNull();
    expect(beforeMs).toBeLessThan(first!);
    expect(first!).toBeLessThan(second!);
    expect(second!).toBeLessThan(monotonicMs());
    await node.leave();
  });

  it('are those of the sockets while the main loop is blocked', async () => {
    const node = child('node-child.js', { port, key: workers[0]!.privateKey, nodeId: 0, frame: commit(1) });
    await next(node);
    await until('ready', () => gateway.isReachable(0));
    node.send({ afterMs: BLOCKED_MS / 5 });
    await sleep(BLOCKED_MS / 20);
    const blockedFromMs = monotonicMs();
    while (monotonicMs() < blockedFromMs + BLOCKED_MS);
    const blockedToMs = monotonicMs();
    const { sentMs } = await next<{ sentMs: number }>(node);
    await gateway.heardUpTo(blockedToMs);
    const [{ receivedMs } = { receivedMs: 0 }] = rounds.received;
    expect(receivedMs).toBeGreaterThan(sentMs);
    expect(receivedMs).toBeLessThan(blockedToMs);
    node.kill();
  });

  it('are known up to a moment once that moment is over', async () => {
    const node = await Dialled.as(port, 0);
    await until('ready', () => gateway.isReachable(0));
    for (let i = 0; i < 20; i++) {
      rounds.seen.length = 0;
      node.socket.send(commit(1));
      const atMs = monotonicMs() + 20;
      await gateway.heardUpTo(atMs);
      expect(monotonicMs()).toBeGreaterThan(atMs);
      expect(rounds.seen).toEqual(['commit 0']);
    }
    await node.leave();
  });

  it('include those in which the process was stopped', async () => {
    const stopped = child('gateway-child.js', { chainId: 31337, registry, reporter, software: 'test/1', domain: {} });
    await next(stopped);
    await sleep(100);
    stopped.kill('SIGSTOP');
    await sleep(STOPPED_MS);
    stopped.kill('SIGCONT');
    stopped.send('report');
    const { standstills } = await next<{ standstills: Standstill[] }>(stopped);
    const longest = standstills.reduce((a, b) => (a.lostMs > b.lostMs ? a : b));
    expect(longest.lostMs).toBeGreaterThan(STOPPED_MS * 0.9);
    expect(longest.toMs - longest.fromMs).toBeGreaterThan(STOPPED_MS * 0.9);
    stopped.kill('SIGKILL');
  });

  it('are missing while its thread is dead; another one follows, for which nodes dial again', async () => {
    await Dialled.as(port, 0);
    await until('ready', () => gateway.isReachable(0));
    gateway.expect(1, [{ nodeId: 0, device: 0, maxBytes: 10 }]);
    const fromMs = monotonicMs();
    const heard = gateway.heardUpTo(fromMs + 60_000);
    const { worker } = (gateway as unknown as { link: { worker: Worker } }).link;
    await worker.terminate();
    await expect(heard).rejects.toThrow('died');
    expect(rounds.seen).toEqual(['ready 0', 'gone 0']);
    await until('listening again', () => Number.isFinite(gateway.listeningSinceMs));
    const [died] = gateway.standstills(fromMs).slice(-1);
    expect(died!.toMs).toBe(gateway.listeningSinceMs);
    expect(died!.fromMs).toBeLessThan(died!.toMs);
    expect(died!.lostMs).toBeGreaterThanOrEqual(ABSENT_MS);
    const node = await Dialled.as(port, 0);
    for (const part of encodeOpening(1, 0, new Uint8Array(10))) node.socket.send(part);
    await until('opening', () => rounds.seen.includes('open 0'));
    await node.leave();
  });
});
