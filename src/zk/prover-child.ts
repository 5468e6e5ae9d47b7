import os from 'node:os';
import * as snarkjs from 'snarkjs';
import type { Groth16Proof } from './groth16';

/** One proof to make: paths of the circuit's files and its input signals, every number in decimal. */
export interface ProverJob {
  wasm: string;
  zkey: string;
  signals: Record<string, unknown>;
  /** One thread instead of one per core: slower, and about half the memory. */
  singleThread: boolean;
  /** Runs at low priority. */
  background: boolean;
}

/** What the child answers, once. */
export type ProverAnswer =
  | {
      ok: true;
      proof: Groth16Proof;
      publicSignals: string[];
      proveSeconds: number;
      cpuSeconds: number;
      maxRssMb: number;
    }
  | { ok: false; error: string };

async function prove({ wasm, zkey, signals, singleThread }: ProverJob): Promise<ProverAnswer> {
  const start = performance.now();
  try {
    const { proof, publicSignals } = await snarkjs.groth16.fullProve(
      signals as snarkjs.CircuitSignals,
      wasm,
      zkey,
      undefined,
      undefined,
      { singleThread },
    );
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    return {
      ok: true,
      proof: proof as unknown as Groth16Proof,
      publicSignals: publicSignals.map(String),
      proveSeconds: (performance.now() - start) / 1000,
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      maxRssMb: maxRSS / 1024,
    };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

process.once('message', (job: ProverJob) => {
  // Before the proof's threads exist: they take over the priority of the thread that starts them.
  if (job.background) os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
  // snarkjs's worker threads would keep the process alive.
  void prove(job).then((answer) => process.send?.(answer, () => process.exit(0)));
});
process.once('disconnect', () => process.exit(0));
