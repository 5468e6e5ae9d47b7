import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectChain } from '../../src/chain/connect';
import { CONTRACT_NAMES, isCalled } from '../../src/chain/contracts';
import { ChainProvider } from '../../src/chain/provider';
import { FatalError, RetryableError } from '../../src/runtime/errors';
import { startTestChain, type TestChain } from '../support/chain';
import { type RpcProxy, type Rule, startRpcProxy } from '../support/rpc-proxy';

const dir = mkdtempSync(join(tmpdir(), 'dpin-connect-'));
const address = (digit: string) => `0x${digit.repeat(40)}`;
let chain: TestChain;
let proxy: RpcProxy;

beforeAll(async () => {
  chain = await startTestChain();
  proxy = await startRpcProxy(chain.url);
});
afterAll(async () => {
  await proxy.close();
  await chain.stop();
  rmSync(dir, { recursive: true });
});
beforeEach(() => {
  proxy.rule = () => 'pass';
});

function settings(chainId: number, deploymentChainId = chainId, deployBlock = 0) {
  const file = join(dir, 'deployment.json');
  const contracts = Object.fromEntries(CONTRACT_NAMES.filter(isCalled).map((name) => [name, address('b')]));
  writeFileSync(file, JSON.stringify({ chainId: deploymentChainId, deployBlock, contracts }));
  return { RPC_URL: proxy.url, CHAIN_ID: chainId, DEPLOYMENT_FILE: file, FINALITY_BLOCKS: 2 };
}

describe('connectChain', () => {
  it('refuses an endpoint of another chain, naming CHAIN_ID', async () => {
    const error = await connectChain(settings(56)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FatalError);
    expect((error as FatalError).message).toBe('CHAIN_ID: is 56, but the endpoint of RPC_URL answers 31337');
  });

  it('refuses a deployment of another chain, naming DEPLOYMENT_FILE', async () => {
    await expect(connectChain(settings(31337, 97))).rejects.toThrow(/^DEPLOYMENT_FILE: .* is of chain 97/);
  });

  it('refuses addresses without code, and waits for an endpoint that is behind', async () => {
    await expect(connectChain(settings(31337))).rejects.toThrow(/no contract at ReputationOracle/);
    await expect(connectChain(settings(31337, 31337, 1_000))).rejects.toThrow(RetryableError);
  });

  it('says what each address answered when none answers soundly, and no path or key', async () => {
    proxy.rule = () => ({ error: { code: -32_000, message: 'invalid api key' } });
    const other = await startRpcProxy(chain.url);
    other.rule = () => ({ alter: () => '0xzz' });
    const RPC_URL = `${proxy.url}/v3/secret, ${other.url}?key=secret`;
    const error = await connectChain({ ...settings(31337), RPC_URL }).catch((caught: unknown) => caught);
    await other.close();
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({
      message: 'RPC_URL: an endpoint answers with an error: invalid api key',
      facts: {
        'endpoint 1': `${proxy.url}: invalid api key`,
        'endpoint 2': `${other.url}: eth_chainId gives "0xzz"`,
      },
    });
  });
});

describe('ChainProvider', () => {
  it.each([
    [-32_005, 'limit exceeded'],
    [429, 'slow'],
    [-32_029, 'you exceeded your compute units per second'],
    [-32_000, 'Too Many Requests'],
  ])('waits out a rate limit that is said as %i %s', async (code, message) => {
    let limited = 2;
    proxy.rule = () => (limited-- > 0 ? { error: { code, message } } : 'pass');
    const provider = new ChainProvider(proxy.url, 31337);
    expect(await provider.getBlockNumber()).toBeGreaterThanOrEqual(0);
    provider.destroy();
  });

  it('repeats a request whose connection broke', async () => {
    let cuts = 2;
    proxy.rule = () => (cuts-- > 0 ? 'cut' : 'pass');
    const provider = new ChainProvider(proxy.url, 31337);
    expect(await provider.getBlockNumber()).toBeGreaterThanOrEqual(0);
    expect(cuts).toBe(-1);
    provider.destroy();
  });

  it('gives up with a RetryableError that shows no path or key of the address', async () => {
    proxy.rule = () => 'cut';
    const provider = new ChainProvider(`${proxy.url}/secret?key=secret`, 31337, { giveUpAfterMs: 300 });
    const error = (await provider.getBlockNumber().catch((caught: unknown) => caught)) as RetryableError;
    expect(error).toBeInstanceOf(RetryableError);
    expect(JSON.stringify(error.facts)).not.toContain('secret');
    provider.destroy();
  });

  it('goes on at the next address when one is away or refuses, and stays there', async () => {
    const provider = new ChainProvider([proxy.url, chain.url], 31337);
    let asked = 0;
    for (const verdict of ['cut', { status: 403 }] as const) {
      proxy.rule = () => {
        asked++;
        return verdict;
      };
      expect(await provider.getBlockNumber()).toBeGreaterThanOrEqual(0);
    }
    expect(asked).toBe(1);
    provider.destroy();
  });

  const junk: [string, Rule][] = [
    ['errors', () => ({ error: { code: -32_000, message: 'invalid api key' } })],
    ['what is no JSON-RPC', () => ({ status: 200, body: { hello: 1 } })],
    ['null instead of JSON-RPC', () => ({ status: 200, body: [null] })],
    ['null', () => ({ alter: () => null })],
    ['no number', (method) => (method === 'eth_chainId' ? { alter: () => '0xzz' } : 'pass')],
    [
      'an error to one method',
      (method) => (method === 'eth_getCode' ? { error: { code: -1, message: 'no' } } : 'pass'),
    ],
    ['nothing of a call', (method) => (method === 'eth_call' ? { alter: () => '0x' } : 'pass')],
  ];
  it.each(junk)('goes on at the next address when one gives %s, also to questions at once', async (_, rule) => {
    proxy.rule = rule;
    const provider = new ChainProvider([proxy.url, chain.url], 31337);
    // The precompile at 4 gives back what it is given.
    const call = { to: `0x${'4'.padStart(40, '0')}`, data: '0xabcd' };
    const asked = () => [provider.getBlockNumber(), provider.getCode(address('b')), provider.call(call)] as const;
    const answers = [expect.any(Number), '0x', '0xabcd'];
    expect(await Promise.all(asked())).toEqual(answers);
    expect(await Promise.all(asked())).toEqual(answers);
    provider.destroy();
  });

  it.each([
    { code: 3, message: 'execution halted' },
    { code: -32_000, message: 'execution reverted' },
    { code: -32_015, message: 'VM execution error.' },
  ])('takes $code $message for the word of the contract, and asks nobody else', async (error) => {
    const other = await startRpcProxy(chain.url);
    proxy.rule = (method) => (method === 'eth_call' ? { error } : 'pass');
    const provider = new ChainProvider([proxy.url, other.url], 31337);
    await expect(provider.call({ to: address('b') })).rejects.toMatchObject({ code: 'CALL_EXCEPTION' });
    expect(other.calls.size).toBe(0);
    provider.destroy();
    await other.close();
  });

  it('takes what every address gives for the answer of a call that gives nothing', async () => {
    const provider = new ChainProvider([proxy.url, chain.url], 31337);
    expect(await provider.call({ to: address('b') })).toBe('0x');
    provider.destroy();
  });

  it('does not go on at an address of another chain', async () => {
    const other = await startRpcProxy(chain.url);
    other.rule = (method) => (method === 'eth_chainId' ? { alter: () => '0x38' } : 'pass');
    proxy.rule = () => 'cut';
    const provider = new ChainProvider([proxy.url, other.url], 31337);
    await expect(provider.getBlockNumber()).rejects.toThrow(/answers 56/);
    provider.destroy();
    await other.close();
  });

  it('ends its retries when it is destroyed', async () => {
    proxy.rule = () => 'cut';
    const provider = new ChainProvider(proxy.url, 31337);
    const call = provider.send('eth_blockNumber', []);
    setTimeout(() => provider.destroy(), 100);
    await expect(call).rejects.toBeDefined();
  });
});
