import { events } from '../../../abi/NodeRegistry';
import { ActivityKind, GpuNode, ScoreStatus } from '../../../model';
import { handler } from '../../handler';
import { nodeKey } from '../../ids';
import { cleanText } from '../../rules/storable';

/** A node joined: without stake, unrated, without weight. */
export const nodeRegistered = handler({
  contract: 'NodeRegistry',
  event: events.NodeRegistered,
  load({ operator }, rows) {
    rows.accounts.want(operator);
  },
  apply(event, at, rows) {
    const operator = rows.accountRef(event.operator, at);
    const node = rows.nodes.add(
      new GpuNode({
        id: nodeKey(event.nodeId),
        nodeId: event.nodeId,
        operator,
        workerKey: event.workerKey,
        rewardRecipient: event.rewardRecipient,
        hardwareClass: event.hardwareClass,
        devices: event.devices,
        region: cleanText(event.region),
        metadataURI: cleanText(event.metadataURI),
        retired: false,
        certified: false,
        selfStake: 0n,
        delegatedStake: 0n,
        totalShares: 0n,
        delegatorCount: 0,
        commissionBps: 0,
        pendingCommissionBps: null,
        pendingCommissionAt: null,
        scoreBps: 0,
        scoreStatus: ScoreStatus.UNRATED,
        scoreUpdatedAt: null,
        scoreEpoch: null,
        alpha: 0n,
        beta: 0n,
        perf: 0n,
        idle: 0,
        weight: 0n,
        accruedRewards: 0n,
        operatorRewards: 0n,
        commissionRewards: 0n,
        claimedRewards: 0n,
        activeShardCount: 0,
        claimedShardCount: 0,
        acceptedShardCount: 0,
        expiredShardCount: 0,
        jobEarnings: 0n,
        block: at.block,
        timestamp: at.timestamp,
      }),
    );
    rows.network(at).nodeCount += 1;
    rows.activity(ActivityKind.NODE_REGISTERED, at, { node, account: operator });
  },
});
