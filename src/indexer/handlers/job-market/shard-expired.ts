import { events } from '../../../abi/JobMarket';
import { ActivityKind, JobShard, ShardState } from '../../../model';
import { handler } from '../../handler';
import { jobKey, nodeKey, shardKey } from '../../ids';

/** A shard was not delivered in time; its price went back to the client. */
export const shardExpired = handler({
  contract: 'JobMarket',
  event: events.ShardExpired,
  load({ jobId, shard, nodeId, claimed }, rows) {
    rows.shards.want(shardKey(jobId, shard));
    rows.jobs.want(jobKey(jobId));
    if (claimed) rows.nodes.want(nodeKey(nodeId));
  },
  apply({ jobId, shard, nodeId, claimed, refund, escrowed }, at, rows) {
    const job = rows.jobs.edit(jobKey(jobId));
    const node = claimed ? rows.nodes.edit(nodeKey(nodeId)) : undefined;
    const id = shardKey(jobId, shard);
    const row = rows.shards.editOr(
      id,
      () =>
        new JobShard({
          id,
          job,
          shard,
          node: null,
          claimedAt: null,
          submittedAt: null,
          autoAcceptAt: null,
          resultHash: null,
          acceptedAutomatically: null,
          payment: null,
          fee: null,
          recipient: null,
        }),
    );
    row.state = ShardState.EXPIRED;
    row.settledAt = at.timestamp;
    row.block = at.block;
    row.timestamp = at.timestamp;
    job.expiredShardCount += 1;
    job.refunded += refund;
    if (node) {
      job.activeShardCount -= 1;
      node.activeShardCount -= 1;
      node.expiredShardCount += 1;
    }
    const network = rows.network(at);
    network.expiredShardCount += 1;
    network.escrowed = escrowed;
    rows.activity(ActivityKind.SHARD_EXPIRED, at, { node, job, amount: refund });
  },
});
