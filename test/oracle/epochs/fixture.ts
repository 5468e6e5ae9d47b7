import { join } from 'node:path';
import { createLogger } from '@subsquid/logger';
import { type Chain, connectChain } from '../../../src/chain/connect';
import type { OracleSchedule } from '../../../src/chain/reputation';
import { TransactionSender } from '../../../src/chain/sender';
import { EpochCloser } from '../../../src/oracle/epochs/closer';
import { epochEnd } from '../../../src/oracle/epochs/schedule';
import { Database, openPool } from '../../../src/oracle/store/database';
import { EpochStore } from '../../../src/oracle/store/epochs';
import { migrateOracleSchema } from '../../../src/oracle/store/migrate';
import { TransactionStore } from '../../../src/oracle/store/transactions';
import { type VerdictCode, verdictGroup } from '../../../src/protocol/verdicts';
import { miningUntil, startTestChain, type TestChain } from '../../support/chain';
import { startChild, type TestChild } from '../../support/child';
import { deployTestNetwork, type TestNetwork } from '../../support/deploy';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';
import { type RpcProxy, startRpcProxy } from '../../support/rpc-proxy';

/** Verdict of one node in one round. */
export interface SeededVerdict {
  nodeId: number;
  code: VerdictCode;
  perfBps?: number;
}

/**
 * The devnet's contracts on a chain of the test's own, and a Postgres in which rounds are written as if they had run.
 */
export class CloserFixture {
  readonly log = createLogger('dpin:test');

  private constructor(
    readonly testChain: TestChain,
    readonly proxy: RpcProxy,
    readonly network: TestNetwork,
    readonly postgres: TestPostgres,
    readonly database: Database,
    readonly chain: Chain,
    readonly schedule: OracleSchedule,
  ) {}

  static async start(): Promise<CloserFixture> {
    const [testChain, postgres] = await Promise.all([startTestChain(), startTestPostgres()]);
    const network = await deployTestNetwork(testChain, { genesisDelaySeconds: 100 });
    const proxy = await startRpcProxy(testChain.url);
    const log = createLogger('dpin:test');
    const pool = openPool(postgres.env, log);
    const database = new Database(pool, log, new AbortController().signal);
    await migrateOracleSchema(pool);
    const chain = await connectChain({
      RPC_URL: testChain.url,
      CHAIN_ID: testChain.chainId,
      DEPLOYMENT_FILE: network.deploymentFile,
      FINALITY_BLOCKS: 2,
    });
    const schedule = await chain.oracle.schedule();
    return new CloserFixture(testChain, proxy, network, postgres, database, chain, schedule);
  }

  get wallet() {
    return this.network.accounts.reporters[0]!;
  }

  closer(): EpochCloser {
    const { chain, wallet, database } = this;
    const { provider, blocks, chainId } = chain;
    const sender = new TransactionSender({
      provider,
      blocks,
      wallet,
      chainId,
      outbox: new TransactionStore(database),
      pollMs: 50,
    });
    return new EpochCloser({ chain, sender, database, wallet });
  }

  /** Writes rounds of an epoch, from its `first` on, as closed, with their challenges and transcripts. */
  async seedEpoch(epoch: number, rounds: readonly (readonly SeededVerdict[])[], first = 0): Promise<void> {
    const { genesisTime, slotSeconds, slotsPerEpoch } = this.schedule;
    for (const [index, verdicts] of rounds.entries()) {
      const round = epoch * slotsPerEpoch + first + index;
      const start = genesisTime + round * slotSeconds;
      await this.database.query(
        `INSERT INTO oracle.rounds (round, epoch, reporter, state, slot_start, slot_end, timetable, software)
         VALUES ($1, $2, $3, 'closed', to_timestamp($4), to_timestamp($5), '{}', 'test')`,
        [round, epoch, this.wallet.address.toLowerCase(), start, start + slotSeconds],
      );
      for (const { nodeId, code, perfBps } of verdicts) {
        await this.database.query(
          `INSERT INTO oracle.challenges (round, node_id, device, epoch, hardware_class, worker_key, operator,
             reward_recipient, task, params, task_seed, reference_per_ms, expected_ms, deadline_ms, verdict,
             verdict_group, perf_bps)
           VALUES ($1, $2, 0, $3, 0, '', '', '', 'gemm', '{}', $4, 1, 1, 1, $5, $6, $7)`,
          [round, nodeId, epoch, Buffer.alloc(32), code, verdictGroup(code), perfBps ?? null],
        );
        const document = JSON.stringify({ code, nodeId, round });
        await this.database.query(
          `INSERT INTO oracle.transcripts (round, node_id, device, epoch, document, sha256) VALUES ($1, $2, 0, $3, $4, $5)`,
          [round, nodeId, epoch, document, Buffer.alloc(32)],
        );
      }
    }
  }

  /** Moves the chain past the end of an epoch. */
  async finishEpoch(epoch: number): Promise<void> {
    const { provider } = this.testChain;
    const head = await provider.getBlock('latest');
    const end = epochEnd(this.schedule, epoch) + 1;
    if (head && head.timestamp < end) await provider.send('evm_setNextBlockTimestamp', [end]);
    await provider.send('evm_mine', []);
  }

  /** Mines until the work ends: postings wait for finality, which is made of blocks. */
  miningUntil<T>(work: Promise<T>): Promise<T> {
    return miningUntil(this.testChain, work, 200);
  }

  async stateOf(epoch: number): Promise<string | undefined> {
    return (await new EpochStore(this.database).find(epoch))?.state;
  }

  /** Events of the oracle contract in the whole chain that name the epoch. */
  async eventsOf(name: 'BatchProven' | 'EvidenceAnchored', epoch: number) {
    const { abi, address } = this.chain.oracle;
    const topics = abi.encodeFilterTopics(name, [epoch]);
    const logs = await this.testChain.provider.getLogs({ address, topics, fromBlock: 0 });
    return logs.map((log) => abi.decodeEventLog(name, log.data, log.topics));
  }

  /** A process of its own that closes epochs until `epoch` is over; it can be killed. */
  child(epoch: number): TestChild {
    const task = {
      database: this.postgres.env,
      settings: {
        RPC_URL: this.proxy.url,
        CHAIN_ID: this.testChain.chainId,
        DEPLOYMENT_FILE: this.network.deploymentFile,
        FINALITY_BLOCKS: 2,
      },
      key: this.wallet.privateKey,
      epoch,
    };
    return startChild(join(__dirname, 'closer-child.js'), task);
  }

  async stop(): Promise<void> {
    this.chain.provider.destroy();
    await this.database.pool.end();
    await this.proxy.close();
    await this.testChain.stop();
    await this.postgres.remove();
  }
}
