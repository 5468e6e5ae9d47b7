// Written by `npm run migration`; by hand: what fills the new columns from the rows that there are. The series stay empty
// until `dpin index rollups` makes them from histories.

/** Columns of stake and rewards; old rows are filled below, or start with 0. */
const REWARDS = {
    network: ['reward_per_weight'],
    delegation: ['pending_rewards'],
    reward_accrual: ['reward_per_share', 'operator_reward_per_stake'],
    gpu_node: ['total_stake', 'reward_per_share', 'operator_reward_per_stake'],
}

const perUnit = (rewards, units) =>
    `sum(CASE WHEN ${units} = 0 THEN 0 ELSE div(${rewards} * 1000000000000000000, ${units}) END)`

/**
 * The sums follow from each settlement and the stake at that time. The feed tells that stake in every release: unbonding
 * locks have their numbers in the order of its rows, and a share has cost one wei so far, as nothing was ever lost. Up to
 * where rewards are settled old rows do not tell: reward_per_weight_paid and reward_per_share_paid stay NULL.
 */
const FILL_REWARDS = [
    `WITH numbered AS (
       SELECT id, node_id, kind, amount, row_number() OVER (PARTITION BY kind ORDER BY id) - 1 AS number FROM activity
       WHERE kind IN ('STAKE_DEPOSITED', 'DELEGATED', 'UNBONDING_STARTED')
     ), steps AS (
       SELECT m.id, m.node_id, 0::numeric AS operator, 0::numeric AS delegators,
         CASE WHEN m.kind = 'STAKE_DEPOSITED' THEN m.amount WHEN l.is_self_stake THEN -m.amount ELSE 0 END AS self,
         CASE WHEN m.kind = 'DELEGATED' THEN m.amount WHEN NOT l.is_self_stake THEN -m.amount ELSE 0 END AS shares
       FROM numbered m
       LEFT JOIN unbonding_lock l ON m.kind = 'UNBONDING_STARTED' AND l.id = lpad(m.number::text, 12, '0')
       UNION ALL SELECT id, node_id, operator_amount, delegators_amount, 0, 0 FROM reward_accrual
     ), held AS (
       SELECT id, node_id, operator, delegators, sum(self) OVER before AS self_stake, sum(shares) OVER before AS total_shares
       FROM steps WINDOW before AS (PARTITION BY node_id ORDER BY id)
     ), sums AS (
       SELECT id, ${perUnit('delegators', 'total_shares')} OVER so_far AS per_share,
         ${perUnit('operator', 'self_stake')} OVER so_far AS per_stake
       FROM held WINDOW so_far AS (PARTITION BY node_id ORDER BY id)
     )
     UPDATE reward_accrual a SET reward_per_share = sums.per_share, operator_reward_per_stake = sums.per_stake
     FROM sums WHERE sums.id = a.id`,
    `UPDATE gpu_node SET total_stake = self_stake + delegated_stake`,
    `UPDATE gpu_node SET reward_per_share = newest.reward_per_share,
       operator_reward_per_stake = newest.operator_reward_per_stake, settled_at = newest."timestamp"
     FROM (SELECT DISTINCT ON (node_id) * FROM reward_accrual ORDER BY node_id, id DESC) newest
     WHERE newest.node_id = gpu_node.id`,
]

/** New columns of rows that there are, and what they start with. */
const COUNTS = {
    network: ['unrated_node_count', 'provisional_node_count', 'established_node_count', 'failing_node_count', 'score_sum_bps', 'open_shard_count'],
    job: ['open_shard_count'],
    score_change: ['pass_count', 'fail_count'],
    gpu_node: ['pass_count', 'fail_count'],
}

const nodes = (status) => `(SELECT count(*) FROM gpu_node WHERE NOT retired AND score_status = '${status}')`

const FILL_COUNTS = [
    `UPDATE job SET open_shard_count = shard_count - active_shard_count - accepted_shard_count - expired_shard_count
     WHERE status = 'OPEN'`,
    `UPDATE network SET unrated_node_count = ${nodes('UNRATED')}, provisional_node_count = ${nodes('PROVISIONAL')},
       established_node_count = ${nodes('ESTABLISHED')}, failing_node_count = ${nodes('FAILING')},
       score_sum_bps = (SELECT coalesce(sum(score_bps), 0) FROM gpu_node WHERE NOT retired),
       open_shard_count = (SELECT coalesce(sum(open_shard_count), 0) FROM job)`,
    `UPDATE score_change SET pass_count = counts.passed, fail_count = counts.failed FROM (
       SELECT id, count(*) FILTER (WHERE outcome = 'PASS') OVER newest AS passed,
         count(*) FILTER (WHERE outcome = 'FAIL') OVER newest AS failed
       FROM score_change WINDOW newest AS (PARTITION BY node_id ORDER BY id)
     ) counts WHERE counts.id = score_change.id`,
    `UPDATE gpu_node SET pass_count = counts.passed, fail_count = counts.failed FROM (
       SELECT node_id AS id, count(*) FILTER (WHERE outcome = 'PASS') AS passed,
         count(*) FILTER (WHERE outcome = 'FAIL') AS failed
       FROM score_change GROUP BY node_id
     ) counts WHERE counts.id = gpu_node.id`,
]

module.exports = class Explorer1795757452007 {
    name = 'Explorer1795757452007'

    async up(db) {
        await db.query(`DROP INDEX "public"."IDX_d83afa683094d63ab33f8d9a24"`)
        await db.query(`DROP INDEX "public"."IDX_cf1952024c2c1a09685c4e64e1"`)
        await db.query(`DROP INDEX "public"."IDX_69bd12a58c78de34076404ee97"`)
        await db.query(`DROP INDEX "public"."IDX_66689281c99d22e5466904f83e"`)
        await db.query(`CREATE TABLE "network_day" ("id" character varying NOT NULL, "number" integer NOT NULL, "starts_at" TIMESTAMP WITH TIME ZONE NOT NULL, "total_supply" numeric NOT NULL, "holders" integer NOT NULL, "transfer_count" integer NOT NULL, "transfer_volume" numeric NOT NULL, "total_staked" numeric NOT NULL, "total_unbonding" numeric NOT NULL, "node_count" integer NOT NULL, "certified_node_count" integer NOT NULL, "retired_node_count" integer NOT NULL, "unrated_node_count" integer NOT NULL, "provisional_node_count" integer NOT NULL, "established_node_count" integer NOT NULL, "failing_node_count" integer NOT NULL, "score_sum_bps" numeric NOT NULL, "delegation_count" integer NOT NULL, "job_count" integer NOT NULL, "completed_job_count" integer NOT NULL, "cancelled_job_count" integer NOT NULL, "open_shard_count" numeric NOT NULL, "accepted_shard_count" integer NOT NULL, "expired_shard_count" integer NOT NULL, "escrowed" numeric NOT NULL, "job_payments" numeric NOT NULL, "job_fees" numeric NOT NULL, "total_weight" numeric NOT NULL, "rewards_accrued" numeric NOT NULL, "rewards_claimed" numeric NOT NULL, "round_count" integer NOT NULL, "batch_count" integer NOT NULL, "block" integer NOT NULL, "timestamp" TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT "PK_49d869b523240382edfbc61680a" PRIMARY KEY ("id"))`)
        await db.query(`CREATE TABLE "network_epoch" ("id" character varying NOT NULL, "number" integer NOT NULL, "starts_at" TIMESTAMP WITH TIME ZONE NOT NULL, "total_supply" numeric NOT NULL, "holders" integer NOT NULL, "transfer_count" integer NOT NULL, "transfer_volume" numeric NOT NULL, "total_staked" numeric NOT NULL, "total_unbonding" numeric NOT NULL, "node_count" integer NOT NULL, "certified_node_count" integer NOT NULL, "retired_node_count" integer NOT NULL, "unrated_node_count" integer NOT NULL, "provisional_node_count" integer NOT NULL, "established_node_count" integer NOT NULL, "failing_node_count" integer NOT NULL, "score_sum_bps" numeric NOT NULL, "delegation_count" integer NOT NULL, "job_count" integer NOT NULL, "completed_job_count" integer NOT NULL, "cancelled_job_count" integer NOT NULL, "open_shard_count" numeric NOT NULL, "accepted_shard_count" integer NOT NULL, "expired_shard_count" integer NOT NULL, "escrowed" numeric NOT NULL, "job_payments" numeric NOT NULL, "job_fees" numeric NOT NULL, "total_weight" numeric NOT NULL, "rewards_accrued" numeric NOT NULL, "rewards_claimed" numeric NOT NULL, "round_count" integer NOT NULL, "batch_count" integer NOT NULL, "block" integer NOT NULL, "timestamp" TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT "PK_1528810945bdf55e91d5fc21670" PRIMARY KEY ("id"))`)
        await db.query(`ALTER TABLE "network" ADD "unrated_node_count" integer NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "network" ADD "provisional_node_count" integer NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "network" ADD "established_node_count" integer NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "network" ADD "failing_node_count" integer NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "network" ADD "score_sum_bps" numeric NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "network" ADD "open_shard_count" numeric NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "network" ADD "reward_per_weight" numeric NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "network" ADD "reward_per_weight_at" TIMESTAMP WITH TIME ZONE`)
        await db.query(`ALTER TABLE "delegation" ADD "pending_rewards" numeric NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "delegation" ADD "reward_per_share_paid" numeric`)
        await db.query(`ALTER TABLE "job" ADD "open_shard_count" integer NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "score_change" ADD "pass_count" integer NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "score_change" ADD "fail_count" integer NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "reward_accrual" ADD "reward_per_share" numeric NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "reward_accrual" ADD "operator_reward_per_stake" numeric NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "gpu_node" ADD "total_stake" numeric NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "gpu_node" ADD "pass_count" integer NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "gpu_node" ADD "fail_count" integer NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "gpu_node" ADD "reward_per_weight_paid" numeric`)
        await db.query(`ALTER TABLE "gpu_node" ADD "reward_per_share" numeric NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "gpu_node" ADD "operator_reward_per_stake" numeric NOT NULL DEFAULT 0`)
        await db.query(`ALTER TABLE "gpu_node" ADD "settled_at" TIMESTAMP WITH TIME ZONE`)
        for (const statement of [...FILL_REWARDS, ...FILL_COUNTS]) await db.query(statement)
        for (const [table, columns] of [...Object.entries(REWARDS), ...Object.entries(COUNTS)]) {
            for (const column of columns) await db.query(`ALTER TABLE "${table}" ALTER COLUMN "${column}" DROP DEFAULT`)
        }
        await db.query(`CREATE INDEX "IDX_ff4a376f6adb5a3f8040d86336" ON "job" ("open_shard_count") `)
        await db.query(`CREATE INDEX "IDX_f132246896721dab3021c1003a" ON "governance_event" ("tx_hash") `)
        await db.query(`CREATE INDEX "IDX_7e64d13f664d9857698a37a234" ON "account" ("votes", "id") `)
        await db.query(`CREATE INDEX "IDX_bd893045760f719e24a95a4256" ON "account" ("balance", "id") `)
        await db.query(`CREATE INDEX "IDX_60fe250a8b1e1263a0c34910e9" ON "gpu_node" ("weight", "id") `)
        await db.query(`CREATE INDEX "IDX_34ae37458255c4892cb2d811dc" ON "gpu_node" ("total_stake", "id") `)
        await db.query(`CREATE INDEX "IDX_d53b862430578147641d2e679f" ON "gpu_node" ("score_bps", "id") `)
    }

    async down(db) {
        await db.query(`DROP INDEX "public"."IDX_f132246896721dab3021c1003a"`)
        await db.query(`DROP INDEX "public"."IDX_ff4a376f6adb5a3f8040d86336"`)
        await db.query(`DROP INDEX "public"."IDX_7e64d13f664d9857698a37a234"`)
        await db.query(`DROP INDEX "public"."IDX_bd893045760f719e24a95a4256"`)
        await db.query(`DROP INDEX "public"."IDX_60fe250a8b1e1263a0c34910e9"`)
        await db.query(`DROP INDEX "public"."IDX_34ae37458255c4892cb2d811dc"`)
        await db.query(`DROP INDEX "public"."IDX_d53b862430578147641d2e679f"`)
        await db.query(`CREATE INDEX "IDX_d83afa683094d63ab33f8d9a24" ON "account" ("balance") `)
        await db.query(`CREATE INDEX "IDX_cf1952024c2c1a09685c4e64e1" ON "account" ("votes") `)
        await db.query(`CREATE INDEX "IDX_69bd12a58c78de34076404ee97" ON "gpu_node" ("score_bps") `)
        await db.query(`CREATE INDEX "IDX_66689281c99d22e5466904f83e" ON "gpu_node" ("weight") `)
        await db.query(`DROP TABLE "network_day"`)
        await db.query(`DROP TABLE "network_epoch"`)
        await db.query(`ALTER TABLE "network" DROP COLUMN "unrated_node_count"`)
        await db.query(`ALTER TABLE "network" DROP COLUMN "provisional_node_count"`)
        await db.query(`ALTER TABLE "network" DROP COLUMN "established_node_count"`)
        await db.query(`ALTER TABLE "network" DROP COLUMN "failing_node_count"`)
        await db.query(`ALTER TABLE "network" DROP COLUMN "score_sum_bps"`)
        await db.query(`ALTER TABLE "network" DROP COLUMN "open_shard_count"`)
        await db.query(`ALTER TABLE "network" DROP COLUMN "reward_per_weight"`)
        await db.query(`ALTER TABLE "network" DROP COLUMN "reward_per_weight_at"`)
        await db.query(`ALTER TABLE "delegation" DROP COLUMN "pending_rewards"`)
        await db.query(`ALTER TABLE "delegation" DROP COLUMN "reward_per_share_paid"`)
        await db.query(`ALTER TABLE "job" DROP COLUMN "open_shard_count"`)
        await db.query(`ALTER TABLE "score_change" DROP COLUMN "pass_count"`)
        await db.query(`ALTER TABLE "score_change" DROP COLUMN "fail_count"`)
        await db.query(`ALTER TABLE "reward_accrual" DROP COLUMN "reward_per_share"`)
        await db.query(`ALTER TABLE "reward_accrual" DROP COLUMN "operator_reward_per_stake"`)
        await db.query(`ALTER TABLE "gpu_node" DROP COLUMN "total_stake"`)
        await db.query(`ALTER TABLE "gpu_node" DROP COLUMN "pass_count"`)
        await db.query(`ALTER TABLE "gpu_node" DROP COLUMN "fail_count"`)
        await db.query(`ALTER TABLE "gpu_node" DROP COLUMN "reward_per_weight_paid"`)
        await db.query(`ALTER TABLE "gpu_node" DROP COLUMN "reward_per_share"`)
        await db.query(`ALTER TABLE "gpu_node" DROP COLUMN "operator_reward_per_stake"`)
        await db.query(`ALTER TABLE "gpu_node" DROP COLUMN "settled_at"`)
    }
}
