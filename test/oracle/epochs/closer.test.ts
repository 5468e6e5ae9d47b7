import { batchWords, measureEpoch, measurementsHash } from '../../../src/oracle/epochs/measure';
import { ProvenBatch } from '../../../src/oracle/epochs/proven-batch';
import { BatchStore } from '../../../src/oracle/store/batches';
import { EpochStore } from '../../../src/oracle/store/epochs';
import { ReportStore } from '../../../src/oracle/store/reports';
import { toHex } from '../../../src/protocol/bytes';
import { merkleRoot } from '../../../src/protocol/merkle';
import { applyBatch } from '../../../src/protocol/scoring/batch';
import { zeroStates } from '../../../src/protocol/scoring/state';
import { until } from '../../support/until';
import { CloserFixture, type SeededVerdict } from './fixture';

jest.setTimeout(300_000);

let fixture: CloserFixture;
beforeAll(async () => {
  fixture = await CloserFixture.start();
});
afterAll(() => fixture.stop());

/** Nodes 0..4 pass at different rates, node 5 gives a wrong result, node 6 is silent, node 7 has a neutral epoch. */
const round: SeededVerdict[] = [
  ...[0, 1, 2, 3, 4].map((nodeId) => ({ nodeId, code: 'OK' as const, perfBps: 4_000 + 1_500 * nodeId })),
  { nodeId: 5, code: 'WRONG_RESULT' },
  { nodeId: 6, code: 'UNREACHABLE' },
  { nodeId: 7, code: 'ORACLE_FAULT' },
];

async function postedByTicking(epoch: number): Promise<void> {
  const closer = fixture.closer();
  const over = async () => {
    await closer.tick();
    return ['posted', 'failed', 'empty'].includes((await fixture.stateOf(epoch)) ?? '');
  };
  await fixture.miningUntil(until(`epoch ${epoch} over`, over, 300_000));
}

it('waits while rounds of the epoch are not over or not written down', async () => {
  await fixture.seedEpoch(0, [round]);
  await fixture.finishEpoch(0);
  await fixture.closer().tick();
  expect(await fixture.stateOf(0)).toBeUndefined();
});

it('brings measured, signed and proven scores on-chain', async () => {
  const { slotsPerEpoch } = fixture.schedule;
  // Round 0 is written down already; the oracle now writes down the others.
  await fixture.seedEpoch(
    0,
    Array.from({ length: slotsPerEpoch - 1 }, () => round),
    1,
  );
  await postedByTicking(0);
  expect(await fixture.stateOf(0)).toBe('posted');

  const verdicts = await new EpochStore(fixture.database).verdictsOf(0);
  const words = batchWords(0, measureEpoch(verdicts));
  const [evidence, ...moreEvidence] = await fixture.eventsOf('EvidenceAnchored', 0);
  expect(moreEvidence).toEqual([]);
  const documents = Array.from({ length: slotsPerEpoch }, (_, index) =>
    round.map(({ code, nodeId }) => Buffer.from(JSON.stringify({ code, nodeId, round: index }))),
  ).flat();
  expect(evidence?.evidenceRoot).toBe(toHex(merkleRoot(documents)));
  expect(evidence?.measurementsHash).toBe(measurementsHash([words]));

  const [report] = await new ReportStore(fixture.database).ofBatch(0, 0);
  const methodology = await fixture.chain.oracle.methodologyOf(0n);
  const expected = applyBatch({
    chainId: 31337n,
    oracle: fixture.chain.oracle.address,
    epoch: 0n,
    batch: 0n,
    methodologyHash: methodology.hash,
    parameters: methodology.parameters,
    keys: [fixture.network.reporterKey.publicKey, null, null],
    reports: [
      { evidenceRoot: report!.evidenceRoot, measurementWords: words, signature: report!.signature },
      null,
      null,
    ],
    oldStates: zeroStates(),
  });
  for (const { nodeId, code } of round) {
    const score = await fixture.chain.oracle.scoreOf(nodeId);
    expect(score).toMatchObject(expected.scores[nodeId]!);
    expect(score.scoreBps > 0).toBe(code === 'OK');
  }
  const [status] = await fixture.database.query<Record<string, unknown>>('SELECT * FROM oracle.status');
  expect(status).toMatchObject({ last_proof_epoch: '0' });
  expect(Number(status?.last_gas_per_score)).toBeLessThan(8_000);
});

it('takes the old states from the chain, not from its own rows', async () => {
  await fixture.database.query(
    "UPDATE oracle.batches SET states = NULL, public_vector = NULL, proof = NULL, new_commitment = 1 WHERE state = 'posted'",
  );
  await fixture.seedEpoch(1, [round, round]);
  await fixture.finishEpoch(1);
  await postedByTicking(1);
  expect(await fixture.stateOf(1)).toBe('posted');
  const [first] = await fixture.eventsOf('BatchProven', 0);
  const [second] = await fixture.eventsOf('BatchProven', 1);
  expect(second?.oldCommitment).toBe(first?.newCommitment);
});

it('replays an epoch to the same bytes', async () => {
  const rows = async () => ({
    epoch: await new EpochStore(fixture.database).find(1),
    reports: await new ReportStore(fixture.database).ofBatch(1, 0),
    measurements: await fixture.database.query('SELECT * FROM oracle.measurements WHERE epoch = 1 ORDER BY node_id'),
  });
  const before = await rows();
  for (const table of ['epochs', 'measurements', 'reports', 'batches']) {
    await fixture.database.query(`DELETE FROM oracle.${table} WHERE epoch = 1`);
  }
  await postedByTicking(1);
  const after = await rows();
  expect(after.reports).toEqual(before.reports);
  expect(after.measurements).toEqual(before.measurements);
  expect({ ...after.epoch, state: '' }).toEqual({ ...before.epoch, state: '' });
  expect(await fixture.eventsOf('EvidenceAnchored', 1)).toHaveLength(1);
  expect(await fixture.eventsOf('BatchProven', 1)).toHaveLength(1);
});

it('knows a proof whose words were changed, and sends none such', async () => {
  const { proved } = (await new BatchStore(fixture.database).find(0, 0)) ?? {};
  expect(proved).toBeUndefined();
  await fixture.seedEpoch(2, [round, round]);
  await fixture.finishEpoch(2);
  const closer = fixture.closer();
  // Not mined: the posting waits, with its proof written down.
  void closer.tick();
  await fixture.miningUntil(until('evidence anchored', async () => (await fixture.stateOf(2)) === 'proving'));
  await until('proved', async () => (await new BatchStore(fixture.database).find(2, 0))?.state === 'proved');
  const proven = (await new BatchStore(fixture.database).find(2, 0))!.proved!;
  expect(await ProvenBatch.fromRow(proven)).toBeInstanceOf(ProvenBatch);
  for (const index of [0, 4, 21, 28, 32, 61]) {
    const publicVector = proven.publicVector.map((word, place) => (place === index ? word + 1n : word));
    expect(await ProvenBatch.fromRow({ ...proven, publicVector })).toBeUndefined();
  }
  await postedByTicking(2);
  expect(await fixture.stateOf(2)).toBe('posted');
});

it('posts everything once though it is killed with SIGKILL at every step', async () => {
  await fixture.seedEpoch(3, [round, round]);
  await fixture.finishEpoch(3);
  const killAtBroadcast = async (when: 'before' | 'after') => {
    const child = fixture.child(3);
    fixture.proxy.rule = (method) => {
      if (method !== 'eth_sendRawTransaction') return 'pass';
      if (when === 'after') return { after: () => child.kill('SIGKILL') };
      child.kill('SIGKILL');
      return 'cut';
    };
    await expect(fixture.miningUntil(child.done)).rejects.toThrow('SIGKILL');
    fixture.proxy.rule = () => 'pass';
  };
  await killAtBroadcast('before'); // evidence signed, not broadcast
  expect(await fixture.stateOf(3)).toBe('measured');
  await killAtBroadcast('after'); // evidence broadcast again by the restart, not yet seen
  const proving = fixture.child(3);
  await fixture.miningUntil(
    until('proving', async () => (await new BatchStore(fixture.database).find(3, 0))?.state === 'proving'),
  );
  proving.kill('SIGKILL'); // in the middle of the proof
  await expect(proving.done).rejects.toThrow('SIGKILL');
  await killAtBroadcast('before'); // batch signed, not broadcast
  await killAtBroadcast('after'); // batch broadcast, not noted
  expect(await fixture.miningUntil(fixture.child(3).done)).toEqual(['posted']);
  expect(await fixture.eventsOf('EvidenceAnchored', 3)).toHaveLength(1);
  expect(await fixture.eventsOf('BatchProven', 3)).toHaveLength(1);
});

it('leaves out after a long silence the epochs in which nothing was measured, but the newest', async () => {
  await fixture.finishEpoch(12);
  await fixture.seedEpoch(13, [round, round]);
  await fixture.finishEpoch(13);
  await postedByTicking(13);
  for (const silent of [4, 7, 11]) expect(await fixture.stateOf(silent)).toBe('empty');
  expect(await fixture.stateOf(13)).toBe('posted');
  expect(await fixture.eventsOf('BatchProven', 4)).toHaveLength(0);
  expect(await fixture.eventsOf('BatchProven', 13)).toHaveLength(1);
});
