import { events } from '../../../abi/JobMarket';
import { ActivityKind, JobStatus } from '../../../model';
import { handler } from '../../handler';
import { jobKey } from '../../ids';

/** Every shard of a job is accepted or expired. */
export const jobCompleted = handler({
  contract: 'JobMarket',
  event: events.JobCompleted,
  load({ jobId }, rows) {
    rows.jobs.want(jobKey(jobId));
  },
  apply({ jobId, acceptedShards, expiredShards }, at, rows) {
    const job = rows.jobs.edit(jobKey(jobId));
    job.status = JobStatus.COMPLETED;
    job.acceptedShardCount = acceptedShards;
    job.expiredShardCount = expiredShards;
    job.closedAt = at.timestamp;
    rows.network(at).completedJobCount += 1;
    rows.activity(ActivityKind.JOB_COMPLETED, at, { job });
  },
});
