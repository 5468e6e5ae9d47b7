import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonRpcProvider } from 'ethers';
import { type Anvil, startAnvil } from '../../src/devnet/machine/anvil';
import { freePort } from '../../src/devnet/machine/ports';
import { DEVNET_MNEMONIC } from '../../src/devnet/network';

const base = { mnemonic: DEVNET_MNEMONIC, accounts: 2, chainId: 31337 };

describe('local chain', () => {
  let dir: string;
  let anvil: Anvil | undefined;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'dpin-anvil-test-'));
  });
  afterEach(async () => {
    await anvil?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('goes on with the same blocks, receipts and logs after a stop', async () => {
    const port = await freePort();
    anvil = await startAnvil({ ...base, port, dir });
    const provider = new JsonRpcProvider(anvil.url, 31337, {
      staticNetwork: true,
      pollingInterval: 50,
      cacheTimeout: -1,
    });
    const signer = await provider.getSigner(0);
    // Init code that emits one empty LOG0 and leaves an empty contract.
    const sent = await signer.sendTransaction({ data: '0x5f5fa0', gasLimit: 100_000 });
    const receipt = await sent.wait();
    const before = await provider.getBlock('latest');
    await anvil.stop();

    anvil = await startAnvil({ ...base, port, dir });
    const after = await provider.getBlock(before?.number ?? -1);
    expect(after?.hash).toBe(before?.hash);
    expect((await provider.getTransactionReceipt(sent.hash))?.blockHash).toBe(receipt?.blockHash);
    expect(await provider.getLogs({ fromBlock: 0, toBlock: 'latest' })).toHaveLength(1);
    await (await signer.sendTransaction({ to: await signer.getAddress() })).wait();
    const next = await provider.getBlock('latest');
    expect(next?.parentHash).toBe(before?.hash);
    provider.destroy();
  });

  it('says so when the kept chain is damaged', async () => {
    const port = await freePort();
    anvil = await startAnvil({ ...base, port, dir });
    await anvil.stop();
    anvil = undefined;
    writeFileSync(join(dir, 'chain', 'state.json'), '{"block":');
    await expect(startAnvil({ ...base, port, dir })).rejects.toMatchObject({ advice: expect.stringMatching(/reset/) });
  });

  it('stops the chain that a killed launcher left behind', async () => {
    const port = await freePort();
    const orphan = await startAnvil({ ...base, port, dir });
    anvil = await startAnvil({ ...base, port, dir });
    expect(anvil.pid).not.toBe(orphan.pid);
  });

  it('names a port that is taken', async () => {
    anvil = await startAnvil({ ...base, port: await freePort() });
    const port = Number(new URL(anvil.url).port);
    await expect(startAnvil({ ...base, port })).rejects.toThrow(`Port ${port} is taken`);
  });
});
