import { events } from '../../../abi/JobMarket';
import { ActivityKind, JobShard, ShardState } from '../../../model';
import { handler } from '../../handler';
import { jobKey, nodeKey, shardKey } from '../../ids';

/** A node took a shard. */
export const shardClaimed = handler({
  contract: 'JobMarket',
  event: events.ShardClaimed,
  load({ jobId, nodeId }, rows) {
    rows.jobs.want(jobKey(jobId));
    rows.nodes.want(nodeKey(nodeId));
  },
  apply({ jobId, shard, nodeId }, at, rows) {
    const job = rows.jobs.edit(jobKey(jobId));
    const node = rows.nodes.edit(nodeKey(nodeId));
    rows.shards.add(
      new JobShard({
        id: shardKey(jobId, shard),
        job,
        shard,
        node,
        state: ShardState.CLAIMED,
        claimedAt: at.timestamp,
        submittedAt: null,
        autoAcceptAt: null,
        resultHash: null,
        acceptedAutomatically: null,
        settledAt: null,
        payment: null,
        fee: null,
        recipient: null,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
    job.activeShardCount += 1;
    node.activeShardCount += 1;
    node.claimedShardCount += 1;
    rows.activity(ActivityKind.SHARD_CLAIMED, at, { node, job });
  },
});
