import { events } from '../../../abi/JobMarket';
import { ActivityKind, JobStatus } from '../../../model';
import { handler } from '../../handler';
import { jobKey } from '../../ids';

/** A client took its job back before any shard was claimed. */
export const jobCancelled = handler({
  contract: 'JobMarket',
  event: events.JobCancelled,
  load({ jobId }, rows) {
    rows.jobs.want(jobKey(jobId));
  },
  apply({ jobId, refund, escrowed }, at, rows) {
    const job = rows.jobs.edit(jobKey(jobId));
    job.status = JobStatus.CANCELLED;
    job.refunded += refund;
    job.closedAt = at.timestamp;
    const network = rows.network(at);
    network.cancelledJobCount += 1;
    network.escrowed = escrowed;
    rows.activity(ActivityKind.JOB_CANCELLED, at, { job, amount: refund });
  },
});
