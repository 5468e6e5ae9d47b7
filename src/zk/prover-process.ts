import { fork } from 'node:child_process';
import { compiledWorker } from '../runtime/workers';
import { type CircuitName, circuitFiles } from './artifacts';
import type { Groth16Proof } from './groth16';
import type { ProverAnswer, ProverJob } from './prover-child';
import type { Signals } from './score-batch-signals';

/** The inputs do not satisfy the circuit, or the prover died; `message` says which. */
export class ProverError extends Error {
  override readonly name = 'ProverError';
}

/** A proof and what it took. */
export interface ProvenCircuit {
  proof: Groth16Proof;
  publicSignals: bigint[];
  proveSeconds: number;
  /** CPU time of the child, its start included. */
  cpuSeconds: number;
  /** Peak memory of the child process. */
  maxRssMb: number;
}

export interface ProveOptions {
  /** Trades speed for memory. */
  singleThread: boolean;
  /** Lets everything else on the machine go first: for proofs that nobody's clock waits for. */
  background?: boolean;
  /** Ends the child; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

const decimal = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);

function runChild(job: ProverJob, signal: AbortSignal | undefined): Promise<ProverAnswer> {
  return new Promise((resolve, reject) => {
    const prover = fork(compiledWorker('zk/prover-child'), [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    // circom's witness programs print failed checks here; only a child that dies makes them worth showing.
    let lastWords = '';
    prover.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-1000);
    });
    let answer: ProverAnswer | undefined;
    const abort = () => prover.kill('SIGKILL');
    signal?.addEventListener('abort', abort, { once: true });
    prover.once('message', (message) => {
      answer = message as ProverAnswer;
    });
    prover.once('error', reject);
    prover.once('exit', (code, killedBy) => {
      signal?.removeEventListener('abort', abort);
      if (answer) resolve(answer);
      else if (signal?.aborted) reject(signal.reason);
      else reject(new ProverError(`the prover ended without an answer (${killedBy ?? `exit ${code}`}) ${lastWords}`));
    });
    prover.send(job);
  });
}

/**
 * Proves a circuit in a child process of its own, so that a few hundred megabytes return to the system with its end.
 * @throws ProverError when the signals do not satisfy the circuit or the child dies, FatalError for broken artifacts.
 */
export async function proveInChild(
  circuit: CircuitName,
  signals: Signals,
  { singleThread, background = false, signal }: ProveOptions,
): Promise<ProvenCircuit> {
  const files = await circuitFiles(circuit);
  signal?.throwIfAborted();
  const job: ProverJob = { ...files, signals: JSON.parse(JSON.stringify(signals, decimal)), singleThread, background };
  const answer = await runChild(job, signal);
  if (!answer.ok) throw new ProverError(`${circuit}: ${answer.error}`);
  const { proof, publicSignals, proveSeconds, cpuSeconds, maxRssMb } = answer;
  return { proof, publicSignals: publicSignals.map(BigInt), proveSeconds, cpuSeconds, maxRssMb };
}
