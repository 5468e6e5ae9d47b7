import { events } from '../../../abi/JobMarket';
import { ActivityKind, ShardState } from '../../../model';
import { handler } from '../../handler';
import { jobKey, nodeKey, shardKey } from '../../ids';
import { agree } from '../../rules/checks';

/** An accepted shard was paid: the price without the fee to the node's recipient, the fee to the treasury. */
export const paymentReleased = handler({
  contract: 'JobMarket',
  event: events.PaymentReleased,
  activity: ActivityKind.PAYMENT_RELEASED,
  rows: ({ jobId, shard, nodeId, recipient }, names) => ({
    shard: names.shards.ref(shardKey(jobId, shard)),
    job: names.jobs.ref(jobKey(jobId)),
    node: names.nodes.ref(nodeKey(nodeId)),
    recipient: names.accounts.ref(recipient),
    network: names.network,
  }),
  apply({ recipient, amount, fee, escrowed }, rows, at) {
    const shard = rows.shard.edit(at);
    agree(shard, 'state', shard.state, ShardState.ACCEPTED);
    agree(shard, 'payment', shard.payment, null);
    shard.payment = amount;
    shard.fee = fee;
    shard.recipient = recipient;
    const job = rows.job.edit(at);
    agree(job, 'pricePerShard', job.pricePerShard, amount + fee);
    job.paid += amount;
    job.fees += fee;
    const node = rows.node.edit(at);
    node.jobEarnings += amount;
    const network = rows.network.edit(at);
    network.jobPayments += amount;
    network.jobFees += fee;
    agree(network, 'escrowed', network.escrowed - amount - fee, escrowed);
    network.escrowed = escrowed;
    return { node, account: rows.recipient.findOrCreate(at), job, amount };
  },
});
