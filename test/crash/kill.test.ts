import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Contract, JsonRpcProvider } from 'ethers';
import { Pool } from 'pg';
import { graphqlAnswers } from '../../src/audit/graphql';
import { compareIndexWithChain } from '../../src/audit/index-equals-chain';
import { readArtifact } from '../../src/deploy/artifacts';
import { claimFolder, type DevnetFolder, forgetDevnet } from '../../src/devnet/machine/folder';
import { freePorts } from '../../src/devnet/machine/ports';
import { NODES } from '../../src/devnet/network';
import { type Devnet, startDevnet } from '../../src/devnet/start';
import { until } from '../support/until';

const LONG_MS = 240_000;
/** Between commitments and verdicts. */
const MID_ROUND = `SELECT 1 FROM oracle.rounds WHERE state IN ('committed', 'anchoring', 'opening') AND round >= $1`;
/** Between the start of the proof and the receipt of its posting. */
const MID_POSTING = `SELECT 1 FROM oracle.batches WHERE epoch = $1 AND state IN ('proving', 'proved')`;

/**
 * The whole network, whose processes are killed with kill -9 one after the other in the middle of a round and of a
 * posting. The tests build on each other: the last looks at everything that was to survive.
 */
describe('kill -9 in the middle of the work', () => {
  let dir: string;
  let folder: DevnetFolder;
  let devnet: Devnet;
  let pool: Pool;
  const notices: string[] = [];
  const failures: Error[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'dpin-crash-'));
    const [rpc = 0, db = 0, graphql = 0, oracle = 0, evidence = 0] = await freePorts(5);
    folder = claimFolder(dir);
    devnet = await startDevnet({
      folder,
      ports: {
        DEVNET_RPC_PORT: rpc,
        DEVNET_DB_PORT: db,
        GQL_PORT: graphql,
        ORACLE_PORT: oracle,
        EVIDENCE_PORT: evidence,
      },
      onNotice: (line) => notices.push(line),
      onFailure: (error) => failures.push(error),
    });
    pool = new Pool({ ...devnet.database, max: 2, connectionTimeoutMillis: 2_000 });
    pool.on('error', () => {});
    await graphqlAnswers(devnet.graphqlUrl, AbortSignal.timeout(LONG_MS));
  }, LONG_MS);

  afterAll(async () => {
    await pool?.end();
    await devnet?.stop();
    folder?.release();
    await forgetDevnet(dir);
    rmSync(dir, { recursive: true, force: true });
  }, LONG_MS);

  /** Waits until the statement finds a row; Postgres may be away meanwhile. */
  async function untilRow(what: string, sql: string, values: unknown[] = []): Promise<void> {
    const look = async () => {
      if (failures[0]) throw failures[0];
      const found = await pool.query(sql, values).catch(() => undefined);
      return (found?.rowCount ?? 0) > 0;
    };
    await until(what, look, LONG_MS);
  }

  async function rows<R>(sql: string, values: unknown[] = []): Promise<R[]> {
    return (await pool.query(sql, values)).rows as R[];
  }

  async function kill(name: string): Promise<void> {
    const pid = devnet.pids().get(name);
    if (pid === undefined) throw new Error(`${name} does not run`);
    process.kill(pid, 'SIGKILL');
    await until(`${name} running again`, () => ![undefined, pid].includes(devnet.pids().get(name)), LONG_MS);
  }

  /** Kills in the middle of the first such round from `round` on, and waits until that round is closed. */
  async function killInRound(name: string, round: number): Promise<void> {
    await untilRow(`the middle of round ${round}`, MID_ROUND, [round]);
    await kill(name);
    const over = `SELECT 1 FROM oracle.rounds WHERE state IN ('closed', 'void') AND round >= $1`;
    await untilRow(`the end of round ${round}`, over, [round]);
  }

  async function killInPosting(name: string, epoch: number): Promise<void> {
    await untilRow(`the middle of the posting of epoch ${epoch}`, MID_POSTING, [epoch]);
    await kill(name);
    const posted = `SELECT 1 FROM oracle.batches WHERE epoch = $1 AND state = 'posted'`;
    await untilRow(`the scores of epoch ${epoch} on-chain`, posted, [epoch]);
  }

  it('kills indexer, oracle, Postgres and a node in a round, the first three in a posting too', async () => {
    await killInRound('indexer', 0);
    await killInRound('oracle', 1);
    await killInPosting('oracle', 0);
    await killInRound('postgres', 3);
    await killInPosting('postgres', 1);
    await killInPosting('indexer', 2);
    await killInRound('node-1-honest', 7);
    expect(failures).toEqual([]);
  }, 420_000);

  it(
    'loses no round: each has all its verdicts, none is open that is over',
    async () => {
      const noneLate = `SELECT 1 WHERE NOT EXISTS (
      SELECT 1 FROM oracle.rounds WHERE state NOT IN ('closed', 'void') AND slot_end < now() - interval '90 s')`;
      await untilRow('every round over', noneLate);
      const rounds = await rows<{ round: string; challenged: string; judged: string }>(
        `SELECT r.round, count(c.*) AS challenged, count(c.verdict) AS judged FROM oracle.rounds r
       LEFT JOIN oracle.challenges c USING (round) WHERE r.state = 'closed' GROUP BY r.round ORDER BY r.round`,
      );
      expect(rounds.length).toBeGreaterThanOrEqual(4);
      for (const { challenged, judged } of rounds) {
        expect(Number(challenged)).toBe(NODES.length);
        expect(judged).toBe(challenged);
      }
      const [{ first, last, total }] = (await rows<{ first: string; last: string; total: string }>(
        'SELECT min(round) AS first, max(round) AS last, count(*) AS total FROM oracle.rounds',
      )) as [{ first: string; last: string; total: string }];
      expect(Number(total)).toBe(Number(last) - Number(first) + 1);
    },
    LONG_MS,
  );

  it('counts no kill against an honest node', async () => {
    const honest = NODES.flatMap(({ behaviour }, nodeId) => (behaviour === 'honest' ? [nodeId] : []));
    const failed = await rows(
      `SELECT round, node_id, verdict, reason FROM oracle.challenges
       WHERE node_id = ANY($1) AND verdict_group = 'fail'`,
      [honest],
    );
    expect(failed).toEqual([]);
  });

  it(
    'posts nothing twice and leaves nothing out',
    async () => {
      const provider = new JsonRpcProvider(devnet.rpcUrl, devnet.deployment.chainId, { staticNetwork: true });
      try {
        const oracle = new Contract(
          devnet.deployment.contracts.ReputationOracle,
          readArtifact('ReputationOracle').abi,
          provider,
        );
        const keys = async (event: string, fields: string[]) => {
          const logs = await oracle.queryFilter(event, 0, 'latest');
          return logs.map((log) => fields.map((field) => ('args' in log ? String(log.args[field]) : '')).join(' '));
        };
        const proven = await keys('BatchProven', ['epoch', 'batch']);
        const anchored = await keys('RoundAnchored', ['round']);
        const evidence = await keys('EvidenceAnchored', ['epoch', 'reporter']);
        for (const posted of [proven, anchored, evidence]) expect(new Set(posted).size).toBe(posted.length);
        expect(proven).toEqual(expect.arrayContaining(['0 0', '1 0', '2 0']));
        const closed = await rows<{ round: string }>(
          `SELECT round FROM oracle.rounds WHERE state = 'closed' AND commit_count > 0`,
        );
        expect(anchored).toEqual(expect.arrayContaining(closed.map(({ round }) => round)));

        // A posting that was sent twice and reverted would leave no event, but it would use up a nonce.
        const reporter = devnet.accounts.reporters[0]!.address;
        const outbox = await rows<{ nonce: string }>('SELECT DISTINCT nonce FROM oracle.transactions');
        const sent = await provider.getTransactionCount(reporter, 'latest');
        const unsent = await rows(`SELECT 1 FROM oracle.transactions WHERE state IN ('signed', 'sent')`);
        expect(outbox.length - unsent.length).toBeLessThanOrEqual(sent);
        expect(sent).toBeLessThanOrEqual(outbox.length);
      } finally {
        provider.destroy();
      }
    },
    LONG_MS,
  );

  it(
    'leaves an index that equals the chain',
    async () => {
      const { values, differences } = await compareIndexWithChain(devnet.graphqlUrl, devnet.rpcUrl, devnet.deployment);
      expect(differences).toEqual([]);
      expect(values).toBeGreaterThan(80);
    },
    LONG_MS,
  );

  it('started each killed process again', () => {
    for (const name of ['indexer', 'oracle', 'Postgres']) {
      expect(notices.filter((line) => line.startsWith(`${name} ended`)).length).toBeGreaterThanOrEqual(2);
    }
  });
});
