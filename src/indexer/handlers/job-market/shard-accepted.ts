import { events } from '../../../abi/JobMarket';
import { ActivityKind, ShardState } from '../../../model';
import { handler } from '../../handler';
import { jobKey, nodeKey, shardKey } from '../../ids';

/** A delivered shard counts; the money follows in PaymentReleased. */
export const shardAccepted = handler({
  contract: 'JobMarket',
  event: events.ShardAccepted,
  load({ jobId, shard, nodeId }, rows) {
    rows.shards.want(shardKey(jobId, shard));
    rows.jobs.want(jobKey(jobId));
    rows.nodes.want(nodeKey(nodeId));
  },
  apply({ jobId, shard, nodeId, automatic }, at, rows) {
    const row = rows.shards.edit(shardKey(jobId, shard));
    row.state = ShardState.ACCEPTED;
    row.acceptedAutomatically = automatic;
    row.settledAt = at.timestamp;
    row.block = at.block;
    row.timestamp = at.timestamp;
    const job = rows.jobs.edit(jobKey(jobId));
    const node = rows.nodes.edit(nodeKey(nodeId));
    for (const counts of [job, node]) {
      counts.activeShardCount -= 1;
      counts.acceptedShardCount += 1;
    }
    rows.network(at).acceptedShardCount += 1;
    rows.activity(ActivityKind.SHARD_ACCEPTED, at, { node, job });
  },
});
