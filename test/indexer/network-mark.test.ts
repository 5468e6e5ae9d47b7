import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ContractName } from '../../src/chain/contracts';
import { STAKING_PARAMETERS } from '../../src/devnet/network';
import { EXIT_FATAL } from '../../src/runtime/exit';
import { startTestChain } from '../support/chain';
import { deployTestNetwork } from '../support/deploy';
import { Fixture } from './fixture';

describe('a database that has the index of a network', () => {
  let fixture: Fixture;
  let database: string;

  beforeAll(async () => {
    fixture = await Fixture.start();
    await fixture.mine(20);
    database = await fixture.database();
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    await indexer.stop();
  }, 120_000);
  afterAll(() => fixture.stop());

  const restarted = async () => {
    await fixture.mine(1);
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    expect(await indexer.stop()).toBe(0);
    return indexer;
  };

  it('is refused to another network, which differs in nothing but the chain itself, and left as it is', async () => {
    const before = await fixture.dump(database);
    const chain = await startTestChain();
    const network = await deployTestNetwork(chain);
    try {
      expect(network.deployment.contracts).toEqual(fixture.network.deployment.contracts);
      const indexer = fixture.index(database, { RPC_URL: chain.url, DEPLOYMENT_FILE: network.deploymentFile });
      expect(await indexer.exited).toBe(EXIT_FATAL);
      expect(indexer.output).toContain(`DB_NAME: database "${database}" has the index of another network`);
      expect(indexer.output).toContain('the hash of block 0 is');
      expect(indexer.output).toContain('npx dpin resync');
    } finally {
      await chain.stop();
      rmSync(dirname(network.deploymentFile), { recursive: true, force: true });
    }
    expect(await fixture.dump(database)).toEqual(before);
    await restarted();
  }, 120_000);

  it('is marked at the next start when an earlier release left no mark', async () => {
    await fixture.query(database, 'DROP TABLE squid_processor.network_mark');
    await restarted();
    const [mark] = await fixture.query(
      database,
      'SELECT chain_id::int AS chain, contracts FROM squid_processor.network_mark',
    );
    expect(mark).toEqual({
      chain: fixture.chain.chainId,
      contracts: expect.objectContaining({
        ReputationOracle: {
          address: fixture.network.deployment.contracts.ReputationOracle,
          fromBlock: fixture.network.deployment.deployBlock,
        },
      }),
    });
  }, 120_000);

  it('keeps its beginning when an endpoint without old states finds a later one', async () => {
    const contracts = 'SELECT contracts FROM squid_processor.network_mark';
    await fixture.query(
      database,
      `UPDATE squid_processor.network_mark
       SET contracts = jsonb_set(contracts, '{ReputationOracle,fromBlock}', '0')`,
    );
    const [before] = await fixture.query(database, contracts);
    // What it has not read yet it reads from there, too.
    expect((await restarted()).output).toContain('"msg":"indexing","fromBlock":0');
    expect(await fixture.query(database, contracts)).toEqual([before]);
  }, 120_000);

  it('is the same whatever an administrator set for it, and whatever a schema is named', async () => {
    const strange = await fixture.database();
    for (const set of [`datestyle = 'German, DMY'`, 'array_nulls = off', `search_path = 'nowhere, public'`]) {
      await fixture.query('postgres', `ALTER DATABASE ${strange} SET ${set}`);
    }
    await fixture.query(strange, `CREATE ROLE oracle SUPERUSER LOGIN PASSWORD 'oracle'; CREATE SCHEMA oracle`);
    const { DB_USER, DB_PASS } = fixture.postgres.env;
    for (const env of [
      { DB_USER: 'oracle', DB_PASS: 'oracle' },
      { DB_USER, DB_PASS },
    ]) {
      const indexer = fixture.index(strange, env);
      await fixture.mine(1);
      await fixture.untilIndexed(strange, indexer);
      expect(await indexer.stop()).toBe(0);
    }
    await fixture.query('postgres', `ALTER DATABASE ${strange} RESET ALL`);
    expect(await fixture.dump(strange)).toEqual(await fixture.cleanDump());
  }, 120_000);

  it('has every constant of the contracts, and is refused to an endpoint that says another one', async () => {
    const kept = async () =>
      (await fixture.query(database, 'SELECT constants FROM squid_processor.network_constants'))[0]?.['constants'];
    const constants = (await kept()) as { contract: ContractName; name: string; value: string; unit: string }[];
    for (const { contract, name, value } of constants) {
      const said = await fixture.network.contract(contract).getFunction(name).staticCall();
      expect([contract, name, value]).toEqual([contract, name, String(said).toLowerCase()]);
    }
    expect(constants).toContainEqual({
      contract: 'NodeStaking',
      name: 'unbondingDelay',
      value: String(STAKING_PARAMETERS.unbondingDelaySeconds),
      unit: 'seconds',
    });
    const other = constants.map((one) => (one.name === 'unbondingDelay' ? { ...one, value: '5' } : one));
    const keep = (values: unknown) =>
      fixture.query(database, `UPDATE squid_processor.network_constants SET constants = '${JSON.stringify(values)}'`);
    await keep(other);
    const indexer = fixture.index(database);
    expect(await indexer.exited).toBe(EXIT_FATAL);
    expect(indexer.output).toContain(
      `RPC_URL: NodeStaking.unbondingDelay is ${STAKING_PARAMETERS.unbondingDelaySeconds} there, 5 in the index`,
    );
    expect(indexer.output).toContain('npx dpin resync');
    expect(await kept()).toEqual(other);
    await keep(constants);
    await restarted();
  }, 60_000);

  it('says which field of its mark somebody broke', async () => {
    await fixture.query(database, `UPDATE squid_processor.network_mark SET contracts = '{"DPNToken": 5}'`);
    const indexer = fixture.index(database);
    expect(await indexer.exited).toBe(EXIT_FATAL);
    expect(indexer.output).toContain('has a wrong contracts.DPNToken');
  }, 60_000);
});
