import { events } from '../../../abi/JobMarket';
import { ActivityKind, ShardState } from '../../../model';
import { handler } from '../../handler';
import { jobKey, nodeKey, shardKey } from '../../ids';
import { agree } from '../../rules/checks';
import { dateOf } from '../../rules/storable';
import { stamp } from '../../store/table';

/** A node delivered the result of a shard; from autoAcceptAt on anyone may accept it. */
export const shardSubmitted = handler({
  contract: 'JobMarket',
  event: events.ShardSubmitted,
  activity: ActivityKind.SHARD_SUBMITTED,
  rows: ({ jobId, shard, nodeId }, names) => ({
    shard: names.shards.ref(shardKey(jobId, shard)),
    job: names.jobs.ref(jobKey(jobId)),
    node: names.nodes.ref(nodeKey(nodeId)),
  }),
  apply({ resultHash, autoAcceptAt }, rows, at) {
    const shard = stamp(rows.shard.edit(at), at);
    agree(shard, 'state', shard.state, ShardState.CLAIMED);
    shard.state = ShardState.SUBMITTED;
    shard.submittedAt = at.timestamp;
    shard.autoAcceptAt = dateOf(autoAcceptAt);
    shard.resultHash = resultHash;
    const node = rows.node.find();
    return { node, account: node?.operator, job: rows.job.find() };
  },
});
