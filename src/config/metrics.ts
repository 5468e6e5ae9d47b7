import { CLOSE } from '../protocol/messages';
import { TASK_NAMES } from '../protocol/tasks';
import { VERDICT_CODES } from '../protocol/verdicts';
import type { Metrics, MetricTable } from '../runtime/metrics';

/** Every metric of every process; docs/reference/metrics.md is written from this table, and no other can be emitted. */
export const METRICS = {
  indexer: {
    dpin_indexer_events_total: {
      type: 'counter',
      help: 'Events of contracts taken in.',
      labels: [],
    },
    dpin_indexer_indexed_block: {
      type: 'gauge',
      help: 'Number of the newest block in the index.',
      labels: [],
    },
    dpin_indexer_indexed_timestamp_seconds: {
      type: 'gauge',
      help: 'Time of that block.',
      labels: [],
    },
    dpin_indexer_head_block: {
      type: 'gauge',
      help: 'Number of the newest block of the chain.',
      labels: [],
    },
    dpin_indexer_head_timestamp_seconds: {
      type: 'gauge',
      help: 'Time of that block.',
      labels: [],
    },
    dpin_indexer_head_seen_timestamp_seconds: {
      type: 'gauge',
      help: 'When an endpoint last said what the newest block is.',
      labels: [],
    },
    dpin_indexer_audit_timestamp_seconds: {
      type: 'gauge',
      help: 'When the newest audit of the index ended.',
      labels: [],
    },
    dpin_indexer_audit_differences: {
      type: 'gauge',
      help: 'Values that differed from the contracts in that audit.',
      labels: [],
    },
  },
  oracle: {
    dpin_oracle_rounds_total: {
      type: 'counter',
      help: 'Rounds that ended: closed, or void when the reporter could not hold them.',
      labels: ['end'],
      values: ['closed', 'void'],
    },
    dpin_oracle_rounds_under_way: {
      type: 'gauge',
      help: 'Rounds under way, by their state.',
      labels: ['state'],
    },
    dpin_oracle_verdicts_total: {
      type: 'counter',
      help: "Verdicts given, by code; ORACLE_FAULT is the reporter's own.",
      labels: ['code'],
      values: VERDICT_CODES,
    },
    dpin_oracle_sessions: {
      type: 'gauge',
      help: 'Nodes with a session.',
      labels: [],
    },
    dpin_oracle_refusals_total: {
      type: 'counter',
      help: 'Sockets and frames refused and written down, by the kind of the close code.',
      labels: ['kind'],
      values: Object.keys(CLOSE),
    },
    dpin_oracle_receipts_total: {
      type: 'counter',
      help: 'Receipts sent for answers of nodes.',
      labels: [],
    },
    dpin_oracle_checks_waiting: {
      type: 'gauge',
      help: 'Checks of reveals that wait for a process.',
      labels: [],
    },
    dpin_oracle_checks_running: {
      type: 'gauge',
      help: 'Checks of reveals under way.',
      labels: [],
    },
    dpin_oracle_checkers: {
      type: 'gauge',
      help: 'Processes that check, wait for a check, or are just starting.',
      labels: [],
    },
    dpin_oracle_check_cpu_seconds: {
      type: 'histogram',
      help: 'CPU time of a check, by its kind.',
      labels: ['kind'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    },
    dpin_oracle_uncheckable_total: {
      type: 'counter',
      help: 'Reveals that brought every checker down, or that could not be checked.',
      labels: [],
    },
    dpin_oracle_standstill_seconds_total: {
      type: 'counter',
      help: "Time in which the gateway's thread stood still.",
      labels: [],
    },
    dpin_oracle_anchor_seconds: {
      type: 'histogram',
      help: 'From the sending of the anchor until it is final.',
      labels: [],
      buckets: [1, 2, 4, 8, 12, 16, 24, 32, 48, 64],
    },
    dpin_oracle_database_waits_total: {
      type: 'counter',
      help: 'Statements that failed because the database was away; they are made again.',
      labels: [],
    },
    dpin_oracle_evidence_bytes: {
      type: 'gauge',
      help: 'Size of the public evidence, as EVIDENCE_MAX_GB counts it.',
      labels: [],
    },
    dpin_oracle_lock_held: {
      type: 'gauge',
      help: '1 while this process holds the lock of its schema and account.',
      labels: [],
    },
    dpin_oracle_beat_timestamp_seconds: {
      type: 'gauge',
      help: 'When this process last wrote down that it is alive.',
      labels: [],
    },
    dpin_oracle_head_block: {
      type: 'gauge',
      help: 'Number of the newest block.',
      labels: [],
    },
    dpin_oracle_head_timestamp_seconds: {
      type: 'gauge',
      help: 'Time of the newest block.',
      labels: [],
    },
    dpin_oracle_balance_wei: {
      type: 'gauge',
      help: "What the reporter's account has for gas.",
      labels: [],
    },
    dpin_oracle_epochs_total: {
      type: 'counter',
      help: 'Epochs that ended: posted or failed.',
      labels: ['end'],
      values: ['posted', 'failed'],
    },
    dpin_oracle_proof_seconds: {
      type: 'gauge',
      help: 'How long the last score proof took.',
      labels: [],
    },
    dpin_oracle_posting_gas: {
      type: 'gauge',
      help: 'Gas of the last posting of a batch.',
      labels: [],
    },
    dpin_oracle_posting_timestamp_seconds: {
      type: 'gauge',
      help: 'When this process last posted a batch.',
      labels: [],
    },
  },
  api: {
    dpin_api_requests_total: {
      type: 'counter',
      help: 'Requests answered, by HTTP status.',
      labels: ['status'],
      values: ['200', '204', '304', '400', '405', '413', '415', '429', '500', '503', '504'],
    },
    dpin_api_request_seconds: {
      type: 'histogram',
      help: 'Time of a request, from its arrival until the answer is ready to be sent.',
      labels: [],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    },
    dpin_api_kept_answers_total: {
      type: 'counter',
      help: 'Requests answered from memory, because the index had not moved since.',
      labels: [],
    },
    dpin_api_standstill_seconds: {
      type: 'gauge',
      help: 'Longest time for which the event loop stood still since the last look.',
      labels: [],
    },
    dpin_api_indexed_block: {
      type: 'gauge',
      help: 'Newest block in the index.',
      labels: [],
    },
    dpin_api_index_lag_blocks: {
      type: 'gauge',
      help: 'Blocks the index is behind the chain, as the indexer last saw it.',
      labels: [],
    },
    dpin_api_index_lag_seconds: {
      type: 'gauge',
      help: 'The same in seconds between the times of the two blocks.',
      labels: [],
    },
    dpin_api_newest_score_timestamp_seconds: {
      type: 'gauge',
      help: 'End of the newest epoch with a proven batch.',
      labels: [],
    },
    dpin_api_audit_differences: {
      type: 'gauge',
      help: 'Values on which index and chain differed in the last audit.',
      labels: [],
    },
  },
  node: {
    dpin_node_session_ready: {
      type: 'gauge',
      help: '1 while the node has a session with the reporter.',
      labels: ['reporter'],
    },
    dpin_node_dials_total: {
      type: 'counter',
      help: 'Connections to an oracle tried.',
      labels: [],
    },
    dpin_node_challenges_total: {
      type: 'counter',
      help: 'Challenges received, by task.',
      labels: ['task'],
      values: TASK_NAMES,
    },
    dpin_node_refused_total: {
      type: 'counter',
      help: 'Frames of a reporter that do not check out and are not worked on: challenges, coins, receipts, verdicts.',
      labels: ['frame'],
      values: ['CHALLENGE', 'COINS', 'RECEIPT', 'VERDICT'],
    },
    dpin_node_commits_total: {
      type: 'counter',
      help: 'Commitments made, by task.',
      labels: ['task'],
      values: TASK_NAMES,
    },
    dpin_node_commit_seconds: {
      type: 'histogram',
      help: 'From the challenge until the commitment, by task.',
      labels: ['task'],
      buckets: [0.1, 0.2, 0.5, 1, 2, 3, 4, 6, 8, 12],
    },
    dpin_node_receipts_total: {
      type: 'counter',
      help: "Receipts with the reporter's signature.",
      labels: [],
    },
    dpin_node_verdicts_total: {
      type: 'counter',
      help: "Verdicts with the reporter's signature, by code.",
      labels: ['code'],
      values: VERDICT_CODES,
    },
  },
} as const satisfies Record<string, MetricTable>;

type Process = keyof typeof METRICS;
/** What counts in one process. */
export type MetricsOf<P extends Process> = Metrics<(typeof METRICS)[P]>;
