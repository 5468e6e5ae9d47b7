import { getBytes, keccak256 } from 'ethers';
import { ascii, concat, fromHex, sized, u8, u16, u32, u64, u256 } from './bytes';
import { TASKS, type TaskParams } from './tasks';

export interface RoundSeedInput {
  chainId: bigint;
  /** Address of the ReputationOracle, 0x hex. */
  oracle: string;
  round: bigint;
  openBlockNumber: bigint;
  /** 0x hex, 32 bytes. */
  openBlockHash: string;
  /** 32 CSPRNG bytes first shown in CHALLENGE. */
  nonce: Uint8Array;
}

/** `roundSeed` of protocol section 2; 32 bytes. */
export function roundSeed(input: RoundSeedInput): Uint8Array {
  return keccak(
    ascii('dpin/round/1'),
    u256(input.chainId),
    fromHex(input.oracle, 20),
    u64(input.round),
    u64(input.openBlockNumber),
    fromHex(input.openBlockHash, 32),
    sized(input.nonce, 32, 'nonce'),
  );
}

export interface TaskSeedInput extends TaskParams {
  roundSeed: Uint8Array;
  /** The reporter's account address, 0x hex. */
  reporter: string;
  nodeId: number;
  device: number;
}

/** `taskSeed` of protocol section 2; 32 bytes. */
export function taskSeed(input: TaskSeedInput): Uint8Array {
  return keccak(
    ascii('dpin/task/1'),
    sized(input.roundSeed, 32, 'roundSeed'),
    fromHex(input.reporter, 20),
    u32(input.nodeId),
    u8(input.device),
    u8(TASKS[input.task].id),
    u32(input.n),
    u32(input.w),
    u32(input.T),
    u16(input.K),
    u8(input.m),
  );
}

export interface CoinsInput {
  /** 0x hex, 32 bytes. */
  anchorBlockHash: string;
  /** 32 bytes whose keccak256 was anchored. */
  coinSecret: Uint8Array;
  /** Root of the anchor tree, 32 bytes. */
  root: Uint8Array;
  nodeId: number;
  device: number;
}

/** Coins of protocol section 2; 32 bytes. */
export function coins(input: CoinsInput): Uint8Array {
  return keccak(
    ascii('dpin/coins/1'),
    fromHex(input.anchorBlockHash, 32),
    sized(input.coinSecret, 32, 'coinSecret'),
    sized(input.root, 32, 'root'),
    u32(input.nodeId),
    u8(input.device),
  );
}

/** coinHash of an anchor: keccak256(coinSecret). */
export function coinHash(coinSecret: Uint8Array): Uint8Array {
  return keccak(sized(coinSecret, 32, 'coinSecret'));
}

/** What a receipt for BUSY answers for: keccak256("dpin/busy/1" ‖ jobId u256 ‖ shard u16); 32 bytes. */
export function busyAnswer(jobId: bigint, shard: number): Uint8Array {
  return keccak(ascii('dpin/busy/1'), u256(jobId), u16(shard));
}

function keccak(...parts: readonly Uint8Array[]): Uint8Array {
  return getBytes(keccak256(concat(...parts)));
}
