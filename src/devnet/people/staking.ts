import type { Contract } from 'ethers';
import { actorParameters, nodes } from '../network';
import { type ActorContext, send } from './context';

const dpn = 10n ** 18n;
const delegationWei = 250n * dpn;
const selfStakeWei = 50n * dpn;
/** Locks older than this many are withdrawn already. */
const locksWatched = 12n;

/**
 * One step of those who stake: delegations spread over the nodes, a part unbonded and withdrawn when due, operators that
 * add and take back some self-stake and change their commission.
 */
export async function stepStaking(context: ActorContext): Promise<void> {
  const deeds = [delegate, unbond, withdrawDue, changeCommission, moveSelfStake, withdrawDue];
  await deeds[context.step % deeds.length]!(context);
}

async function delegate(context: ActorContext): Promise<void> {
  const { accounts, contracts, step } = context;
  const staker = accounts.stakers[step % accounts.stakers.length]!;
  const balanceWei = BigInt(await contracts.DPNToken.getFunction('balanceOf')(staker.address));
  if (balanceWei < delegationWei) return;
  const nodeId = (step * 5) % nodes.length;
  const allowanceWei = await allowance(context, contracts.NodeStaking, staker.address);
  if (allowanceWei < delegationWei) {
    await send(context, staker, contracts.DPNToken, 'approve', [contracts.NodeStaking.target, balanceWei]);
  }
  await send(context, staker, contracts.NodeStaking, 'delegate', [nodeId, delegationWei]);
}

async function unbond(context: ActorContext): Promise<void> {
  const { accounts, contracts, step } = context;
  const staker = accounts.stakers[step % accounts.stakers.length]!;
  for (let nodeId = 0; nodeId < nodes.length; nodeId++) {
    const shares = BigInt(await contracts.NodeStaking.getFunction('sharesOf')(nodeId, staker.address));
    if (shares <= delegationWei) continue;
    await send(context, staker, contracts.NodeStaking, 'unbond', [nodeId, shares / 4n]);
    return;
  }
}

async function withdrawDue(context: ActorContext): Promise<void> {
  const { accounts, contracts, now } = context;
  const owners = new Map([...accounts.stakers, ...accounts.operators].map((wallet) => [wallet.address, wallet]));
  const lockCount = BigInt(await contracts.NodeStaking.getFunction('lockCount')());
  for (let lockId = lockCount > locksWatched ? lockCount - locksWatched : 0n; lockId < lockCount; lockId++) {
    const lock = await contracts.NodeStaking.getFunction('getLock')(lockId);
    const owner = owners.get(lock.owner);
    if (!owner || lock.withdrawn || now < Number(lock.withdrawableAt)) continue;
    await send(context, owner, contracts.NodeStaking, 'withdraw', [lockId]);
  }
}

async function changeCommission(context: ActorContext): Promise<void> {
  const { accounts, contracts, now, step } = context;
  for (let nodeId = 0; nodeId < nodes.length; nodeId++) {
    const [, effectiveAt] = await contracts.NodeStaking.getFunction('pendingCommission')(nodeId);
    if (effectiveAt === 0n || now < Number(effectiveAt)) continue;
    await send(context, accounts.operators[nodeId]!, contracts.NodeStaking, 'applyCommission', [nodeId]);
  }
  const nodeId = Math.floor(step / 6) % nodes.length;
  const commissionBps = 300 + 100 * (step % 8);
  await send(context, accounts.operators[nodeId]!, contracts.NodeStaking, 'scheduleCommission', [
    nodeId,
    commissionBps,
  ]);
}

/** Adds a little self-stake, or takes what is above the first stake: never so much that certification is lost. */
async function moveSelfStake(context: ActorContext): Promise<void> {
  const { accounts, contracts, step } = context;
  const nodeId = Math.floor(step / 6) % nodes.length;
  const operator = accounts.operators[nodeId]!;
  const pool = await contracts.NodeStaking.getFunction('getPool')(nodeId);
  const aboveWei = BigInt(pool.selfStake) - actorParameters.operatorStakeWei;
  if (aboveWei > 0n) {
    await send(context, operator, contracts.NodeStaking, 'unbondSelfStake', [nodeId, aboveWei]);
    return;
  }
  if ((await allowance(context, contracts.NodeStaking, operator.address)) < selfStakeWei) {
    await send(context, operator, contracts.DPNToken, 'approve', [contracts.NodeStaking.target, 20n * selfStakeWei]);
  }
  await send(context, operator, contracts.NodeStaking, 'stake', [nodeId, selfStakeWei]);
}

async function allowance({ contracts }: ActorContext, spender: Contract, owner: string): Promise<bigint> {
  return BigInt(await contracts.DPNToken.getFunction('allowance')(owner, spender.target));
}
