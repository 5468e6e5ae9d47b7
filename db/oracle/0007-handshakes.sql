-- What handshakes leave behind: whom the reporter could not ask the chain about, and where nodes come from.

ALTER TABLE challenges ADD COLUMN turned_away boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN challenges.turned_away IS 'It was not sent, and the node had wanted in when the chain could not be asked who it is.';

CREATE TABLE addresses (
  address text PRIMARY KEY,
  seen_at timestamptz NOT NULL
);
CREATE INDEX addresses_seen_at ON addresses (seen_at DESC);
COMMENT ON TABLE addresses IS 'Where handshakes of nodes succeeded from; the next ones from there do not wait behind those of strangers.';
COMMENT ON COLUMN addresses.address IS 'An IPv4 address, or the network (64 bits) of an IPv6 address.';
COMMENT ON COLUMN addresses.seen_at IS 'The newest such handshake, to the hour.';
