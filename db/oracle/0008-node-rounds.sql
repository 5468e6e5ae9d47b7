-- Rounds of a node over a window of epochs are added up without reading those of other nodes.
CREATE INDEX measurements_node ON measurements (node_id, epoch);
