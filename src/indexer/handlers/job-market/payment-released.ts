import { events } from '../../../abi/JobMarket';
import { ActivityKind } from '../../../model';
import { handler } from '../../handler';
import { jobKey, nodeKey, shardKey } from '../../ids';

/** An accepted shard was paid: the price without the fee to the node's recipient, the fee to the treasury. */
export const paymentReleased = handler({
  contract: 'JobMarket',
  event: events.PaymentReleased,
  load({ jobId, shard, nodeId, recipient }, rows) {
    rows.shards.want(shardKey(jobId, shard));
    rows.jobs.want(jobKey(jobId));
    rows.nodes.want(nodeKey(nodeId));
    rows.accounts.want(recipient);
  },
  apply({ jobId, shard, nodeId, recipient, amount, fee, escrowed }, at, rows) {
    const row = rows.shards.edit(shardKey(jobId, shard));
    row.payment = amount;
    row.fee = fee;
    row.recipient = recipient;
    const job = rows.jobs.edit(jobKey(jobId));
    job.paid += amount;
    job.fees += fee;
    const node = rows.nodes.edit(nodeKey(nodeId));
    node.jobEarnings += amount;
    const network = rows.network(at);
    network.jobPayments += amount;
    network.jobFees += fee;
    network.escrowed = escrowed;
    rows.activity(ActivityKind.PAYMENT_RELEASED, at, { node, account: rows.accountRef(recipient, at), job, amount });
  },
});
