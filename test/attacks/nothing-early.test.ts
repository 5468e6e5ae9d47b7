import { graphqlAnswers } from '../../src/audit/graphql';
import { coins } from '../../src/protocol/seeds';
import { TestOracle } from '../support/oracle';
import { Reader } from './reader';

jest.setTimeout(300_000);

const ROUNDS = 3;

interface RoundRow {
  round: string;
  state: string;
  nonce: Buffer;
  coin_secret: Buffer;
  root: Buffer;
  anchor_block_hash: Buffer;
  sending_at: Date;
  coins_ms: number;
}

interface ChallengeRow {
  node_id: string;
  device: number;
  task_seed: Buffer;
  sent_ms: number | null;
  commitment: Buffer | null;
}

/** A value that nobody may know before a moment. */
interface Secret {
  what: string;
  bytes: Buffer;
  /** Wall-clock time from which on it is public. */
  publicAtMs: number;
}

/** What a node could compute with, were it readable too early: it would have begun before the clock. */
describe('nothing can be read before it was sent', () => {
  let oracle: TestOracle;
  let reader: Reader;
  let secrets: Secret[];

  beforeAll(async () => {
    oracle = await TestOracle.start({ slotSeconds: 25, slotsPerEpoch: 2 }, 40);
    oracle.startOracle();
    oracle.startApi();
    oracle.startNode(0);
    oracle.startNode(1);
    await oracle.until(
      'tables of the oracle',
      "SELECT FROM pg_tables WHERE (schemaname, tablename) = ('oracle', 'presence')",
    );
    await graphqlAnswers(oracle.graphqlUrl, AbortSignal.timeout(60_000));
    const metrics = `http://127.0.0.1:${oracle.metricsPort}`;
    reader = await Reader.start(oracle.graphqlUrl, oracle.evidenceFolder, [`${metrics}/ready`, `${metrics}/metrics`]);
    await oracle.until(
      `end of round ${ROUNDS - 1}`,
      "SELECT FROM oracle.rounds WHERE round = $1 AND state IN ('closed', 'void')",
      [ROUNDS - 1],
      240_000,
    );
    secrets = await secretsOf(oracle);
    // The transcripts of the last round are read too.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await reader.stop();
  });

  afterAll(() => oracle.remove());

  it('reads every field of the API and every file of evidence, many times a round', () => {
    const { fields, answers, files } = reader.figures;
    expect(fields).toBeGreaterThan(60);
    expect(answers).toBeGreaterThan(ROUNDS * fields);
    expect(files).toBeGreaterThanOrEqual(ROUNDS * 2);
    // A test that sees nothing proves nothing: every secret became public, and was seen.
    const unseen = secrets.filter(({ bytes }) => !reader.seen.has(bytes.toString('hex')));
    expect(unseen.map(({ what }) => what).filter((what) => !what.startsWith('coins'))).toEqual([]);
    expect(secrets.filter(({ what }) => what.startsWith('nonce'))).toHaveLength(ROUNDS);
  });

  it('shows no nonce, task seed, coin or commitment before its time', () => {
    const early = secrets.flatMap(({ what, bytes, publicAtMs }) => {
      const sightings = [reader.seen.get(bytes.toString('hex')), reader.firstFileWith(bytes)];
      return sightings
        .filter((seen) => seen !== undefined && seen.atMs < publicAtMs)
        .map((seen) => `${what}: ${publicAtMs - seen!.atMs} ms early in ${seen!.where}`);
    });
    expect(early).toEqual([]);
  });
});

/** Everything of the test's rounds that nobody may know before it is sent. */
async function secretsOf(oracle: TestOracle): Promise<Secret[]> {
  const rounds = await oracle.query<RoundRow>('SELECT * FROM oracle.rounds WHERE round < $1 ORDER BY round', [ROUNDS]);
  const found: Secret[] = [];
  for (const row of rounds) {
    const { round, state, nonce, coin_secret, root, anchor_block_hash, sending_at, coins_ms } = row;
    expect({ round, state }).toEqual({ round, state: 'closed' });
    const sentMs = sending_at.getTime();
    const coinsMs = sentMs + coins_ms;
    found.push({ what: `nonce of round ${round}`, bytes: nonce, publicAtMs: sentMs });
    found.push({ what: `coin secret of round ${round}`, bytes: coin_secret, publicAtMs: coinsMs });
    const challenges = await oracle.query<ChallengeRow>('SELECT * FROM oracle.challenges WHERE round = $1', [round]);
    for (const { node_id, device, task_seed, sent_ms, commitment } of challenges) {
      const whose = `of node ${node_id} in round ${round}`;
      found.push({ what: `task seed ${whose}`, bytes: task_seed, publicAtMs: sentMs + (sent_ms ?? 0) });
      if (!commitment) continue;
      const input = { coinSecret: coin_secret, root, nodeId: Number(node_id), device };
      const drawn = coins({ ...input, anchorBlockHash: `0x${anchor_block_hash.toString('hex')}` });
      found.push({ what: `coins ${whose}`, bytes: Buffer.from(drawn), publicAtMs: coinsMs });
      found.push({ what: `commitment ${whose}`, bytes: commitment, publicAtMs: coinsMs });
    }
  }
  return found;
}
