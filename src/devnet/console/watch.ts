import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { SCORE_WORDS, type Score, unpackScores } from '../../protocol/scoring/words';
import type { PostgresAddress } from '../machine/postgres';

export interface NodeVerdict {
  nodeId: number;
  code: string;
  /** pass, neutral, missed or fail. */
  group: string;
  reason: string;
}

/** A round whose last verdict is given. */
export interface RoundClosed {
  kind: 'round';
  round: number;
  epoch: number;
  task: string;
  /** Why the round is void; null when it is not. */
  fault: string | null;
  verdicts: NodeVerdict[];
}

/** A batch's proof, checked by the oracle and about to be posted. */
export interface BatchProved {
  kind: 'proved';
  epoch: number;
  batch: number;
  proveSeconds: number;
}

/** A batch's scores on-chain. */
export interface BatchPosted {
  kind: 'posted';
  epoch: number;
  batch: number;
  gasUsed: number;
  txHash: string;
  /** In order of nodeId from the batch's first. */
  scores: Score[];
}

export type OracleEvent = RoundClosed | BatchProved | BatchPosted;

const pollMs = 1_000;
/** Rounds and batches looked at in one poll: far more than finish between two. */
const window = 50;

/**
 * Reports what the oracle finishes, as its tables tell, until `signal` aborts. What was finished before is not reported.
 * Postgres may go away and come back meanwhile.
 */
export async function watchOracle(
  address: PostgresAddress,
  onEvent: (event: OracleEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const seen = new Set<string>();
  let isFirst = true;
  while (!signal.aborted) {
    const client = new Client({ ...address, application_name: 'dpin devnet' });
    client.on('error', () => {});
    try {
      await client.connect();
      while (!signal.aborted) {
        for (const event of await finished(client, seen)) {
          if (!isFirst) onEvent(event);
        }
        isFirst = false;
        await sleep(pollMs, undefined, { signal }).catch(() => undefined);
      }
    } catch {
      // Away, or the oracle has not made its tables yet: then nothing is finished either.
      isFirst = false;
      await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function finished(client: Client, seen: Set<string>): Promise<OracleEvent[]> {
  const isNew = (key: string) => !seen.has(key) && seen.add(key);
  const events: OracleEvent[] = [];
  const rounds = await client.query(
    `SELECT round, epoch, task, fault FROM oracle.rounds WHERE state IN ('closed', 'void')
     ORDER BY round DESC LIMIT $1`,
    [window],
  );
  for (const row of rounds.rows.reverse()) {
    if (!isNew(`round ${row.round}`)) continue;
    events.push({
      kind: 'round',
      round: Number(row.round),
      epoch: Number(row.epoch),
      task: row.task ?? 'none',
      fault: row.fault,
      verdicts: await verdictsOf(client, row.round),
    });
  }
  const batches = await client.query(
    `SELECT epoch, batch, state, prove_seconds, gas_used, encode(tx_hash, 'hex') AS tx_hash, score_words::text[]
     FROM oracle.batches WHERE state IN ('proved', 'posted') ORDER BY epoch DESC, batch DESC LIMIT $1`,
    [window],
  );
  for (const row of batches.rows.reverse()) {
    const [epoch, batch] = [Number(row.epoch), Number(row.batch)];
    if (isNew(`proved ${epoch} ${batch}`)) {
      events.push({ kind: 'proved', epoch, batch, proveSeconds: Number(row.prove_seconds) });
    }
    if (row.state !== 'posted' || !isNew(`posted ${epoch} ${batch}`)) continue;
    const words: string[] = row.score_words ?? [];
    const scores = words.length === SCORE_WORDS ? unpackScores(words.map(BigInt)) : [];
    events.push({ kind: 'posted', epoch, batch, gasUsed: Number(row.gas_used), txHash: `0x${row.tx_hash}`, scores });
  }
  return events;
}

async function verdictsOf(client: Client, round: string): Promise<NodeVerdict[]> {
  const { rows } = await client.query(
    `SELECT node_id, verdict, verdict_group, reason FROM oracle.challenges
     WHERE round = $1 AND verdict IS NOT NULL ORDER BY node_id, device`,
    [round],
  );
  return rows.map((row) => ({
    nodeId: Number(row.node_id),
    code: row.verdict,
    group: row.verdict_group,
    reason: row.reason ?? '',
  }));
}
