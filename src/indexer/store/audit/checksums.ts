/**
 * Tables whose rows never change once they are written, with the columns that are left out because they do. Two indexes
 * of one release have the same rows for the same blocks, so one number tells whether they do.
 */
export const HISTORIES: Readonly<Record<string, readonly string[]>> = {
  activity: [],
  class_weight_change: [],
  commission_change: [],
  emission_change: [],
  evidence_anchor: [],
  fee_change: [],
  governance_event: [],
  methodology_change: [],
  oracle_batch: [],
  reward_accrual: [],
  reward_claim: [],
  reward_settlement_skip: [],
  round_anchor: ['anchor_block_hash'],
  score_change: [],
  stake_change: [],
  votes_delegation: [],
  weight_change: [],
  worker_key_rotation: [],
};

/** Rows are hashed in pieces of so many blocks, so that no piece is too large for Postgres. */
const BLOCKS_A_PIECE = 1_000;

/**
 * A SELECT of epoch, number of rows and a hash over them, for epochs before `$3`; rows before epoch 0 are epoch -1, and
 * so is a row whose time somebody made infinite. A row counts to the epoch in which its block was made. `$1` is the time
 * of epoch 0 in seconds, `$2` how long an epoch is.
 */
export function checksumQuery(table: string): string {
  const columns = (HISTORIES[table] ?? []).map((name) => ` - '${name}'`).join('');
  return `
    WITH pieces AS (
      SELECT CASE WHEN isfinite(t.timestamp)
          THEN greatest(-1, floor((extract(epoch FROM t.timestamp) - $1::bigint) / $2::bigint))::bigint ELSE -1
        END AS epoch,
        t.block / ${BLOCKS_A_PIECE} AS piece, count(*) AS rows,
        sha256(convert_to(string_agg((to_jsonb(t)${columns})::text, E'\\n' ORDER BY t.id COLLATE "C"), 'UTF8')) AS hash
      FROM "${table}" t GROUP BY 1, 2
    )
    SELECT epoch, sum(rows)::bigint AS rows, encode(sha256(string_agg(hash, ''::bytea ORDER BY piece)), 'hex') AS hash
    FROM pieces WHERE epoch < $3::bigint GROUP BY epoch`;
}
