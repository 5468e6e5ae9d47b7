import { functions } from '../../abi/RewardDistributor';
import { NODES } from '../network';
import { type ActorContext, send } from './context';

/**
 * One step of those who earn: everybody's weight is settled from stake and score, then a delegator and an operator
 * claim.
 */
export async function stepRewards(context: ActorContext): Promise<void> {
  const { accounts, step } = context;
  const { RewardDistributor: distributor } = context.contracts;
  if (step % 5 === 1) {
    const nodeIds = NODES.map((_, nodeId) => nodeId);
    await send(context, accounts.client, distributor, functions.sync, { nodeIds });
  }
  if (step % 5 !== 3) return;
  const round = Math.floor(step / 5);
  const nodeId = round % NODES.length;
  const operator = accounts.operators[nodeId]!;
  const staker = accounts.stakers[round % accounts.stakers.length]!;
  const pendingOperatorWei = await distributor.read(functions.pendingOperator, { nodeId });
  if (pendingOperatorWei > 0n) {
    await send(context, operator, distributor, functions.claimOperator, { nodeId });
  }
  for (let candidate = 0; candidate < NODES.length; candidate++) {
    const pendingWei = await distributor.read(functions.pendingOf, { nodeId: candidate, delegator: staker.address });
    if (pendingWei === 0n) continue;
    await send(context, staker, distributor, functions.claim, { nodeId: candidate });
    return;
  }
}
