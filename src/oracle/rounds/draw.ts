import type { BlockHeader } from '../../chain/blocks';
import type { RegisteredNode } from '../../chain/registry';
import { toHex } from '../../protocol/bytes';
import { hardwareClass } from '../../protocol/classes';
import { coinHash, roundSeed, taskSeed } from '../../protocol/seeds';
import { deadlineMs, drawTask, expectedMs, referenceRate, TASKS, taskParams } from '../../protocol/tasks';
import { type Challenge, challengeKey, UNANSWERED } from '../store/model';
import type { RoundContext } from './context';
import type { Draw, Slot } from './states';

type Numbered = Pick<Slot, 'round' | 'epoch'>;

/** What drawing a round takes. */
export interface DrawContext extends Pick<RoundContext, 'reporter' | 'signer' | 'random'> {
  chain: Pick<RoundContext['chain'], 'chainId' | 'oracleAddress' | 'eligibleNodes'>;
  challenges: Pick<RoundContext['challenges'], 'lastRates'>;
}

/**
 * Draws a round at the newest block: nonce, coin secret, seed, task, eligible nodes with the keys registered at that
 * block, and one signed challenge per device: who has no session now may have one when they go out. Nothing is written
 * or sent yet.
 * @throws RetryableError when the chain is away
 */
export async function drawRound(
  ctx: DrawContext,
  round: Numbered,
  block: BlockHeader,
): Promise<{ draw: Draw; challenges: Challenge[] }> {
  const nodes = await ctx.chain.eligibleNodes(block);
  const nonce = ctx.random.bytes(32);
  const coinSecret = ctx.random.bytes(32);
  const seed = roundSeed({
    chainId: BigInt(ctx.chain.chainId),
    oracle: ctx.chain.oracleAddress,
    round: BigInt(round.round),
    openBlockNumber: BigInt(block.number),
    openBlockHash: block.hash,
    nonce,
  });
  const draw: Draw = {
    task: drawTask(seed),
    openBlock: block.number,
    openBlockHash: block.hash,
    openBlockTimeMs: block.timestampSeconds * 1000,
    nonce,
    coinSecret,
    coinHash: coinHash(coinSecret),
    roundSeed: seed,
  };
  const devices = nodes.flatMap((node) =>
    Array.from({ length: node.devices }, (_, device) => ({ node, nodeId: node.nodeId, device })),
  );
  const rates = await ctx.challenges.lastRates(draw.task, devices);
  const challenges: Challenge[] = [];
  for (const { node, nodeId, device } of devices) {
    const rate = rates.get(challengeKey({ nodeId, device })) ?? null;
    challenges.push(await challengeOf(ctx, round, draw, node, device, rate));
  }
  return { draw, challenges };
}

async function challengeOf(
  ctx: DrawContext,
  round: Numbered,
  draw: Draw,
  node: RegisteredNode,
  device: number,
  lastRate: bigint | null,
): Promise<Challenge> {
  const hardware = hardwareClass(node.hardwareClass);
  const params = taskParams(hardware, draw.task, lastRate);
  const seed = taskSeed({
    ...params,
    roundSeed: draw.roundSeed,
    reporter: ctx.reporter,
    nodeId: node.nodeId,
    device,
  });
  const challenge: Challenge = {
    round: round.round,
    epoch: round.epoch,
    nodeId: node.nodeId,
    device,
    hardwareClass: node.hardwareClass,
    workerKey: node.workerKey,
    operator: node.operator,
    rewardRecipient: node.rewardRecipient,
    params,
    taskSeed: seed,
    referencePerMs: referenceRate(hardware, draw.task),
    expectedMs: expectedMs(hardware, params, lastRate),
    deadlineMs: deadlineMs(hardware, params, lastRate),
    ...UNANSWERED,
  };
  return { ...challenge, signature: await ctx.signer.sign('Challenge', signedChallenge(challenge, draw)) };
}

/** The EIP-712 value that the reporter signs for a challenge. */
export function signedChallenge(challenge: Challenge, draw: Draw) {
  const { task, ...sizes } = challenge.params;
  return {
    round: challenge.round,
    openBlock: draw.openBlock,
    openBlockHash: draw.openBlockHash,
    nonce: toHex(draw.nonce),
    nodeId: challenge.nodeId,
    device: challenge.device,
    task: TASKS[task].id,
    ...sizes,
    taskSeed: toHex(challenge.taskSeed),
    deadlineMs: challenge.deadlineMs,
  };
}
