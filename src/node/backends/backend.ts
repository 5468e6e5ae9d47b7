import type { TaskName, TaskParams } from '../../protocol/tasks';

/** A finished task that can be opened for as long as somebody holds it; its data may be large. */
export interface Run {
  /** 32 bytes. */
  readonly commitment: Uint8Array;
  /**
   * The bytes that OPEN carries.
   * @param coins 32 bytes
   * @throws Error when the backend is closed
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

/** Does one kind of task. */
export interface TaskWorker {
  run(input: TaskInput): Promise<Run>;
  close(): Promise<void>;
}

/** What does a device's work, whichever task it is; one task at a time. */
export interface Backend extends TaskWorker {
  readonly name: string;
}

/** A backend that has a worker for each task. */
export function backendOf(name: string, workers: Readonly<Record<TaskName, TaskWorker>>): Backend {
  return {
    name,
    run: (input) => workers[input.params.task].run(input),
    close: async () => {
      await Promise.all(Object.values(workers).map((worker) => worker.close()));
    },
  };
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
