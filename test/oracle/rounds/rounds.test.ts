import { createHash } from 'node:crypto';
import { keccak256 } from 'ethers';
import { dpinDomain, isSignedBy } from '../../../src/protocol/eip712';
import { decide } from '../../../src/protocol/rounds/decide';
import { FACTS } from '../../../src/protocol/rounds/facts';
import { verdictValue } from '../../../src/protocol/signed-values';
import { TestOracle } from '../../support/oracle';

jest.setTimeout(240_000);

const WAS_AWAY = /^the reporter was away for \d+ ms while it waited for the reveal$/;

const hex = (bytes: Buffer) => `0x${bytes.toString('hex')}`;

interface RoundRow {
  state: string;
  epoch: string;
  task: string;
  root: Buffer;
  commit_count: number;
  coin_hash: Buffer;
  coin_secret: Buffer;
  anchor_block: string;
  anchor_block_hash: Buffer;
  fault: string | null;
}

describe('rounds with real nodes, chain and database', () => {
  let oracle: TestOracle;
  const finished = (round: number) =>
    oracle.until<RoundRow>(
      `end of round ${round}`,
      "SELECT * FROM oracle.rounds WHERE round = $1 AND state IN ('closed', 'void')",
      [round],
    );

  /** Nodes whose commitment is written down and in time, and those of them whose reveal is there too. */
  const writtenDown = async (round: number) => {
    const rows = await oracle.query<{ node_id: string; is_revealed: boolean }>(
      `SELECT node_id, revealed_ms IS NOT NULL AS is_revealed FROM oracle.challenges
       WHERE round = $1 AND commitment IS NOT NULL AND elapsed_ms <= deadline_ms ORDER BY node_id`,
      [round],
    );
    const nodeIds = (some: typeof rows) => some.map((row) => Number(row.node_id));
    return { answered: nodeIds(rows), revealed: nodeIds(rows.filter((row) => row.is_revealed)) };
  };

  beforeAll(async () => {
    oracle = await TestOracle.start({ slotSeconds: 25, slotsPerEpoch: 4 }, 60);
    oracle.startOracle();
    oracle.startNode(0);
    oracle.startNode(1);
    oracle.startNode(2, 'replay');
    oracle.startNode(3, 'silent');
  });

  afterAll(() => oracle.remove());

  it('gives each node its verdict, anchors the commitments and keeps transcripts', async () => {
    const round = await finished(0);
    expect(round).toMatchObject({ state: 'closed', fault: null });
    const challenges = await oracle.challenges(0);
    const verdicts = Object.fromEntries(challenges.map((row) => [row.node_id, row.verdict]));
    expect(verdicts).toEqual({
      0: 'OK',
      1: 'OK',
      2: 'OK',
      3: 'TIMEOUT',
      4: 'UNREACHABLE',
      5: 'UNREACHABLE',
      6: 'UNREACHABLE',
      7: 'UNREACHABLE',
    });
    expect(challenges[0]!.perf_bps).toBeGreaterThan(0);

    const anchored = await oracle.network.contract('ReputationOracle').getFunction('getRound')(0);
    expect(anchored.root).toBe(hex(round.root));
    expect(Number(anchored.count)).toBe(3);
    expect(anchored.coinHash).toBe(keccak256(round.coin_secret));
    const block = await oracle.chain.provider.getBlock(Number(anchored.anchorBlock));
    expect(block!.hash).toBe(hex(round.anchor_block_hash));

    const transcripts = await oracle.query<{ document: string; sha256: Buffer }>(
      'SELECT document, sha256 FROM oracle.transcripts WHERE round = 0 ORDER BY node_id',
    );
    expect(transcripts).toHaveLength(8);
    const { deployment, accounts } = oracle.network;
    const domain = dpinDomain(31337, deployment.contracts.NodeRegistry);
    let signedCommits = 0;
    for (const { document, sha256 } of transcripts) {
      expect(createHash('sha256').update(document).digest()).toEqual(sha256);
      const { nodeId, challenge, commit, open, facts, verdict } = JSON.parse(document);
      const { code, reason, sample } = verdict;
      // Anybody makes the verdict again from what was recorded.
      expect(decide(FACTS.parse(facts))).toMatchObject({ code, reason });
      const told = {
        ...{ round: 0, device: 0, taskSeed: challenge.taskSeed, code, reason, sample },
        ...{ commitment: commit.commitment, revealDigest: open.sha256 },
        ...{ elapsedMs: commit.elapsedMs ?? 0, perfBps: verdict.perfBps ?? 0 },
      };
      const signed = verdictValue(told, nodeId);
      expect(isSignedBy(accounts.reporters[0]!.address, domain, 'Verdict', signed, verdict.signature)).toBe(true);
      if (!commit.commitment) continue;
      const committed = { taskSeed: challenge.taskSeed, commitment: commit.commitment };
      expect(isSignedBy(accounts.workers[nodeId]!.address, domain, 'Commit', committed, commit.signature)).toBe(true);
      signedCommits++;
    }
    expect(signedCommits).toBe(3);
  });

  it.each([
    [
      'open',
      'an honest node has committed',
      'SELECT round FROM oracle.challenges WHERE round >= $1 AND node_id = 0 AND commitment IS NOT NULL',
    ],
    [
      'anchoring',
      'the anchor is on its way',
      "SELECT substr(key, 8)::bigint AS round FROM oracle.transactions WHERE key LIKE 'anchor:%' AND substr(key, 8)::bigint >= $1",
    ],
    ['opening', 'coins are out', "SELECT round FROM oracle.rounds WHERE round >= $1 AND state = 'opening'"],
  ])('goes on after kill -9 in state %s', async (state, what, moment) => {
    const found = await oracle.until<{ round: string }>(what, moment, [await oracle.nextRound()]);
    const number = Number(found.round);
    await oracle.killOracle();
    const { answered, revealed } = await writtenDown(number);
    oracle.startOracle();
    const round = await finished(number);
    const challenges = await oracle.challenges(number);
    expect(challenges).toHaveLength(8);
    expect(challenges.every((row) => row.verdict)).toBe(true);
    // What the reporter did to itself counts against nobody: what it had written down counts, what it missed does not.
    if (round.state === 'void') {
      // On a busy machine the start may take longer than the anchor may: then it is the reporter's fault, and no more.
      expect(round.fault).toBe('the anchor was not final in time');
      expect(challenges.slice(0, 3).map(({ verdict }) => verdict)).toEqual(Array(3).fill('ORACLE_FAULT'));
      return;
    }
    const anchored = await oracle.network.contract('ReputationOracle').getFunction('getRound')(number);
    expect(Number(anchored.count)).toBe(answered.length);
    if (state !== 'open') expect(answered).toEqual([0, 1, 2]);
    const expected = [0, 1, 2, 3].map((nodeId) => {
      if (!answered.includes(nodeId)) {
        // While the anchor is sent, a tree's deadline may not be over.
        const wasAway = state === 'open' || (state === 'anchoring' && round.task === 'tree');
        return { in_anchor: false, verdict: wasAway ? 'ORACLE_FAULT' : 'TIMEOUT' };
      }
      return { in_anchor: true, verdict: nodeId === 2 ? 'REPLAYED' : 'OK' };
    });
    const seen = challenges.slice(0, 4).map(({ in_anchor, verdict, reason }, nodeId) => {
      // A start on a busy machine takes longer than a reveal may: what had not come by then is the reporter's fault.
      const isMissedByUs = answered.includes(nodeId) && !revealed.includes(nodeId) && WAS_AWAY.test(reason ?? '');
      const wanted = expected[nodeId]?.verdict;
      return { in_anchor, verdict: verdict === wanted || isMissedByUs ? wanted : `${verdict}: ${reason}` };
    });
    expect(seen).toEqual(expected);
    const events = await oracle.network.contract('ReputationOracle').queryFilter('RoundAnchored');
    const rounds = events.map((event) => ('args' in event ? Number(event.args['round']) : -1));
    expect(new Set(rounds).size).toBe(rounds.length);
  });

  it('goes on after kill -9 of Postgres while commitments arrive', async () => {
    const { round } = await oracle.until<{ round: string }>(
      'an open round',
      "SELECT round FROM oracle.rounds WHERE round >= $1 AND state = 'open' AND sent_at IS NOT NULL",
      [await oracle.nextRound()],
    );
    await oracle.killPostgres(1_000);
    expect(await finished(Number(round))).toMatchObject({ state: 'closed' });
    const honest = (await oracle.challenges(Number(round))).slice(0, 2);
    expect(honest).toMatchObject(Array(2).fill({ in_anchor: true, verdict: 'OK' }));
  });

  it('counts nothing against a node while the chain cannot be read', async () => {
    const number = await oracle.nextRound();
    await finished(number - 1);
    oracle.rpc.rule = () => 'cut';
    await oracle.until(
      'the next slot is nearly over',
      'SELECT 1 FROM oracle.rounds WHERE round = $1 AND now() > slot_end + $2::interval',
      [number - 1, '20 s'],
    );
    oracle.rpc.rule = () => 'pass';
    expect(await finished(number)).toMatchObject({ state: 'void' });
    expect((await oracle.challenges(number)).map((row) => row.verdict)).toEqual(Array(8).fill('ORACLE_FAULT'));
    await oracle.until(
      'a round as before',
      "SELECT 1 FROM oracle.challenges WHERE round > $1 AND node_id = 0 AND verdict = 'OK'",
      [number],
    );
  });

  it('records a slot missed while it was down as neutral, and stops in time when asked', async () => {
    const { code, tookMs } = await oracle.stopOracle();
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5_000);
    const missed = await oracle.nextRound();
    await oracle.until(
      'the missed slot is over',
      'SELECT 1 FROM oracle.rounds WHERE round = $1 AND now() > slot_end + $2::interval',
      [missed - 1, '25 s'],
    );
    oracle.startOracle();
    expect(await finished(missed)).toMatchObject({ state: 'void', fault: 'the oracle was not running in time' });
    const challenges = await oracle.challenges(missed);
    expect(challenges).toHaveLength(8);
    expect(challenges.every((row) => row.verdict === 'ORACLE_FAULT' && row.verdict_group === 'neutral')).toBe(true);
  });
});
