-- What follows a finished epoch: measurements, the signed report, the proof, the posting, and the transactions' outbox.

CREATE TABLE epochs (
  epoch bigint PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('measured', 'anchored', 'proving', 'posted', 'empty', 'failed')),
  evidence_root bytea,
  measurements_hash bytea,
  transcript_count integer,
  methodology_hash bytea,
  oracle_faults integer NOT NULL DEFAULT 0,
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE epochs IS 'Closing of each epoch that this reporter measured.';
COMMENT ON COLUMN epochs.state IS 'measured: measurements and signed reports fixed; anchored: evidence on-chain; proving: batches are proved and posted; posted: every batch on-chain; empty: nothing measured; failed: needs a person.';
COMMENT ON COLUMN epochs.oracle_faults IS 'ORACLE_FAULT verdicts of this reporter in the epoch.';

CREATE TABLE measurements (
  epoch bigint NOT NULL,
  node_id bigint NOT NULL,
  batch integer NOT NULL,
  status smallint NOT NULL CHECK (status BETWEEN 0 AND 2),
  perf integer NOT NULL CHECK (perf BETWEEN 0 AND 20000),
  rounds integer NOT NULL,
  neutral integer NOT NULL,
  missed integer NOT NULL,
  failed integer NOT NULL,
  passed integer NOT NULL,
  PRIMARY KEY (epoch, node_id)
);
COMMENT ON TABLE measurements IS 'A node''s epoch in the eyes of this reporter (protocol section 6).';
COMMENT ON COLUMN measurements.status IS '0 none, 1 fail, 2 pass.';
COMMENT ON COLUMN measurements.perf IS 'Floor of the mean perfBps over non-neutral rounds, a miss counting 0.';

CREATE TABLE reports (
  epoch bigint NOT NULL,
  batch integer NOT NULL,
  reporter text NOT NULL,
  slot smallint NOT NULL,
  methodology_hash bytea NOT NULL,
  evidence_root bytea NOT NULL,
  words numeric(78)[] NOT NULL,
  message numeric(78) NOT NULL,
  signature_r8x numeric(78) NOT NULL,
  signature_r8y numeric(78) NOT NULL,
  signature_s numeric(78) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (epoch, batch, reporter)
);
COMMENT ON TABLE reports IS 'Signed reports (protocol section 8). The primary key keeps a reporter from signing two for one batch.';
COMMENT ON COLUMN reports.words IS 'Measurement words, 14 nodes of 17 bits each, node 0 lowest.';

CREATE TABLE batches (
  epoch bigint NOT NULL,
  batch integer NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'proving', 'proved', 'posted', 'superseded', 'failed')),
  presence smallint,
  old_commitment numeric(78),
  new_commitment numeric(78),
  vector_commitment numeric(78),
  score_words numeric(78)[],
  states numeric(78)[],
  public_vector numeric(78)[],
  proof jsonb,
  prove_seconds numeric,
  tx_key text,
  tx_hash bytea,
  block_number bigint,
  gas_used bigint,
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (epoch, batch)
);
COMMENT ON TABLE batches IS 'Proof and posting of one batch of 60 nodes in one epoch.';
COMMENT ON COLUMN batches.state IS 'waiting: for reports; proving; proved: checked locally, not yet on-chain; posted; superseded: another prover was first; failed: needs a person.';

CREATE TABLE transactions (
  key text PRIMARY KEY,
  from_address text NOT NULL,
  to_address text NOT NULL,
  data bytea NOT NULL,
  nonce bigint NOT NULL,
  raw_tx bytea NOT NULL,
  tx_hash bytea NOT NULL,
  replaced_hashes bytea[] NOT NULL DEFAULT '{}',
  state text NOT NULL CHECK (state IN ('signed', 'sent', 'mined', 'failed')),
  block_number bigint,
  block_hash bytea,
  gas_used bigint,
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX transactions_unfinished ON transactions (from_address, nonce) WHERE state IN ('signed', 'sent');
COMMENT ON TABLE transactions IS 'Outbox: a transaction is written here, signed, before it is first broadcast; a restart broadcasts the same bytes again.';
COMMENT ON COLUMN transactions.key IS 'What the transaction is for, for instance anchor:12; unique, so nothing is posted twice.';
COMMENT ON COLUMN transactions.raw_tx IS 'Signed bytes of the newest attempt.';
COMMENT ON COLUMN transactions.replaced_hashes IS 'Hashes of earlier attempts with the same nonce and lower fees; any one of them may be the one that lands.';
COMMENT ON COLUMN transactions.state IS 'signed: not yet broadcast for sure; sent: broadcast; mined: succeeded and final; failed: can no longer land with success.';

CREATE TABLE status (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  head_block bigint,
  head_time timestamptz,
  last_round bigint,
  last_round_at timestamptz,
  last_proof_epoch bigint,
  last_proof_at timestamptz,
  last_proof_seconds numeric,
  last_posting_at timestamptz,
  last_posting_gas bigint,
  last_gas_per_score numeric,
  last_error text,
  last_error_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO status DEFAULT VALUES;
COMMENT ON TABLE status IS 'One row: health of the oracle as the API shows it.';
