import { events } from '../../../abi/JobMarket';
import { ActivityKind, ShardState } from '../../../model';
import { handler } from '../../handler';
import { jobKey, nodeKey, shardKey } from '../../ids';
import { stamp } from '../../store/table';

/** A shard was not delivered in time; its price went back to the client. */
export const shardExpired = handler({
  contract: 'JobMarket',
  event: events.ShardExpired,
  activity: ActivityKind.SHARD_EXPIRED,
  rows: ({ jobId, shard, nodeId, claimed }, names) => ({
    shard: names.shards.ref(shardKey(jobId, shard)),
    job: names.jobs.ref(jobKey(jobId)),
    node: claimed ? names.nodes.ref(nodeKey(nodeId)) : undefined,
    network: names.network,
  }),
  apply({ shard, refund, escrowed }, rows, at) {
    const job = rows.job.edit();
    const node = rows.node?.edit();
    const unclaimed = { job, shard, node: null, state: ShardState.EXPIRED, claimedAt: null };
    const row = stamp(rows.shard.editOrCreate(at, unclaimed), at);
    row.state = ShardState.EXPIRED;
    row.settledAt = at.timestamp;
    job.expiredShardCount += 1;
    job.refunded += refund;
    if (node) {
      job.activeShardCount -= 1;
      node.activeShardCount -= 1;
      node.expiredShardCount += 1;
    }
    const network = rows.network.edit(at);
    network.expiredShardCount += 1;
    network.escrowed = escrowed;
    return { node, job, amount: refund };
  },
});
