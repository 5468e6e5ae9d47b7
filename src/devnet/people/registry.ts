import { Wallet, ZeroHash } from 'ethers';
import * as DPNToken from '../../abi/DPNToken';
import * as NodeRegistry from '../../abi/NodeRegistry';
import * as ReputationOracle from '../../abi/ReputationOracle';
import { NODES } from '../network';
import { type ActorContext, send } from './context';

/** An anchor can be pinned for 255 blocks. */
const PINNABLE_BLOCKS = 200;

/**
 * One step of what happens seldom: a node's description changes, a worker key is rotated and back, a staker takes up
 * its votes, and somebody pins an anchor so that contracts can rely on it.
 */
export async function stepRegistry(context: ActorContext): Promise<void> {
  if (context.step === 2) await takeUpVotes(context);
  if (context.step === 3) await rotateKey(context);
  if (context.step % 10 === 4) await describe(context);
  if (context.step % 10 === 7) await pinNewestAnchor(context);
}

async function takeUpVotes(context: ActorContext): Promise<void> {
  const staker = context.accounts.stakers[0]!;
  await send(context, staker, context.contracts.DPNToken, DPNToken.functions.delegate, { delegatee: staker.address });
}

/** Of the silent node, which answers nothing anyway; its old key is back a block or two later. */
async function rotateKey(context: ActorContext): Promise<void> {
  const { accounts, contracts } = context;
  const nodeId = NODES.findIndex(({ behaviour }) => behaviour === 'silent');
  const operator = accounts.operators[nodeId]!;
  for (const workerKey of [Wallet.createRandom().address, accounts.workers[nodeId]!.address]) {
    await send(context, operator, contracts.NodeRegistry, NodeRegistry.functions.rotateWorkerKey, {
      nodeId,
      workerKey,
    });
  }
}

async function describe(context: ActorContext): Promise<void> {
  const { accounts, contracts, step } = context;
  const nodeId = Math.floor(step / 10) % NODES.length;
  const operator = accounts.operators[nodeId]!;
  await send(context, operator, contracts.NodeRegistry, NodeRegistry.functions.updateNode, {
    nodeId,
    rewardRecipient: operator.address,
    devices: 1,
    region: NODES[nodeId]!.region,
    metadataURI: `https://devnet.invalid/nodes/${nodeId}.json?revision=${context.now}`,
  });
}

async function pinNewestAnchor(context: ActorContext): Promise<void> {
  const { accounts, contracts, provider } = context;
  const oracle = contracts.ReputationOracle;
  const head = await provider.getBlockNumber();
  const { events, functions } = ReputationOracle;
  const newest = await oracle.newestEvent(events.RoundAnchored, {}, Math.max(0, head - PINNABLE_BLOCKS), head);
  if (!newest) return;
  const { round } = newest;
  const { anchorBlockHash } = await oracle.read(functions.getRound, { round });
  if (anchorBlockHash === ZeroHash) await send(context, accounts.client, oracle, functions.pinAnchor, { round });
}
