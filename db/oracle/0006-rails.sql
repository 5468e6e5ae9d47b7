-- A round runs on a timetable, and every verdict follows from facts that were recorded.

ALTER TABLE rounds
  ADD COLUMN timetable jsonb NOT NULL
    DEFAULT '{"prepareMs": 0, "commitMs": 6000, "anchorMs": 20000, "revealMs": 60000, "verdictMs": 30000}',
  ADD COLUMN sending_at timestamptz,
  ADD COLUMN coins_ms integer;
ALTER TABLE rounds ALTER COLUMN timetable DROP DEFAULT;
-- The timetable says what these did.
ALTER TABLE rounds DROP COLUMN commit_end_at, DROP COLUMN open_deadline_at;
-- What an earlier version had sent, it had sent at that time.
UPDATE rounds SET sending_at = sent_at;
UPDATE rounds SET coins_ms = greatest(0, extract(epoch FROM coins_sent_at - sent_at) * 1000)::integer
  WHERE coins_sent_at IS NOT NULL AND sent_at IS NOT NULL;
COMMENT ON COLUMN rounds.timetable IS 'Length of each part of the round in ms; times are fixed from sending_at on.';
COMMENT ON COLUMN rounds.sending_at IS 'Written just before the challenges are sent; a restart does not send them again.';
COMMENT ON COLUMN rounds.sent_at IS 'Written after the challenges were sent: from then on the draw is public.';
COMMENT ON COLUMN rounds.coins_ms IS 'When the coins first went out, ms after the challenges.';
COMMENT ON COLUMN rounds.coins_sent_at IS 'Written after the coins were sent: from then on the coin secret is public.';
COMMENT ON COLUMN rounds.state IS 'scheduled: start drawn; open: challenges recorded, commitments arrive; committed: commit window over, root fixed; anchoring: anchor transaction under way; opening: anchor final, coins sent; closed: every verdict given; void: the reporter could not hold the round to its end.';

ALTER TABLE challenges
  ADD COLUMN sent_ms integer,
  ADD COLUMN software_adapter boolean NOT NULL DEFAULT false,
  ADD COLUMN broken_ms integer,
  ADD COLUMN received_ms integer,
  ADD COLUMN busy_signature bytea,
  ADD COLUMN busy_elapsed_ms integer,
  ADD COLUMN busy_ruling jsonb,
  ADD COLUMN revealed_ms integer,
  ADD COLUMN facts jsonb,
  ADD COLUMN checked_again_at timestamptz;
UPDATE challenges SET sent_ms = 0 WHERE sent_at IS NOT NULL;
UPDATE challenges SET received_ms = elapsed_ms WHERE commitment IS NOT NULL;
COMMENT ON COLUMN challenges.sent_ms IS 'When it was sent, ms after the round''s challenges went out; null: not sent.';
COMMENT ON COLUMN challenges.software_adapter IS 'The node said that the device has no GPU, in a class for GPUs.';
COMMENT ON COLUMN challenges.broken_ms IS 'When the node broke the protocol before it had answered.';
COMMENT ON COLUMN challenges.received_ms IS 'When COMMIT or BUSY came, ms after the round''s challenges went out.';
COMMENT ON COLUMN challenges.busy_signature IS 'The worker key''s, under the busy claim.';
COMMENT ON COLUMN challenges.busy_ruling IS 'What the market said of the claim at the open block: accepted, reason.';
COMMENT ON COLUMN challenges.revealed_ms IS 'When the whole reveal had come.';
COMMENT ON COLUMN challenges.facts IS 'What was recorded and decided the verdict: anybody can make it again from these.';
COMMENT ON COLUMN challenges.checked_again_at IS 'When the backstop had recomputed this accepted reveal.';

-- Reveals are files now, by their hash.
DROP TABLE last_openings;
CREATE INDEX challenges_backstop ON challenges (epoch, node_id, device, round DESC) WHERE verdict = 'OK';

CREATE TABLE presence (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  alive_at timestamptz NOT NULL
);
COMMENT ON TABLE presence IS 'One row: the newest beat of the oracle''s process.';

CREATE TABLE absences (
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  lost_ms bigint NOT NULL,
  why text NOT NULL,
  PRIMARY KEY (from_at, to_at)
);
CREATE INDEX absences_to ON absences (to_at);
COMMENT ON TABLE absences IS 'When this reporter could take nothing in; what nodes missed then is not theirs.';
COMMENT ON COLUMN absences.lost_ms IS 'Time lost; more than to_at - from_at where the machine slept.';
COMMENT ON COLUMN absences.why IS 'down: no process listened; standstill: the process or its machine stood still; lost: an error lost what had come.';
