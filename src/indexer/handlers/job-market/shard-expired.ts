import { events } from '../../../abi/JobMarket';
import { ActivityKind, ShardState } from '../../../model';
import { handler } from '../../handler';
import { jobKey, nodeKey, shardKey } from '../../ids';
import { agree, oneLess } from '../../rules/checks';
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
  apply({ shard, claimed, refund, escrowed }, rows, at) {
    const job = rows.job.edit(at);
    const node = rows.node?.edit(at);
    const network = rows.network.edit(at);
    const unclaimed = { job, shard, node: null, state: ShardState.EXPIRED, claimedAt: null };
    const row = stamp(rows.shard.editOrCreate(at, unclaimed), at);
    agree(row, 'state', row.state, claimed ? ShardState.CLAIMED : ShardState.EXPIRED);
    agree(row, 'settledAt', row.settledAt?.getTime(), null);
    row.state = ShardState.EXPIRED;
    row.settledAt = at.timestamp;
    agree(job, 'pricePerShard', job.pricePerShard, refund);
    job.expiredShardCount += 1;
    job.refunded += refund;
    if (node) {
      job.activeShardCount = oneLess(job, 'activeShardCount', job.activeShardCount);
      node.activeShardCount = oneLess(node, 'activeShardCount', node.activeShardCount);
      node.expiredShardCount += 1;
    } else {
      job.openShardCount = oneLess(job, 'openShardCount', job.openShardCount);
      network.openShardCount -= 1n;
    }
    network.expiredShardCount += 1;
    agree(network, 'escrowed', network.escrowed - refund, escrowed);
    network.escrowed = escrowed;
    return { node, job, amount: refund };
  },
});
