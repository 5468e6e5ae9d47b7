import { events } from '../../../abi/JobMarket';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { jobKey } from '../../ids';
import { agree } from '../../rules/checks';
import { dateOf } from '../../rules/storable';

/** A client escrowed DPN for a job. Its shards get rows when they are claimed: the count is the client's choice. */
export const jobPosted = handler({
  contract: 'JobMarket',
  event: events.JobPosted,
  activity: ActivityKind.JOB_POSTED,
  rows: ({ jobId, client }, names) => ({
    job: names.jobs.new(jobKey(jobId)),
    client: names.accounts.ref(client),
    network: names.network,
  }),
  apply(event, rows, at) {
    const network = rows.network.edit(at);
    agree(network, 'jobCount', BigInt(network.jobCount), event.jobId);
    const client = rows.client.editOrCreate(at);
    const job = rows.job.create(at, {
      client,
      hardwareClass: event.hardwareClass,
      shardCount: event.shardCount,
      pricePerShard: event.pricePerShard,
      minScoreBps: event.minScoreBps,
      maxScoreAge: BigInt(event.maxScoreAge),
      deadline: dateOf(event.deadline),
      specHash: event.specHash,
    });
    client.jobCount += 1;
    const amount = event.pricePerShard * BigInt(event.shardCount);
    agree(network, 'escrowed', network.escrowed + amount, event.escrowed);
    network.jobCount += 1;
    network.openShardCount += BigInt(job.openShardCount);
    network.escrowed = event.escrowed;
    return { account: client, job, amount };
  },
});
