import type { TaskParams } from '../../protocol/tasks';

/** A finished task of which the node still knows enough to open it. */
export interface Run {
  /** 32 bytes. */
  readonly commitment: Uint8Array;
  /**
   * What OPEN carries: for gemm the encoded opening, for tree the UTF-8 JSON of the proof.
   * @param coins 32 bytes
   * @throws Error when the backend no longer keeps this run (it keeps the last two)
   */
  open(coins: Uint8Array): Promise<Uint8Array>;
}

export interface TaskInput {
  /** 32 bytes. */
  taskSeed: Uint8Array;
  params: TaskParams;
  /** Ends the work within milliseconds; `run` then rejects with the signal's reason. */
  signal: AbortSignal;
}

/** What does a device's work; one task at a time. */
export interface Backend {
  readonly name: string;
  run(input: TaskInput): Promise<Run>;
  close(): Promise<void>;
}

/** A built tree (task `tree`, protocol section 4), held until it is opened. */
export interface BuiltTree {
  /** 32 bytes, the big-endian root. */
  readonly commitment: Uint8Array;
  /**
   * UTF-8 JSON of the Groth16 proof for the leaf indices that the coins draw.
   * @param coins 32 bytes
   */
  prove(coins: Uint8Array): Promise<Uint8Array>;
}

/** Builds the trees of a backend; the proof system stays behind it. */
export interface TreeProver {
  /** @throws the signal's reason when aborted */
  build(input: TaskInput): Promise<BuiltTree>;
  close(): Promise<void>;
}
