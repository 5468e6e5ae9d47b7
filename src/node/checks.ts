import { keccak256, type TypedDataDomain } from 'ethers';
import type { AnchoredRound } from '../chain/reputation';
import { fromHex, toHex } from '../protocol/bytes';
import type { HardwareClass } from '../protocol/classes';
import { isSignedBy } from '../protocol/eip712';
import { anchorLeaf, isUnderRoot } from '../protocol/merkle';
import type { Frame } from '../protocol/messages';
import { roundSeed, taskSeed } from '../protocol/seeds';
import { challengeBoundsProblem, drawTask, TASKS, type TaskParams } from '../protocol/tasks';

/** Who this node is and whose challenges it answers. */
export interface Party {
  chainId: number;
  /** Address of the ReputationOracle. */
  oracle: string;
  domain: TypedDataDomain;
  reporter: string;
  nodeId: number;
  devices: number;
  hardwareClass: HardwareClass;
}

/**
 * What a node checks before it starts working; cheap, as the clock runs: that sizes and deadline are ones that its class
 * may be asked, that the task is the one the round seed draws, that the task seed binds this node, and the reporter's
 * signature.
 * @returns what is wrong, null when nothing is
 */
export function challengeProblem(challenge: Frame<'CHALLENGE'>, party: Party): string | null {
  const params: TaskParams = { task: challenge.task, ...challenge.params };
  if (challenge.device >= party.devices) return `this node has no device ${challenge.device}`;
  const outOfBounds = challengeBoundsProblem(party.hardwareClass, params, challenge.deadlineMs);
  if (outOfBounds) return outOfBounds;
  const seed = roundSeed({
    chainId: BigInt(party.chainId),
    oracle: party.oracle,
    round: BigInt(challenge.round),
    openBlockNumber: BigInt(challenge.openBlock.number),
    openBlockHash: challenge.openBlock.hash,
    nonce: fromHex(challenge.nonce, 32),
  });
  if (drawTask(seed) !== challenge.task) return 'the round seed draws another task';
  const { reporter, nodeId } = party;
  const expected = taskSeed({ ...params, roundSeed: seed, reporter, nodeId, device: challenge.device });
  if (toHex(expected) !== challenge.taskSeed)
    return 'the task seed is not that of this round, reporter, node and device';
  const { task, ...sizes } = params;
  const signed = {
    round: challenge.round,
    openBlock: challenge.openBlock.number,
    openBlockHash: challenge.openBlock.hash,
    nonce: challenge.nonce,
    nodeId,
    device: challenge.device,
    task: TASKS[task].id,
    ...sizes,
    taskSeed: challenge.taskSeed,
    deadlineMs: challenge.deadlineMs,
  };
  return isSignedBy(reporter, party.domain, 'Challenge', signed, challenge.signature)
    ? null
    : 'the challenge is not signed by the reporter';
}

/**
 * What a node checks before it opens: that its own commitment was anchored on-chain by the reporter whose round it is,
 * for the open block it was shown, and that the coins come from that anchor's block and the secret anchored with it.
 * @param anchored the round as the contract keeps it; undefined when nobody anchored it
 * @param anchorBlockHash canonical hash of the anchor's block
 * @returns what is wrong, null when nothing is
 */
export function coinsProblem(input: {
  coins: Frame<'COINS'>;
  challenge: Frame<'CHALLENGE'>;
  commitment: Uint8Array;
  party: Party;
  anchored: AnchoredRound | undefined;
  anchorBlockHash: string | undefined;
}): string | null {
  const { coins, challenge, commitment, party, anchored } = input;
  if (!anchored) return 'the round is not anchored on-chain';
  if (anchored.reporter !== party.reporter) return 'another reporter anchored the round';
  if (
    anchored.openBlock !== challenge.openBlock.number ||
    anchored.openBlockHash.toLowerCase() !== challenge.openBlock.hash
  ) {
    return 'the round was anchored for another open block';
  }
  if (anchored.anchorBlock !== coins.anchor.blockNumber || input.anchorBlockHash !== coins.anchor.blockHash) {
    return 'the coins name another block than the anchor';
  }
  if (anchored.root.toLowerCase() !== coins.root || anchored.count !== coins.count) return 'another root is anchored';
  if (keccak256(coins.coinSecret) !== anchored.coinHash.toLowerCase()) return 'the coin secret is not the anchored one';
  const leaf = anchorLeaf({ nodeId: party.nodeId, device: coins.device, commitment, elapsedMs: coins.elapsedMs });
  const path = coins.path.map((element) => fromHex(element, 32));
  return isUnderRoot(fromHex(coins.root, 32), leaf, coins.index, coins.count, path)
    ? null
    : 'the commitment does not lie under the anchored root';
}
