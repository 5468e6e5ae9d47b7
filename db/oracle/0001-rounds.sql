-- What a reporter must never lose: rounds, challenges, transcripts and what it refused. Never dropped by an indexer
-- resync.

CREATE TABLE identity (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  chain_id bigint NOT NULL,
  oracle_address text NOT NULL,
  reporter text NOT NULL
);
COMMENT ON TABLE identity IS 'The chain, contract and reporter account these tables belong to; a process with others refuses to start.';

CREATE TABLE rounds (
  round bigint PRIMARY KEY,
  epoch bigint NOT NULL,
  reporter text NOT NULL,
  state text NOT NULL CHECK (state IN ('scheduled', 'open', 'committed', 'anchoring', 'opening', 'closed', 'void')),
  task text CHECK (task IN ('gemm', 'tree')),
  slot_start timestamptz NOT NULL,
  slot_end timestamptz NOT NULL,
  start_offset_ms integer,
  start_at timestamptz,
  open_block bigint,
  open_block_hash bytea,
  open_block_time timestamptz,
  nonce bytea,
  coin_secret bytea,
  coin_hash bytea,
  round_seed bytea,
  sent_at timestamptz,
  commit_end_at timestamptz,
  root bytea,
  commit_count integer,
  anchor_tx bytea,
  anchor_block bigint,
  anchor_block_hash bytea,
  anchor_block_time timestamptz,
  coins_sent_at timestamptz,
  open_deadline_at timestamptz,
  closed_at timestamptz,
  fault text,
  software text NOT NULL
);
CREATE INDEX rounds_epoch ON rounds (epoch);
CREATE INDEX rounds_unfinished ON rounds (round) WHERE state NOT IN ('closed', 'void');
COMMENT ON TABLE rounds IS 'One row per slot whose round is this reporter''s.';
COMMENT ON COLUMN rounds.state IS 'scheduled: start drawn; open: challenges recorded, commitments arrive; committed: commit phase over, root fixed; anchoring: anchor transaction under way; opening: anchor final, coins sent; closed: every verdict given; void: every challenge of the round is ORACLE_FAULT or BUSY or was missed before the fault.';
COMMENT ON COLUMN rounds.start_offset_ms IS 'CSPRNG draw: ms from the slot''s start to the planned start; not announced.';
COMMENT ON COLUMN rounds.open_block IS 'Newest block when the round opened; eligibility and keys are read there.';
COMMENT ON COLUMN rounds.nonce IS '32 CSPRNG bytes first shown in CHALLENGE.';
COMMENT ON COLUMN rounds.coin_secret IS '32 CSPRNG bytes; secret until the anchor is final.';
COMMENT ON COLUMN rounds.sent_at IS 'When the challenges of the round were sent.';
COMMENT ON COLUMN rounds.commit_end_at IS 'When the last commitment could count (deadline and 2 s of LATE).';
COMMENT ON COLUMN rounds.root IS 'SHA-256 Merkle root over the in-time commitments.';
COMMENT ON COLUMN rounds.commit_count IS 'Leaves under the root.';
COMMENT ON COLUMN rounds.open_deadline_at IS 'Openings after this are NO_OPENING.';
COMMENT ON COLUMN rounds.fault IS 'Why the round is void, in words.';
COMMENT ON COLUMN rounds.software IS 'Name and version of the software that ran the round.';

CREATE TABLE challenges (
  round bigint NOT NULL REFERENCES rounds (round),
  node_id bigint NOT NULL,
  device smallint NOT NULL,
  epoch bigint NOT NULL,
  hardware_class smallint NOT NULL,
  worker_key text NOT NULL,
  operator text NOT NULL,
  reward_recipient text NOT NULL,
  task text NOT NULL CHECK (task IN ('gemm', 'tree')),
  n bigint NOT NULL,
  w bigint NOT NULL,
  t bigint NOT NULL,
  k integer NOT NULL,
  m smallint NOT NULL,
  task_seed bytea NOT NULL,
  reference_per_ms bigint NOT NULL,
  expected_ms integer NOT NULL,
  deadline_ms integer NOT NULL,
  challenge_signature bytea,
  sent_at timestamptz,
  commitment bytea,
  commit_signature bytea,
  committed_at timestamptz,
  elapsed_ms bigint,
  in_anchor boolean NOT NULL DEFAULT false,
  leaf_index integer,
  busy_job numeric(78),
  busy_shard integer,
  opening_digest bytea,
  opening_bytes integer,
  opened_at timestamptz,
  verdict text,
  verdict_group text CHECK (verdict_group IN ('pass', 'neutral', 'missed', 'fail')),
  reason text,
  numbers jsonb NOT NULL DEFAULT '{}',
  perf_bps integer,
  ops_per_ms bigint,
  verdict_signature bytea,
  verdict_at timestamptz,
  PRIMARY KEY (round, node_id, device),
  CHECK ((verdict IS NULL) = (verdict_group IS NULL))
);
CREATE INDEX challenges_node ON challenges (node_id, round DESC);
CREATE INDEX challenges_epoch ON challenges (epoch, node_id);
CREATE INDEX challenges_commitment ON challenges (commitment) WHERE commitment IS NOT NULL;
COMMENT ON TABLE challenges IS 'One row per round, eligible node and device: what was asked, what came back, and the verdict.';
COMMENT ON COLUMN challenges.worker_key IS 'Worker key registered at the open block; commitments must carry its signature.';
COMMENT ON COLUMN challenges.n IS 'gemm: matrix size; tree: depth d.';
COMMENT ON COLUMN challenges.w IS 'gemm: columns; tree: arity 4.';
COMMENT ON COLUMN challenges.t IS 'gemm: multiplications T; tree: 0.';
COMMENT ON COLUMN challenges.k IS 'Samples: gemm K, tree k.';
COMMENT ON COLUMN challenges.m IS 'gemm: rows per sampled transition; tree: 0.';
COMMENT ON COLUMN challenges.reference_per_ms IS 'Class reference: int8 operations (gemm) or Poseidon permutations (tree) per ms.';
COMMENT ON COLUMN challenges.elapsed_ms IS 'Receipt minus send by the reporter''s monotonic clock, rounded up; nothing subtracted.';
COMMENT ON COLUMN challenges.in_anchor IS 'The commitment is a leaf of the round''s anchor tree.';
COMMENT ON COLUMN challenges.leaf_index IS 'Its index there.';
COMMENT ON COLUMN challenges.busy_job IS 'Job that the node said it was busy with.';
COMMENT ON COLUMN challenges.opening_digest IS 'SHA-256 of the opening frame''s payload.';
COMMENT ON COLUMN challenges.verdict IS 'Code of protocol section 6; null while the round runs.';
COMMENT ON COLUMN challenges.reason IS 'The verdict in words, as the node was told.';
COMMENT ON COLUMN challenges.numbers IS 'The figures behind the verdict.';
COMMENT ON COLUMN challenges.perf_bps IS 'Measured rate against the class reference, 1/10000, at most 20000; 0 for a miss; null for neutral rounds and failures.';
COMMENT ON COLUMN challenges.ops_per_ms IS 'Measured rate: gemm int8 operations, tree permutations, per ms.';

CREATE TABLE transcripts (
  round bigint NOT NULL,
  node_id bigint NOT NULL,
  device smallint NOT NULL,
  epoch bigint NOT NULL,
  document text NOT NULL,
  sha256 bytea NOT NULL,
  PRIMARY KEY (round, node_id, device)
);
CREATE INDEX transcripts_epoch ON transcripts (epoch, round, node_id, device);
COMMENT ON TABLE transcripts IS 'Public record of one challenge; the epoch''s evidence root is the Merkle root over these.';
COMMENT ON COLUMN transcripts.document IS 'Canonical JSON: keys sorted, no spaces, hex lower-case.';
COMMENT ON COLUMN transcripts.sha256 IS 'SHA-256 of the document''s UTF-8 bytes.';

CREATE TABLE incidents (
  id bigserial PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  round bigint,
  node_id bigint,
  remote text NOT NULL,
  kind text NOT NULL,
  close_code integer,
  frame_type text,
  frame_bytes integer,
  detail text NOT NULL
);
CREATE INDEX incidents_at ON incidents (at DESC);
COMMENT ON TABLE incidents IS 'Frames and sockets that were refused, and why.';
COMMENT ON COLUMN incidents.kind IS 'malformed, oversized, out_of_order, unauthenticated, rate, signature, handshake_timeout, unexpected.';
COMMENT ON COLUMN incidents.close_code IS 'WebSocket close code the socket ended with.';

CREATE TABLE last_openings (
  node_id bigint NOT NULL,
  device smallint NOT NULL,
  round bigint NOT NULL,
  epoch bigint NOT NULL,
  coins bytea NOT NULL,
  opening bytea NOT NULL,
  checked boolean NOT NULL DEFAULT false,
  PRIMARY KEY (node_id, device)
);
COMMENT ON TABLE last_openings IS 'The newest accepted gemm opening of each device, kept for the backstop at the epoch''s end.';
COMMENT ON COLUMN last_openings.checked IS 'The backstop has recomputed its first sample.';
