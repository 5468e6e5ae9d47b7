/**
 * Ids of all entities, in one place. Numbers are padded with zeros so that ids sort like the numbers behind them.
 */

const pad = (value: number | bigint, digits: number): string => value.toString().padStart(digits, '0');

/** Id of the only Network row. */
export const NETWORK_ID = 'dpin';

/** GpuNode: nodeId with ten digits. */
export const nodeKey = (nodeId: number): string => pad(nodeId, 10);

/** HardwareClass: class number with two digits. */
export const classKey = (hardwareClass: number): string => pad(hardwareClass, 2);

/** Delegation: node id, dash, lower-case address of the delegator. */
export const delegationKey = (nodeId: number, delegator: string): string => `${nodeKey(nodeId)}-${delegator}`;

/** UnbondingLock: lock id of the contract with twelve digits. */
export const lockKey = (lockId: bigint): string => pad(lockId, 12);

/** Job: job id of the contract with twelve digits. */
export const jobKey = (jobId: bigint): string => pad(jobId, 12);

/** JobShard: job id, dash, shard with five digits. */
export const shardKey = (jobId: bigint, shard: number): string => `${jobKey(jobId)}-${pad(shard, 5)}`;

/** OracleEpoch, and Methodology by its first epoch: epoch with ten digits. */
export const epochKey = (epoch: bigint): string => pad(epoch, 10);

/** NetworkDay: days since 1970 with ten digits. */
export const dayKey = (day: number): string => pad(day, 10);

/** NetworkEpoch: epoch with ten digits; -1, all time before epoch 0, is "0", which sorts before them. */
export const networkEpochKey = (epoch: number): string => (epoch < 0 ? '0' : pad(epoch, 10));

/** OracleBatch: epoch, dash, batch with ten digits. */
export const batchKey = (epoch: bigint, batch: number): string => `${epochKey(epoch)}-${pad(batch, 10)}`;

/** BatchState: batch with ten digits. */
export const batchStateKey = (batch: number): string => pad(batch, 10);

/** ScoreChange: node id, dash, epoch with ten digits. */
export const scoreChangeKey = (nodeId: number, epoch: bigint): string => `${nodeKey(nodeId)}-${epochKey(epoch)}`;

/** RoundAnchor: round with twelve digits. */
export const roundKey = (round: bigint): string => pad(round, 12);

/** Ids of a reporter's terms begin with this. */
export const termPrefix = (reporter: string): string => `${reporter}-`;

/** ReporterTerm: lower-case address of the reporter, dash, id of the event that began the term. */
export const termKey = (reporter: string, eventId: string): string => `${termPrefix(reporter)}${eventId}`;

/** EvidenceAnchor: epoch with ten digits, dash, lower-case address of the reporter. */
export const evidenceKey = (epoch: bigint, reporter: string): string => `${epochKey(epoch)}-${reporter}`;

/** Rows that stand for one event: block height with ten digits, dash, log index with six. */
export const eventKey = (height: number, logIndex: number): string => `${pad(height, 10)}-${pad(logIndex, 6)}`;
