import { functions } from '../abi/JobMarket';
import { DeployedContract, type ReadOptions } from './call';

/** A job as the market keeps it; times in seconds since 1970. */
export interface MarketJob {
  client: string;
  hardwareClass: number;
  shardCount: number;
  deadline: number;
  pricePerShardWei: bigint;
  cancelled: boolean;
}

/** States of a shard, in the order of the contract's enum. */
export const SHARD_STATES = ['open', 'claimed', 'submitted', 'accepted', 'expired'] as const;
export type ShardState = (typeof SHARD_STATES)[number];

export interface MarketShard {
  state: ShardState;
  nodeId: number;
  claimedAt: number;
  submittedAt: number;
}

/** Reads of the JobMarket that decide whether a node may say BUSY (protocol section 2). */
export class JobMarketContract extends DeployedContract {
  async job(jobId: bigint, options?: ReadOptions): Promise<MarketJob> {
    const job = await this.read(functions.getJob, { jobId }, options);
    return {
      client: job.client,
      hardwareClass: job.hardwareClass,
      shardCount: job.shardCount,
      deadline: Number(job.deadline),
      pricePerShardWei: job.pricePerShard,
      cancelled: job.cancelled,
    };
  }

  async shard(jobId: bigint, shard: number, options?: ReadOptions): Promise<MarketShard> {
    const record = await this.read(functions.getShard, { jobId, shard }, options);
    const state = SHARD_STATES[record.state];
    if (!state) throw new RangeError(`unknown shard state ${record.state}`);
    return {
      state,
      nodeId: record.nodeId,
      claimedAt: Number(record.claimedAt),
      submittedAt: Number(record.submittedAt),
    };
  }
}
