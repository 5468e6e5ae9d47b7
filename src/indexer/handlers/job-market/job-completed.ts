import { events } from '../../../abi/JobMarket';
import { ActivityKind, JobStatus } from '../../../model';
import { handler } from '../../handler';
import { jobKey } from '../../ids';
import { agree } from '../../rules/checks';

/** Every shard of a job is accepted or expired. */
export const jobCompleted = handler({
  contract: 'JobMarket',
  event: events.JobCompleted,
  activity: ActivityKind.JOB_COMPLETED,
  rows: ({ jobId }, names) => ({ job: names.jobs.ref(jobKey(jobId)), network: names.network }),
  apply({ acceptedShards, expiredShards }, rows, at) {
    const job = rows.job.edit(at);
    agree(job, 'status', job.status, JobStatus.OPEN);
    agree(job, 'acceptedShardCount', job.acceptedShardCount, acceptedShards);
    agree(job, 'expiredShardCount', job.expiredShardCount, expiredShards);
    agree(job, 'shardCount', job.shardCount, acceptedShards + expiredShards);
    job.status = JobStatus.COMPLETED;
    job.closedAt = at.timestamp;
    rows.network.edit(at).completedJobCount += 1;
    return { job, account: job.client };
  },
});
