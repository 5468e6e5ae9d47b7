-- The newest measured rate of a device sizes its next task; without this each round would read the device's whole
-- history.
CREATE INDEX challenges_rate ON challenges (node_id, device, round DESC) WHERE task = 'gemm' AND verdict = 'OK';
