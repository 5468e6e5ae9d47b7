import { events } from '../../../abi/JobMarket';
import { ActivityKind, ShardState } from '../../../model';
import { handler } from '../../handler';
import { jobKey, nodeKey, shardKey } from '../../ids';
import { dateOf } from '../../rules/storable';

/** A node delivered the result of a shard; from autoAcceptAt on anyone may accept it. */
export const shardSubmitted = handler({
  contract: 'JobMarket',
  event: events.ShardSubmitted,
  load({ jobId, shard, nodeId }, rows) {
    rows.shards.want(shardKey(jobId, shard));
    rows.jobs.want(jobKey(jobId));
    rows.nodes.want(nodeKey(nodeId));
  },
  apply({ jobId, shard, nodeId, resultHash, autoAcceptAt }, at, rows) {
    const row = rows.shards.edit(shardKey(jobId, shard));
    row.state = ShardState.SUBMITTED;
    row.submittedAt = at.timestamp;
    row.autoAcceptAt = dateOf(autoAcceptAt);
    row.resultHash = resultHash;
    row.block = at.block;
    row.timestamp = at.timestamp;
    rows.activity(ActivityKind.SHARD_SUBMITTED, at, {
      node: rows.nodes.find(nodeKey(nodeId)),
      job: rows.jobs.find(jobKey(jobId)),
    });
  },
});
