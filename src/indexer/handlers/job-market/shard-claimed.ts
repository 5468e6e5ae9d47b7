import { events } from '../../../abi/JobMarket';
import { ActivityKind, JobStatus, ShardState } from '../../../model';
import { handler } from '../../handler';
import { jobKey, nodeKey, shardKey } from '../../ids';
import { agree, oneLess } from '../../rules/checks';

/** A node took a shard. */
export const shardClaimed = handler({
  contract: 'JobMarket',
  event: events.ShardClaimed,
  activity: ActivityKind.SHARD_CLAIMED,
  rows: ({ jobId, shard, nodeId }, names) => ({
    shard: names.shards.new(shardKey(jobId, shard)),
    job: names.jobs.ref(jobKey(jobId)),
    node: names.nodes.ref(nodeKey(nodeId)),
    network: names.network,
  }),
  apply({ shard }, rows, at) {
    const job = rows.job.edit(at);
    const node = rows.node.edit(at);
    agree(job, 'status', job.status, JobStatus.OPEN);
    rows.shard.create(at, { job, shard, node, state: ShardState.CLAIMED, claimedAt: at.timestamp });
    job.openShardCount = oneLess(job, 'openShardCount', job.openShardCount);
    rows.network.edit(at).openShardCount -= 1n;
    job.activeShardCount += 1;
    node.activeShardCount += 1;
    node.claimedShardCount += 1;
    return { node, account: node.operator, job };
  },
});
