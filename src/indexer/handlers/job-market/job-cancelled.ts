import { events } from '../../../abi/JobMarket';
import { ActivityKind, JobStatus } from '../../../model';
import { handler } from '../../handler';
import { jobKey } from '../../ids';
import { agree } from '../../rules/checks';

/** A client took its job back before any shard was claimed. */
export const jobCancelled = handler({
  contract: 'JobMarket',
  event: events.JobCancelled,
  activity: ActivityKind.JOB_CANCELLED,
  rows: ({ jobId }, names) => ({ job: names.jobs.ref(jobKey(jobId)), network: names.network }),
  apply({ refund, escrowed }, rows, at) {
    const job = rows.job.edit(at);
    agree(job, 'status', job.status, JobStatus.OPEN);
    agree(job, 'refunded', job.pricePerShard * BigInt(job.openShardCount), refund);
    job.status = JobStatus.CANCELLED;
    job.refunded += refund;
    job.closedAt = at.timestamp;
    const network = rows.network.edit(at);
    network.cancelledJobCount += 1;
    network.openShardCount -= BigInt(job.openShardCount);
    job.openShardCount = 0;
    agree(network, 'escrowed', network.escrowed - refund, escrowed);
    network.escrowed = escrowed;
    return { job, account: job.client, amount: refund };
  },
});
