-- What handshakes leave behind: whom the reporter could not ask the chain about, and where nodes come from.

ALTER TABLE challenges ADD COLUMN turned_away boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN challenges.turned_away IS 'It was not sent, and the node had wanted in when the chain could not be asked who it is.';

CREATE TABLE addresses (
  node_id bigint NOT NULL,
  address text NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (node_id, address)
);
COMMENT ON TABLE addresses IS 'Where nodes logged in from, the newest four of each: handshakes from there do not wait behind those of strangers.';
COMMENT ON COLUMN addresses.address IS 'An IPv4 address, or the network (64 bits) of an IPv6 address.';
COMMENT ON COLUMN addresses.seen_at IS 'The newest such handshake, to the hour.';
