import { setTimeout as sleep } from 'node:timers/promises';
import { Interface } from 'ethers';
import { contractInterface } from '../../src/chain/contracts';
import { ContractRevert } from '../../src/chain/revert';
import { readArtifact } from '../../src/deploy/artifacts';
import { devnetAccounts } from '../../src/devnet/accounts';
import { until } from '../support/until';
import { SenderFixture } from './fixture';

let fixture: SenderFixture;
let landedBefore = 0;

beforeAll(async () => {
  fixture = await SenderFixture.start();
});
afterAll(() => fixture.stop());
beforeEach(async () => {
  fixture.proxy.rule = () => 'pass';
  landedBefore = await fixture.landed();
});

const landed = async () => (await fixture.landed()) - landedBefore;

describe('TransactionSender', () => {
  it('lands a key once however often it is sent', async () => {
    const sender = fixture.sender();
    const [a, b] = await fixture.miningUntil(
      Promise.all([sender.send(fixture.request('once')), sender.send(fixture.request('once'))]),
    );
    const later = await fixture.sender().send(fixture.request('once'));
    expect(await landed()).toBe(1);
    expect(a).toEqual(b);
    expect(later).toEqual(a);
    expect((await fixture.row('once'))?.state).toBe('mined');
  });

  it('sends many keys at once with nonces of their own', async () => {
    const sender = fixture.sender();
    const keys = Array.from({ length: 12 }, (_, index) => `many:${index}`);
    await fixture.miningUntil(Promise.all(keys.map((key) => sender.send(fixture.request(key)))));
    expect(await landed()).toBe(12);
    const rows = await Promise.all(keys.map((key) => fixture.row(key)));
    expect(new Set(rows.map((row) => row?.nonce)).size).toBe(12);
  });

  it('writes the signed bytes before the endpoint sees them', async () => {
    const statesAtBroadcast: (string | undefined)[] = [];
    fixture.proxy.rule = async (method): Promise<'pass'> => {
      if (method === 'eth_sendRawTransaction') statesAtBroadcast.push((await fixture.row('before'))?.state);
      return 'pass';
    };
    await fixture.miningUntil(fixture.sender().send(fixture.request('before')));
    expect(statesAtBroadcast[0]).toBe('signed');
  });

  it('brings a transaction back that a reorg took out', async () => {
    const sender = fixture.sender();
    const sending = sender.send(fixture.request('reorged'));
    await until('sent', async () => (await fixture.row('reorged'))?.state === 'sent');
    await fixture.mine();
    expect(await landed()).toBe(1);
    await sleep(100); // the sender sees the receipt
    await fixture.chain.provider.send('anvil_reorg', [1, []]);
    expect(await landed()).toBe(0);
    const receipt = await fixture.miningUntil(sending);
    expect(await landed()).toBe(1);
    const block = await fixture.chain.provider.getBlock(receipt.blockNumber);
    expect(block?.hash).toBe(receipt.blockHash);
  });

  it('raises the fees of a transaction that is not mined, keeping its nonce', async () => {
    const sender = fixture.sender({ stuckAfterMs: 200 });
    const sending = sender.send(fixture.request('stuck'));
    await until('sent', async () => (await fixture.row('stuck'))?.state === 'sent');
    const { nonce } = (await fixture.row('stuck')) as { nonce: number };
    await fixture.chain.provider.send('anvil_setNextBlockBaseFeePerGas', ['0x77359400']);
    await fixture.mine();
    expect(await landed()).toBe(0);
    await until('replaced', async () => ((await fixture.row('stuck'))?.replacedHashes.length ?? 0) > 0);
    await fixture.miningUntil(sending);
    expect(await landed()).toBe(1);
    expect((await fixture.row('stuck'))?.nonce).toBe(nonce);
  });

  it('signs anew only after another transaction of the account used the nonce for good', async () => {
    fixture.proxy.rule = (method) => (method === 'eth_sendRawTransaction' ? 'cut' : 'pass');
    const sender = fixture.sender();
    const sending = sender.send(fixture.request('overtaken'));
    await until('signed', async () => (await fixture.row('overtaken')) !== undefined);
    const first = await fixture.row('overtaken');
    const wallet = fixture.wallet.connect(fixture.chain.provider);
    await wallet.sendTransaction({ to: wallet.address, value: 1n, nonce: first?.nonce });
    await fixture.mine(6);
    fixture.proxy.rule = () => 'pass';
    const receipt = await fixture.miningUntil(sending);
    expect(await landed()).toBe(1);
    expect(receipt.txHash).not.toBe(first?.txHash);
  });

  it('fills a gap that a dropped transaction left below its nonce', async () => {
    const wallet = fixture.wallet.connect(fixture.chain.provider);
    const foreign = await wallet.sendTransaction({ to: wallet.address, value: 1n });
    const sender = fixture.sender({ stuckAfterMs: 200 });
    const sending = sender.send(fixture.request('behind'));
    await until('sent', async () => (await fixture.row('behind'))?.state === 'sent');
    await fixture.chain.provider.send('anvil_dropTransaction', [foreign.hash]);
    await fixture.miningUntil(sending);
    expect(await landed()).toBe(1);
  });

  describe('reverts', () => {
    const token = readArtifact('DPNToken');
    const transfer = (amount: bigint) =>
      token.abi.encodeFunctionData('transfer', [devnetAccounts().client.address, amount]);
    let tokenAddress = '';

    beforeAll(async () => {
      const deployer = devnetAccounts().deployer.connect(fixture.chain.provider);
      const data = token.bytecode + token.abi.encodeDeploy([deployer.address]).slice(2);
      const sent = await deployer.sendTransaction({ data });
      await fixture.mine();
      tokenAddress = (await sent.wait())?.contractAddress as string;
    });

    it('finds a revert before anything is signed, by the name of the custom error', async () => {
      const sender = fixture.sender({}, contractInterface('DPNToken'));
      const error = await sender
        .send({ key: 'refused', to: tokenAddress, data: transfer(5n) })
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ContractRevert);
      expect((error as ContractRevert).errorName).toBe('ERC20InsufficientBalance');
      expect(await fixture.row('refused')).toBeUndefined();
    });

    it('reports a revert on-chain by name, and the key may be tried again', async () => {
      const sender = fixture.sender({}, contractInterface('DPNToken'));
      const request = { key: 'reverted', to: tokenAddress, data: transfer(7n) };
      await expect(fixture.miningUntil(sender.send({ ...request, gasLimit: 100_000n }))).rejects.toThrow(
        /ERC20InsufficientBalance\(.*needed: 7\)/,
      );
      expect(await fixture.row('reverted')).toMatchObject({ state: 'failed', replacedHashes: [] });

      const deployer = devnetAccounts().deployer.connect(fixture.chain.provider);
      const data = token.abi.encodeFunctionData('transfer', [fixture.wallet.address, 7n]);
      await deployer.sendTransaction({ to: tokenAddress, data });
      await fixture.mine();
      await fixture.miningUntil(sender.send(request));
      expect((await fixture.row('reverted'))?.state).toBe('mined');
    });

    it('tells a revert of an unknown contract by its selector', async () => {
      const error = await fixture
        .sender({}, new Interface([]))
        .send({ key: 'unknown', to: tokenAddress, data: transfer(9n) })
        .catch((caught: unknown) => caught);
      expect((error as Error).message).toMatch(/unknown error 0x[0-9a-f]{8}/);
    });
  });

  it('sends the same bytes again when the chain lost a final block', async () => {
    const sender = fixture.sender();
    const first = await fixture.miningUntil(sender.send(fixture.request('rewound')));
    const head = await fixture.chain.provider.getBlockNumber();
    await fixture.chain.provider.send('anvil_reorg', [head - first.blockNumber + 1, []]);
    expect(await landed()).toBe(0);
    const second = await fixture.miningUntil(sender.send(fixture.request('rewound')));
    expect(await landed()).toBe(1);
    expect(second.txHash).toBe(first.txHash);
  });

  it('goes on when the endpoint was away', async () => {
    const sender = fixture.sender();
    const sending = sender.send(fixture.request('away'));
    await until('sent', async () => (await fixture.row('away'))?.state === 'sent');
    fixture.proxy.rule = () => 'cut';
    await fixture.mine(5);
    await sleep(500);
    fixture.proxy.rule = () => 'pass';
    await fixture.miningUntil(sending);
    expect(await landed()).toBe(1);
  });

  it('goes on when Postgres was away', async () => {
    const sender = fixture.sender();
    const sending = sender.send(fixture.request('database'));
    await until('sent', async () => (await fixture.row('database'))?.state === 'sent');
    await fixture.postgres.stop();
    await fixture.mine(5);
    await sleep(300);
    fixture.postgres = await fixture.postgres.restart();
    await fixture.miningUntil(sending);
    expect(await landed()).toBe(1);
    expect((await fixture.row('database'))?.state).toBe('mined');
  });
});

describe('a sender killed with SIGKILL', () => {
  /** Kills the process at a request, before or after the chain has it. */
  async function killedAt(key: string, when: 'before' | 'after'): Promise<void> {
    const child = fixture.child([key]);
    fixture.proxy.rule = (method) => {
      if (method !== 'eth_sendRawTransaction') return 'pass';
      if (when === 'after') return { after: () => child.kill('SIGKILL') };
      child.kill('SIGKILL');
      return 'cut';
    };
    await expect(child.done).rejects.toThrow('SIGKILL');
    fixture.proxy.rule = () => 'pass';
  }

  it('sends the same bytes after a kill between signing and broadcast', async () => {
    await killedAt('kill:signed', 'before');
    const first = await fixture.row('kill:signed');
    expect(first?.state).toBe('signed');
    await fixture.miningUntil(fixture.child(['kill:signed']).done);
    expect(await landed()).toBe(1);
    expect(await fixture.row('kill:signed')).toMatchObject({ state: 'mined', txHash: first?.txHash });
  });

  it('leaves nothing in the way of later transactions, even if nobody asks for the key again', async () => {
    await killedAt('kill:orphan', 'before');
    const sender = fixture.sender();
    expect(await sender.resume()).toEqual(['kill:orphan']);
    await fixture.miningUntil(until('mined', async () => (await fixture.row('kill:orphan'))?.state === 'mined'));
    expect(await landed()).toBe(1);
  });

  it('sends nothing twice after a kill between broadcast and its note', async () => {
    await killedAt('kill:sent', 'after');
    await fixture.miningUntil(fixture.child(['kill:sent']).done);
    expect(await landed()).toBe(1);
  });

  it('takes up the receipt after a kill between mining and finality', async () => {
    const child = fixture.child(['kill:mined']);
    await until('sent', async () => (await fixture.row('kill:mined'))?.state === 'sent');
    await fixture.mine();
    child.kill('SIGKILL');
    await expect(child.done).rejects.toThrow('SIGKILL');
    expect(await landed()).toBe(1);
    const lines = await fixture.miningUntil(fixture.child(['kill:mined']).done);
    expect(await landed()).toBe(1);
    expect(lines[0]).toContain((await fixture.row('kill:mined'))?.txHash);
  });

  it('lands every key once when it runs twice by mistake', async () => {
    const keys = Array.from({ length: 4 }, (_, index) => `twice:${index}`);
    const [a, b] = [fixture.child(keys), fixture.child(keys)];
    const [first, second] = await fixture.miningUntil(Promise.all([a.done, b.done]));
    expect(await landed()).toBe(4);
    expect([...first].sort()).toEqual([...second].sort());
  });

  it('lands every key once after kills again and again at any moment', async () => {
    const keys = Array.from({ length: 6 }, (_, index) => `kill:any:${index}`);
    for (let kill = 0; kill < 6; kill++) {
      const child = fixture.child(keys);
      await sleep(450 + 90 * kill);
      child.kill('SIGKILL');
      await child.done.catch(() => undefined);
      if (kill % 2 === 1) await fixture.mine();
    }
    await fixture.miningUntil(fixture.child(keys).done);
    expect(await landed()).toBe(6);
  });
});
