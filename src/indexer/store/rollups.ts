import type { EntityManager } from 'typeorm';
import type { EpochClock } from '../rules/periods';

/**
 * The network's series made anew from histories alone: what each event changed, summed up by the period of its time and
 * then over the periods before. Nothing of it comes from the network's row, or from rows of the series, so comparing
 * the two shows what either has wrong. The exception is an index of the first release that was updated: its histories
 * of stake and weights begin late, so its series begin with the first weight after the update, and its number of
 * delegations is counted back from the rows of today.
 */

/** Rows whose differences are told; the rest is counted. */
const ROWS_TOLD = 1_000;

const ZERO = "'0x0000000000000000000000000000000000000000'";

const sumOf = (value: string, ...kinds: string[]): string =>
  `coalesce(sum(${value}) FILTER (WHERE kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')})), 0)`;
const countOf = (kind: string, where = 'true'): string => `count(*) FILTER (WHERE kind = '${kind}' AND ${where})`;

/** What activities of a period change of each column; `j` is the job of an activity. */
const FROM_ACTIVITIES = {
  total_supply: `coalesce(sum(CASE WHEN counterparty IS NULL THEN amount WHEN counterparty = ${ZERO} THEN -amount END)
    FILTER (WHERE kind = 'TRANSFER'), 0)`,
  transfer_count: countOf('TRANSFER'),
  transfer_volume: sumOf('amount', 'TRANSFER'),
  total_staked: `${sumOf('amount', 'STAKE_DEPOSITED', 'DELEGATED')} - ${sumOf('amount', 'UNBONDING_STARTED')}`,
  total_unbonding: `${sumOf('amount', 'UNBONDING_STARTED')} - ${sumOf('amount', 'UNBONDING_WITHDRAWN')}`,
  node_count: countOf('NODE_REGISTERED'),
  certified_node_count: `${countOf('CERTIFIED')} - ${countOf('DECERTIFIED')}`,
  retired_node_count: countOf('NODE_RETIRED'),
  job_count: countOf('JOB_POSTED'),
  completed_job_count: countOf('JOB_COMPLETED'),
  cancelled_job_count: countOf('JOB_CANCELLED'),
  // A job is cancelled before any of its shards is claimed: of those that expired it has none to lose.
  open_shard_count: `${sumOf('j.shard_count', 'JOB_POSTED')} - ${countOf('SHARD_CLAIMED')}
    - ${countOf('SHARD_EXPIRED', 'a.node_id IS NULL')} - ${sumOf('j.shard_count - j.expired_shard_count', 'JOB_CANCELLED')}`,
  accepted_shard_count: countOf('SHARD_ACCEPTED'),
  expired_shard_count: countOf('SHARD_EXPIRED'),
  escrowed: `${sumOf('amount', 'JOB_POSTED')} - ${sumOf('amount', 'JOB_CANCELLED', 'SHARD_EXPIRED')}
    - ${sumOf('j.price_per_shard', 'PAYMENT_RELEASED')}`,
  job_payments: sumOf('amount', 'PAYMENT_RELEASED'),
  job_fees: sumOf('j.price_per_shard - amount', 'PAYMENT_RELEASED'),
  round_count: countOf('ROUND_ANCHORED'),
  batch_count: countOf('BATCH_PROVEN'),
};

const STATUSES = ['unrated', 'provisional', 'established', 'failing'] as const;
const STATUS_COUNTS = STATUSES.map((status) => `${status}_node_count`);

/** Columns that are the sum of all changes before. */
const SUMS = [
  ...Object.keys(FROM_ACTIVITIES),
  'holders',
  'delegation_count',
  ...STATUS_COUNTS,
  'score_sum_bps',
  'rewards_accrued',
  'rewards_claimed',
];
const COLUMNS = ['id', 'number', 'starts_at', ...SUMS, 'total_weight', 'block', '"timestamp"'];

/** One of the two series. */
interface Series {
  table: 'network_day' | 'network_epoch';
  /** SQL of the number of the period that a time lies in. */
  number: string;
  /** SQL of id and first moment of a number. */
  id: string;
  startsAt: string;
}

function seriesOf({ genesisSeconds, epochSeconds }: EpochClock): Series[] {
  return [
    {
      table: 'network_day',
      number: 'floor(extract(epoch FROM "timestamp") / 86400)::int',
      id: `lpad(number::text, 10, '0')`,
      startsAt: 'to_timestamp(number::bigint * 86400)',
    },
    {
      table: 'network_epoch',
      number: `greatest(-1, floor((extract(epoch FROM "timestamp") - ${genesisSeconds}) / ${epochSeconds}))::int`,
      id: `CASE WHEN number < 0 THEN '0' ELSE lpad(number::text, 10, '0') END`,
      startsAt: `CASE WHEN number < 0 THEN to_timestamp(0) ELSE to_timestamp(${genesisSeconds} + number::bigint * ${epochSeconds}) END`,
    },
  ];
}

/** Block from which on histories tell everything; null: nothing after the update of the index tells it yet. */
const TOLD_FROM = `(SELECT CASE WHEN coalesce(max(histories_after_block), 0) = 0 THEN 0
  ELSE (SELECT min(block) FROM weight_change) END FROM network)`;

/** Common table expressions that end in `rebuilt`, with the columns of the series. */
function rebuilt({ number, id, startsAt }: Series): string {
  const status = (name: string) => `sum(by) FILTER (WHERE status = '${name.toUpperCase()}') AS ${name}_node_count`;
  return `
    happened AS (
      SELECT ${number} AS number, block, "timestamp" FROM activity
      UNION ALL SELECT ${number}, block, "timestamp" FROM governance_event
    ),
    periods AS (SELECT number, max(block) AS block, max("timestamp") AS "timestamp" FROM happened GROUP BY number),
    counted AS (
      SELECT ${number.replaceAll('"timestamp"', 'a."timestamp"')} AS number,
        ${Object.entries(FROM_ACTIVITIES)
          .map(([column, sql]) => `${sql} AS ${column}`)
          .join(', ')}
      FROM activity a LEFT JOIN job j ON j.id = a.job_id GROUP BY 1
    ),
    moves AS (
      SELECT id, "timestamp", account_id AS account, CASE WHEN counterparty IS NULL THEN amount ELSE -amount END AS change
      FROM activity WHERE kind = 'TRANSFER'
      UNION ALL SELECT id, "timestamp", counterparty, amount
      FROM activity WHERE kind = 'TRANSFER' AND counterparty <> ${ZERO}
    ),
    net_moves AS (SELECT id, "timestamp", account, sum(change) AS change FROM moves GROUP BY id, "timestamp", account),
    balances AS (
      SELECT "timestamp", change, sum(change) OVER (PARTITION BY account ORDER BY id) AS balance FROM net_moves
    ),
    holding AS (
      SELECT ${number} AS number, sum((balance > 0)::int - (balance - change > 0)::int) AS holders FROM balances GROUP BY 1
    ),
    delegating AS (
      SELECT ${number} AS number, sum((account_shares > 0)::int - (before > 0)::int) AS delegation_count
      FROM (SELECT "timestamp", account_shares,
        account_shares - CASE kind WHEN 'DELEGATED' THEN shares ELSE -shares END AS before
        FROM stake_change WHERE kind IN ('DELEGATED', 'UNDELEGATED')) s GROUP BY 1
    ),
    retired AS (SELECT node_id, block, "timestamp" FROM activity WHERE kind = 'NODE_RETIRED'),
    born AS (
      SELECT n.id AS node_id, coalesce(f.previous_status, n.score_status) AS status,
        coalesce(f.previous_score_bps, n.score_bps) AS score_bps
      FROM gpu_node n LEFT JOIN (SELECT DISTINCT ON (node_id) * FROM score_change ORDER BY node_id, id) f ON f.node_id = n.id
    ),
    scored AS (
      SELECT c.* FROM score_change c LEFT JOIN retired r ON r.node_id = c.node_id
      WHERE r.block IS NULL OR c.block <= r.block
    ),
    standings AS (
      SELECT a."timestamp", 1 AS by, b.status, b.score_bps FROM activity a JOIN born b ON b.node_id = a.node_id
      WHERE a.kind = 'NODE_REGISTERED'
      UNION ALL SELECT "timestamp", -1, previous_status, previous_score_bps FROM scored
      UNION ALL SELECT "timestamp", 1, status, score_bps FROM scored
      UNION ALL SELECT r."timestamp", -1, coalesce(l.status, b.status), coalesce(l.score_bps, b.score_bps)
      FROM retired r JOIN born b ON b.node_id = r.node_id
      LEFT JOIN (SELECT DISTINCT ON (node_id) * FROM scored ORDER BY node_id, id DESC) l ON l.node_id = r.node_id
    ),
    standing AS (
      SELECT ${number} AS number, ${STATUSES.map(status).join(', ')}, sum(by * score_bps::bigint) AS score_sum_bps
      FROM standings GROUP BY 1
    ),
    accrued AS (SELECT ${number} AS number, sum(amount) AS rewards_accrued FROM reward_accrual GROUP BY 1),
    claimed AS (SELECT ${number} AS number, sum(amount) AS rewards_claimed FROM reward_claim GROUP BY 1),
    weighed AS (
      SELECT DISTINCT ON (1) ${number} AS number, total_weight FROM weight_change ORDER BY 1, id DESC
    ),
    changed AS (
      SELECT periods.number, periods.block, periods."timestamp", total_weight,
        count(total_weight) OVER (ORDER BY number) AS weight_number,
        ${SUMS.map((column) => `sum(coalesce(${column}, 0)) OVER (ORDER BY number) AS ${column}`).join(', ')}
      FROM periods ${['counted', 'holding', 'delegating', 'standing', 'accrued', 'claimed', 'weighed']
        .map((part) => `LEFT JOIN ${part} USING (number)`)
        .join(' ')}
    ),
    late AS (
      SELECT (SELECT count(*) FROM delegation WHERE shares > 0)
        - coalesce((SELECT sum(delegation_count) FROM delegating), 0) AS delegations
      FROM network WHERE histories_after_block > 0
    ),
    rebuilt AS (
      SELECT ${id} AS id, number, ${startsAt} AS starts_at,
        ${SUMS.map((column) => (column === 'delegation_count' ? `delegation_count + coalesce((SELECT delegations FROM late), 0) AS ${column}` : column)).join(', ')},
        coalesce(max(total_weight) OVER (PARTITION BY weight_number), 0) AS total_weight, block, "timestamp"
      FROM changed WHERE block >= ${TOLD_FROM}
    )`;
}

/** A row of the series that is not what histories come to; null where one of the two has no such row. */
export interface SeriesDifference {
  table: string;
  id: string;
  kept: Readonly<Record<string, unknown>> | null;
  rebuilt: Readonly<Record<string, unknown>> | null;
}

/** What a comparison found. */
export interface SeriesComparison {
  /** Rows compared. */
  rows: number;
  differenceCount: number;
  /** The first of them. */
  differences: SeriesDifference[];
}

/** Compares the rows of both series with histories. @param manager of a transaction that sees one moment */
export async function compareSeries(manager: EntityManager, clock: EpochClock): Promise<SeriesComparison> {
  const found: SeriesComparison = { rows: 0, differenceCount: 0, differences: [] };
  for (const series of seriesOf(clock)) {
    const rows: (SeriesDifference & { rows: string; different: string })[] = await manager.query(
      `WITH ${rebuilt(series)}, compared AS (
         SELECT coalesce(k.id, r.id) AS id, to_jsonb(k) AS kept, to_jsonb(r) AS rebuilt
         FROM rebuilt r FULL JOIN (SELECT * FROM ${series.table} WHERE block >= ${TOLD_FROM}) k ON k.id = r.id
       ), different AS (
         SELECT * FROM compared WHERE kept IS DISTINCT FROM rebuilt
       )
       SELECT '${series.table}' AS "table", (SELECT count(*) FROM compared) AS rows,
         (SELECT count(*) FROM different) AS different, d.id, d.kept, d.rebuilt
       FROM (VALUES (0)) one LEFT JOIN (SELECT * FROM different ORDER BY id LIMIT ${ROWS_TOLD}) d ON true`,
    );
    found.rows += Number(rows[0]?.rows);
    found.differenceCount += Number(rows[0]?.different);
    const told = rows.filter(({ id }) => id !== null);
    found.differences.push(...told.map(({ table, id, kept, rebuilt }) => ({ table, id, kept, rebuilt })));
  }
  return found;
}

/** Makes both series anew. @param manager of a transaction @returns number of rows */
export async function rebuildSeries(manager: EntityManager, clock: EpochClock): Promise<number> {
  let rows = 0;
  for (const series of seriesOf(clock)) {
    await manager.query(`DELETE FROM ${series.table} WHERE block >= ${TOLD_FROM}`);
    const [made] = await manager.query(
      `WITH ${rebuilt(series)}, made AS (
         INSERT INTO ${series.table} (${COLUMNS.join(', ')}) SELECT ${COLUMNS.join(', ')} FROM rebuilt RETURNING id
       ) SELECT count(*) AS rows FROM made`,
    );
    rows += Number(made.rows);
  }
  // Whoever keeps answers for this state, as the API does, learns that it is another one.
  await manager.query('UPDATE squid_processor.status SET nonce = nonce + 1');
  return rows;
}
