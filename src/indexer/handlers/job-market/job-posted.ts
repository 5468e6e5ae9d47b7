import { events } from '../../../abi/JobMarket';
import { ActivityKind, Job, JobStatus } from '../../../model';
import { handler } from '../../handler';
import { jobKey } from '../../ids';
import { dateOf } from '../../rules/storable';

/** A client escrowed DPN for a job. Its shards get rows when they are claimed: the count is the client's choice. */
export const jobPosted = handler({
  contract: 'JobMarket',
  event: events.JobPosted,
  load({ client }, rows) {
    rows.accounts.want(client);
  },
  apply(event, at, rows) {
    const client = rows.account(event.client, at);
    const job = rows.jobs.add(
      new Job({
        id: jobKey(event.jobId),
        client,
        hardwareClass: event.hardwareClass,
        shardCount: event.shardCount,
        pricePerShard: event.pricePerShard,
        minScoreBps: event.minScoreBps,
        maxScoreAge: BigInt(event.maxScoreAge),
        deadline: dateOf(event.deadline),
        specHash: event.specHash,
        status: JobStatus.OPEN,
        activeShardCount: 0,
        acceptedShardCount: 0,
        expiredShardCount: 0,
        paid: 0n,
        fees: 0n,
        refunded: 0n,
        closedAt: null,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
    client.jobCount += 1;
    const network = rows.network(at);
    network.jobCount += 1;
    network.escrowed = event.escrowed;
    const amount = event.pricePerShard * BigInt(event.shardCount);
    rows.activity(ActivityKind.JOB_POSTED, at, { account: client, job, amount });
  },
});
