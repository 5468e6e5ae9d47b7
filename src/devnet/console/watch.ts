import type { DatabaseAddress } from '../../config/database';
import { FinishedWork, type GivenVerdict } from '../../oracle/store/finished';
import { SCORE_WORDS, type Score, unpackScores } from '../../protocol/scoring/words';
import { sleep } from '../../runtime/backoff';
import type { Devnet } from '../start';

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

const POLL_MS = 1_000;
/** Rounds and batches looked at in one poll: far more than finish between two. */
const WINDOW = 50;

/**
 * Reports what the devnet's oracles finish, as their tables tell, until `signal` aborts. What was finished before is
 * not reported. Postgres may go away and come back meanwhile.
 */
export async function watchOracles(
  { database, oracleSchemas }: Pick<Devnet, 'database' | 'oracleSchemas'>,
  onEvent: (event: OracleEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(oracleSchemas.map((schema) => watchOracle(database, schema, onEvent, signal)));
}

async function watchOracle(
  address: DatabaseAddress,
  schema: string,
  onEvent: (event: OracleEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const seen = new Set<string>();
  let isFirst = true;
  while (!signal.aborted) {
    let work: FinishedWork | undefined;
    try {
      work = await FinishedWork.connect({ ...address, application_name: 'dpin devnet' }, schema);
      while (!signal.aborted) {
        for (const event of await finished(work, seen)) {
          if (!isFirst) onEvent(event);
        }
        isFirst = false;
        await sleep(POLL_MS, signal);
      }
    } catch {
      // Away, or the oracle has not made its tables yet: then nothing is finished either.
      isFirst = false;
      await sleep(POLL_MS, signal);
    } finally {
      await work?.close();
    }
  }
}

async function finished(work: FinishedWork, seen: Set<string>): Promise<OracleEvent[]> {
  const isNew = (key: string) => !seen.has(key) && seen.add(key);
  const events: OracleEvent[] = [];
  for (const row of await work.rounds(WINDOW)) {
    if (!isNew(`round ${row.round}`)) continue;
    events.push({
      kind: 'round',
      round: Number(row.round),
      epoch: Number(row.epoch),
      task: row.task ?? 'none',
      fault: row.fault,
      verdicts: (await work.verdicts(row.round)).map(verdictOf),
    });
  }
  for (const row of await work.batches(WINDOW)) {
    const { batch } = row;
    const epoch = Number(row.epoch);
    if (isNew(`proved ${epoch} ${batch}`)) {
      events.push({ kind: 'proved', epoch, batch, proveSeconds: Number(row.prove_seconds) });
    }
    if (row.state !== 'posted' || !isNew(`posted ${epoch} ${batch}`)) continue;
    const words = row.score_words ?? [];
    const scores = words.length === SCORE_WORDS ? unpackScores(words.map(BigInt)) : [];
    events.push({ kind: 'posted', epoch, batch, gasUsed: Number(row.gas_used), txHash: `0x${row.tx_hash}`, scores });
  }
  return events;
}

function verdictOf(row: GivenVerdict): NodeVerdict {
  return { nodeId: Number(row.node_id), code: row.verdict, group: row.verdict_group, reason: row.reason ?? '' };
}
