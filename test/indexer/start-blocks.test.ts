import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Deployment } from '../../src/chain/deployment';
import { EXIT_FATAL, EXIT_RETRY } from '../../src/runtime/exit';
import { startRpcProxy } from '../support/rpc-proxy';
import { Fixture } from './fixture';
import { Scenario } from './scenario';

describe('a token with a history', () => {
  let fixture: Fixture;
  let head: number;

  beforeAll(async () => {
    fixture = await Fixture.start();
    const scenario = new Scenario(fixture);
    for (let step = 0; step < 4; step++) await scenario.step(step * 5);
    head = await fixture.chain.provider.getBlockNumber();
    await scenario.step(5);
    await fixture.mine(10);
  }, 120_000);
  afterAll(() => fixture.stop());

  /** The network's deployment file, changed. */
  function deploymentFile(name: string, change: Partial<Deployment>): { DEPLOYMENT_FILE: string } {
    const deployment = JSON.parse(readFileSync(fixture.network.deploymentFile, 'utf8'));
    const file = join(dirname(fixture.network.deploymentFile), `${name}.json`);
    writeFileSync(file, JSON.stringify({ ...deployment, ...change }));
    return { DEPLOYMENT_FILE: file };
  }

  it.each(['filtered', 'rpc'])('is read from its beginning though deployBlock is later (%s)', async (INDEX_SOURCE) => {
    const clean = await fixture.cleanDump();
    const late = deploymentFile('late', { deployBlock: head });
    expect(await fixture.cleanDump({ ...late, INDEX_SOURCE })).toEqual(clean);
  });

  it('is read from the block that the file names, where that is right', async () => {
    const deployBlock = fixture.network.deployment.deployBlock;
    const named = deploymentFile('named', { startBlocks: { DPNToken: deployBlock + 1 } });
    expect(await fixture.cleanDump(named)).toEqual(await fixture.cleanDump());
  });

  it('waits for its supervisor when an endpoint answers the first questions with an error', async () => {
    const proxy = await startRpcProxy(fixture.chain.url);
    try {
      proxy.rule = (method) =>
        method === 'eth_getCode' ? { error: { code: -32_603, message: 'internal error' } } : 'pass';
      const indexer = fixture.index(await fixture.database(), { RPC_URL: proxy.url });
      expect(await indexer.exited).toBe(EXIT_RETRY);
      expect(indexer.output).toContain('RPC_URL: an endpoint answers with an error: internal error');
    } finally {
      await proxy.close();
    }
  });

  it('is not begun in its middle: the indexer ends and says which block to write', async () => {
    const env = deploymentFile('middle', { startBlocks: { DPNToken: head } });
    const indexer = fixture.index(await fixture.database(), env);
    expect(await indexer.exited).toBe(EXIT_FATAL);
    expect(indexer.output).toContain(`has code before block ${head}`);
    const beginning = fixture.network.deployment.deployBlock + 1;
    expect(indexer.output).toContain(`"startBlocks": {"DPNToken": ${beginning}}`);
  });
});
