import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@subsquid/logger';
import { Wallet } from 'ethers';
import { connectChain } from '../../src/chain/connect';
import { Answers } from '../../src/node/answers';
import { keepSession } from '../../src/node/session';
import { hardwareClass } from '../../src/protocol/classes';
import { isSignedBy, signMessage } from '../../src/protocol/eip712';
import { encodeFrame } from '../../src/protocol/messages';
import { helloValue, receiptValue } from '../../src/protocol/signed-values';
import { deriveReporterKey } from '../../src/zk/reporter-key';
import { startTestChain, type TestChain } from '../support/chain';
import { deployTestNetwork, type TestNetwork } from '../support/deploy';
import { until } from '../support/until';
import { TestAgent, TestGateway } from './fixture';

const NODE_ID = 0;
const NONCE = `0x${'5a'.repeat(32)}`;
/** Long enough for a node to do what it must not do. */
const GRACE_MS = 1_500;

describe('a node agent before gateways of every kind', () => {
  const second = new Wallet(`0x${'a2'.repeat(32)}`);
  const stranger = new Wallet(`0x${'a3'.repeat(32)}`);
  let chain: TestChain;
  let network: TestNetwork;
  let first: Wallet;
  let worker: string;
  const opened: { close(): Promise<void> }[] = [];
  let agent: TestAgent | null = null;

  const gateway = async (...args: [Wallet, ((gateway: TestGateway) => string)?]) => {
    const one = await TestGateway.open(network.deployment, ...args);
    opened.push(one);
    return one;
  };
  const runAgent = (...oracles: string[]) => {
    agent = new TestAgent({
      RPC_URL: chain.url,
      CHAIN_ID: String(chain.chainId),
      DEPLOYMENT_FILE: network.deploymentFile,
      NODE_ID: String(NODE_ID),
      KEY: network.accounts.workers[NODE_ID]!.privateKey,
      NODE_RECEIPTS_FILE: join(dirname(network.deploymentFile), 'node.receipts'),
      ORACLE_URL: oracles.join(),
    });
    return agent;
  };
  const helloOf = (from: TestGateway) => until('HELLO', () => from.sent('HELLO')[0]);
  /** Rounds of the two reporters' turns. */
  const turn = { first: 10, second: 11 };

  beforeAll(async () => {
    chain = await startTestChain();
    network = await deployTestNetwork(chain, { timing: { slotSeconds: 20, slotsPerEpoch: 100 } });
    first = network.accounts.reporters[0]!;
    worker = network.accounts.workers[NODE_ID]!.address;
    const { chainId, contracts } = network.deployment;
    const { publicKey } = await deriveReporterKey(second, chainId, contracts.ReputationOracle);
    await (await network.contract('ReputationOracle').getFunction('addReporter')(second.address, ...publicKey)).wait();
  });

  afterEach(async () => {
    expect(await agent?.stop()).toBe(0);
    for (const one of opened.splice(0)) await one.close();
  });

  afterAll(() => chain?.stop());

  it('serves several reporters at the same time, each in its own name', async () => {
    const sides = [await gateway(first), await gateway(second)];
    const running = runAgent(...sides.map((side) => side.entry()));
    for (const side of sides) await helloOf(side);
    const [one, two] = sides as [TestGateway, TestGateway];
    const asked = [await one.challenge(NODE_ID, turn.first), await two.challenge(NODE_ID, turn.second)];
    for (const [k, side] of sides.entries()) {
      const commit = await until('COMMIT', () => side.sent('COMMIT')[0]);
      const signed = { taskSeed: asked[k]!, commitment: commit.commitment };
      expect(isSignedBy(worker, side.domain, 'Commit', signed, commit.signature)).toBe(true);
    }
    expect(running.log('challenge refused')).toEqual([]);
  });

  it('keeps receipts, and warns of one for another answer', async () => {
    const side = await gateway(first);
    const running = runAgent(side.entry());
    await helloOf(side);
    const taskSeed = await side.challenge(NODE_ID, turn.first);
    const { commitment } = await until('COMMIT', () => side.sent('COMMIT')[0]);
    for (const answer of [commitment, NONCE]) {
      const told = { round: turn.first, device: 0, taskSeed, answer, elapsedMs: 7 };
      const signature = await signMessage(first, side.domain, 'Receipt', receiptValue(told, NODE_ID));
      side.send(encodeFrame('RECEIPT', { ...told, signature }));
    }
    await until('the warning', () => running.log('receipt for an answer that this node did not give')[0]);
    const lines = readFileSync(join(dirname(network.deploymentFile), 'node.receipts'), 'utf8')
      .trim()
      .split('\n');
    const words = lines.map((line) => JSON.parse(line));
    expect(words.map(({ frame }) => frame.answer)).toEqual([commitment, NONCE]);
    expect(words[0]).toMatchObject({ reporter: first.address.toLowerCase(), nodeId: NODE_ID });
  });

  it('dials each reporter by itself, and again when one connection ends', async () => {
    const [good, flaky] = [await gateway(first), await gateway(second)];
    runAgent(good.entry(), flaky.entry());
    for (const side of [good, flaky]) await helloOf(side);
    flaky.drop();
    await until('a second HELLO', () => flaky.sent('HELLO').length === 2);
    await good.challenge(NODE_ID, turn.first);
    await until('COMMIT', () => good.sent('COMMIT')[0]);
    expect(good.dialled).toBe(1);
  });

  it('sends its commitment again after the connection was lost', async () => {
    const side = await gateway(first);
    runAgent(side.entry());
    await helloOf(side);
    await side.challenge(NODE_ID, turn.first);
    const commit = await until('COMMIT', () => side.sent('COMMIT')[0]);
    side.drop();
    expect(await until('the second COMMIT', () => side.sent('COMMIT')[1])).toEqual(commit);
  });

  it('signs nothing for a gateway of another reporter than configured', async () => {
    const liar = await gateway(first, (self) => self.welcome({ reporter: second.address }));
    const running = runAgent(liar.entry());
    await until('the refusal', () => running.log(`the oracle is of reporter ${second.address.toLowerCase()}`)[0]);
    expect(liar.frames).toEqual([]);
    await until('the end', () => liar.closed.includes(4401));
  });

  it('signs nothing for a reporter that the contract does not list, nor dials it', async () => {
    const side = await gateway(stranger);
    const running = runAgent(side.entry());
    await until('the refusal', () => running.log('does not list this reporter', stranger.address.toLowerCase())[0]);
    await sleep(GRACE_MS);
    expect(side.dialled).toBe(0);
  });

  it('ends the session of a reporter that the contract lists no longer', async () => {
    const side = await gateway(first);
    const lines: string[] = [];
    const note = (facts: object, words: string) => lines.push(`${words} ${JSON.stringify(facts)}`);
    const log = { debug: note, info: () => undefined, warn: note, error: note } as unknown as Logger;
    const { chainId, contracts } = network.deployment;
    const party = {
      ...{ chainId, oracle: contracts.ReputationOracle, domain: side.domain, reporter: first.address.toLowerCase() },
      ...{ nodeId: NODE_ID, devices: 1, hardwareClass: hardwareClass(0) },
    };
    let isListed = true;
    const stop = new AbortController();
    const reads = await connectChain({
      ...{ RPC_URL: chain.url, CHAIN_ID: chainId, DEPLOYMENT_FILE: network.deploymentFile, FINALITY_BLOCKS: 1 },
    });
    const session = keepSession({
      ...{ party, log, signal: stop.signal, url: side.url, registry: contracts.NodeRegistry, adapters: [] },
      ...{ software: 'test/1', signer: network.accounts.workers[NODE_ID]!, answers: new Answers({ party, log }) },
      reporters: { isListed: () => isListed, isTurnOf: async () => true },
      chain: reads,
      backendOf: () => {
        throw new Error('nothing is to be done');
      },
    });
    await helloOf(side);
    isListed = false;
    await until('the end', () => side.closed.includes(4401));
    await until('the line', () => lines.some((line) => line.includes('does not list this reporter')));
    stop.abort();
    await session;
    reads.provider.destroy();
    expect(side.dialled).toBe(1);
  });

  it('makes no HELLO that another reporter would take, from whose gateway a nonce was relayed', async () => {
    const victim = await gateway(second);
    const relay = await gateway(first, (self) => self.welcome({ nonce: NONCE }));
    runAgent(relay.entry());
    const { signature, ...hello } = await helloOf(relay);
    const isFor = (reporter: Wallet) =>
      isSignedBy(worker, relay.domain, 'Hello', helloValue(hello, reporter.address.toLowerCase(), NONCE), signature);
    expect(isFor(first)).toBe(true);
    expect(isFor(second)).toBe(false);
    expect(victim.dialled).toBe(0);
  });

  it('does not work on sizes, deadlines or rounds that its class and the reporter do not have', async () => {
    const side = await gateway(first);
    const running = runAgent(side.entry());
    await helloOf(side);
    await side.challenge(NODE_ID, 20, { n: 4096, w: 65_536, T: 4096 });
    await side.challenge(NODE_ID, 22, { T: 4096 });
    await side.challenge(NODE_ID, 24, {}, 3_600_000);
    await side.challenge(NODE_ID + 1, 26);
    await side.challenge(NODE_ID, turn.second);
    await until('the refusals', () => running.log('challenge refused').length === 5);
    for (const words of [
      'n = 4096 is asked',
      'T = 4096 is asked',
      'deadlineMs = 3600000 is given',
      'the task seed is not that of',
      'not a turn of this reporter',
    ]) {
      expect(running.log('challenge refused', words)).toHaveLength(1);
    }
    // The session goes on: what is right is worked on.
    await side.challenge(NODE_ID, 30);
    expect((await until('COMMIT', () => side.sent('COMMIT')[0])).round).toBe(30);
    expect(side.sent('COMMIT')).toHaveLength(1);
    expect(side.dialled).toBe(1);
  });

  it('tells its operator and the other side of another version of the protocol', async () => {
    const old = await gateway(first, (self) => self.welcome().replace('"v":2', '"v":1'));
    const running = runAgent(old.entry());
    await until('the line', () => running.log('another version of the protocol', 'not 1')[0]);
    expect(old.frames).toEqual([]);
    await until('the end', () => old.closed.includes(4426));
  });

  it('works for nobody before it is greeted', async () => {
    const eager = await gateway(first, () => encodeFrame('READY', { nodeId: NODE_ID }));
    const running = runAgent(eager.entry());
    await until('the refusal', () => running.log('READY before HELLO')[0]);
    expect(eager.frames).toEqual([]);
  });
});
