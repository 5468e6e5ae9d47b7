import type { Wallet } from 'ethers';
import * as DPNToken from '../../abi/DPNToken';
import { functions } from '../../abi/NodeStaking';
import { ACTOR_PARAMETERS, NODES } from '../network';
import { type ActorContext, send } from './context';

const DPN = 10n ** 18n;
const DELEGATION_WEI = 250n * DPN;
const SELF_STAKE_WEI = 50n * DPN;
/** Locks older than this many are withdrawn already. */
const LOCKS_WATCHED = 12n;

/**
 * One step of those who stake: delegations spread over the nodes, a part unbonded and withdrawn when due, operators
 * that add and take back some self-stake and change their commission.
 */
export async function stepStaking(context: ActorContext): Promise<void> {
  const deeds = [delegate, unbond, withdrawDue, changeCommission, moveSelfStake, withdrawDue];
  await deeds[context.step % deeds.length]!(context);
}

async function delegate(context: ActorContext): Promise<void> {
  const { accounts, contracts, step } = context;
  const staker = accounts.stakers[step % accounts.stakers.length]!;
  const balanceWei = await contracts.DPNToken.read(DPNToken.functions.balanceOf, { account: staker.address });
  if (balanceWei < DELEGATION_WEI) return;
  const nodeId = (step * 5) % NODES.length;
  const allowanceWei = await allowance(context, staker.address);
  if (allowanceWei < DELEGATION_WEI) {
    await approve(context, staker, balanceWei);
  }
  await send(context, staker, contracts.NodeStaking, functions.delegate, { nodeId, amount: DELEGATION_WEI });
}

async function unbond(context: ActorContext): Promise<void> {
  const { accounts, contracts, step } = context;
  const staker = accounts.stakers[step % accounts.stakers.length]!;
  for (let nodeId = 0; nodeId < NODES.length; nodeId++) {
    const shares = await contracts.NodeStaking.read(functions.sharesOf, { nodeId, delegator: staker.address });
    if (shares <= DELEGATION_WEI) continue;
    await send(context, staker, contracts.NodeStaking, functions.unbond, { nodeId, shares: shares / 4n });
    return;
  }
}

async function withdrawDue(context: ActorContext): Promise<void> {
  const { accounts, contracts, now } = context;
  const owners = new Map(
    [...accounts.stakers, ...accounts.operators].map((wallet) => [wallet.address.toLowerCase(), wallet]),
  );
  const lockCount = await contracts.NodeStaking.read(functions.lockCount, {});
  for (let lockId = lockCount > LOCKS_WATCHED ? lockCount - LOCKS_WATCHED : 0n; lockId < lockCount; lockId++) {
    const lock = await contracts.NodeStaking.read(functions.getLock, { lockId });
    const owner = owners.get(lock.owner);
    if (!owner || lock.withdrawn || now < lock.withdrawableAt) continue;
    await send(context, owner, contracts.NodeStaking, functions.withdraw, { lockId });
  }
}

async function changeCommission(context: ActorContext): Promise<void> {
  const { accounts, contracts, now, step } = context;
  for (let nodeId = 0; nodeId < NODES.length; nodeId++) {
    const { effectiveAt } = await contracts.NodeStaking.read(functions.pendingCommission, { nodeId });
    if (effectiveAt === 0n || now < effectiveAt) continue;
    await send(context, accounts.operators[nodeId]!, contracts.NodeStaking, functions.applyCommission, { nodeId });
  }
  const nodeId = Math.floor(step / 6) % NODES.length;
  const commissionBps = 300 + 100 * (step % 8);
  await send(context, accounts.operators[nodeId]!, contracts.NodeStaking, functions.scheduleCommission, {
    nodeId,
    commissionBps,
  });
}

/** Adds a little self-stake, or takes what is above the first stake: never so much that certification is lost. */
async function moveSelfStake(context: ActorContext): Promise<void> {
  const { accounts, contracts, step } = context;
  const nodeId = Math.floor(step / 6) % NODES.length;
  const operator = accounts.operators[nodeId]!;
  const { selfStake } = await contracts.NodeStaking.read(functions.getPool, { nodeId });
  const aboveWei = selfStake - ACTOR_PARAMETERS.operatorStakeWei;
  if (aboveWei > 0n) {
    await send(context, operator, contracts.NodeStaking, functions.unbondSelfStake, { nodeId, amount: aboveWei });
    return;
  }
  if ((await allowance(context, operator.address)) < SELF_STAKE_WEI) {
    await approve(context, operator, 20n * SELF_STAKE_WEI);
  }
  await send(context, operator, contracts.NodeStaking, functions.stake, { nodeId, amount: SELF_STAKE_WEI });
}

/** What the staking contract may take of an account's tokens. */
async function allowance({ contracts }: ActorContext, owner: string): Promise<bigint> {
  return contracts.DPNToken.read(DPNToken.functions.allowance, { owner, spender: contracts.NodeStaking.address });
}

async function approve(context: ActorContext, owner: Wallet, valueWei: bigint): Promise<void> {
  const { DPNToken: token, NodeStaking: staking } = context.contracts;
  await send(context, owner, token, DPNToken.functions.approve, { spender: staking.address, value: valueWei });
}
