import { ContractBinding, type ReadOptions } from './binding';

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
export const shardStates = ['open', 'claimed', 'submitted', 'accepted', 'expired'] as const;
export type ShardState = (typeof shardStates)[number];

export interface MarketShard {
  state: ShardState;
  nodeId: number;
  claimedAt: number;
  submittedAt: number;
}

/** Reads of the JobMarket that decide whether a node may say BUSY (protocol section 2). */
export class JobMarketContract extends ContractBinding {
  async job(jobId: bigint, options?: ReadOptions): Promise<MarketJob> {
    const [job] = await this.read('getJob', [jobId], options);
    return {
      client: (job.client as string).toLowerCase(),
      hardwareClass: Number(job.hardwareClass),
      shardCount: Number(job.shardCount),
      deadline: Number(job.deadline),
      pricePerShardWei: job.pricePerShard as bigint,
      cancelled: job.cancelled as boolean,
    };
  }

  async shard(jobId: bigint, shard: number, options?: ReadOptions): Promise<MarketShard> {
    const [record] = await this.read('getShard', [jobId, shard], options);
    const state = shardStates[Number(record.state)];
    if (!state) throw new RangeError(`unknown shard state ${record.state}`);
    return {
      state,
      nodeId: Number(record.nodeId),
      claimedAt: Number(record.claimedAt),
      submittedAt: Number(record.submittedAt),
    };
  }
}
