import { events } from '../../../abi/JobMarket';
import { ActivityKind, JobStatus } from '../../../model';
import { handler } from '../../handler';
import { jobKey } from '../../ids';

/** Every shard of a job is accepted or expired. */
export const jobCompleted = handler({
  contract: 'JobMarket',
  event: events.JobCompleted,
  activity: ActivityKind.JOB_COMPLETED,
  rows: ({ jobId }, names) => ({ job: names.jobs.ref(jobKey(jobId)), network: names.network }),
  apply({ acceptedShards, expiredShards }, rows, at) {
    const job = rows.job.edit();
    job.status = JobStatus.COMPLETED;
    job.acceptedShardCount = acceptedShards;
    job.expiredShardCount = expiredShards;
    job.closedAt = at.timestamp;
    rows.network.edit(at).completedJobCount += 1;
    return { job };
  },
});
