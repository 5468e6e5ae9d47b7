-- Transcripts and reveals are files that the reporter serves over HTTP; the API tells where and for how long.

ALTER TABLE status
  ADD COLUMN evidence_url text,
  ADD COLUMN challenge_window_seconds integer;
COMMENT ON COLUMN status.evidence_url IS 'Public address of the evidence server, without a slash at its end; a file is at /evidence/<SHA-256> below it.';
COMMENT ON COLUMN status.challenge_window_seconds IS 'How long a file stays at least.';
