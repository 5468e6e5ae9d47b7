import { events } from '../../../abi/JobMarket';
import { ActivityKind, ShardState } from '../../../model';
import { handler } from '../../handler';
import { jobKey, nodeKey, shardKey } from '../../ids';
import { agree, oneLess } from '../../rules/checks';
import { stamp } from '../../store/table';

/** A delivered shard counts; the money follows in PaymentReleased. */
export const shardAccepted = handler({
  contract: 'JobMarket',
  event: events.ShardAccepted,
  activity: ActivityKind.SHARD_ACCEPTED,
  rows: ({ jobId, shard, nodeId }, names) => ({
    shard: names.shards.ref(shardKey(jobId, shard)),
    job: names.jobs.ref(jobKey(jobId)),
    node: names.nodes.ref(nodeKey(nodeId)),
    network: names.network,
  }),
  apply({ automatic }, rows, at) {
    const shard = stamp(rows.shard.edit(at), at);
    agree(shard, 'state', shard.state, ShardState.SUBMITTED);
    shard.state = ShardState.ACCEPTED;
    shard.acceptedAutomatically = automatic;
    shard.settledAt = at.timestamp;
    const job = rows.job.edit(at);
    const node = rows.node.edit(at);
    job.activeShardCount = oneLess(job, 'activeShardCount', job.activeShardCount);
    job.acceptedShardCount += 1;
    node.activeShardCount = oneLess(node, 'activeShardCount', node.activeShardCount);
    node.acceptedShardCount += 1;
    rows.network.edit(at).acceptedShardCount += 1;
    return { node, account: job.client, job };
  },
});
