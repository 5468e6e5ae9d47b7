import { randomBytes } from 'node:crypto';
import { availableParallelism, cpus } from 'node:os';
import { createCpuBackend } from '../node/backends/cpu';
import { TASKS, type TaskParams } from '../protocol/tasks';
import { verifyGemmOpening } from '../protocol/tasks/gemm';

/**
 * `npm run bench:verify`: CPU time of verifying one gemm challenge, against the work of the real node that answered it
 * in the same run. n, K and m are those of the speed goal. The verifier's cost depends on T not at all (beyond 32 bytes
 * of root a layer) and on w only by the log2(w) hashes of a path, so both are chosen for the node to finish in seconds.
 */
const PARAMS: TaskParams = { task: 'gemm', n: 4096, w: 2048, T: 4, K: 64, m: 2 };
/** Different openings verified in turn, so that no branch or cache knows the answer. */
const OPENINGS = 8;
const WARM_UP = 40;
/** Each sample is the mean of a batch, as the clock of CPU time ticks in coarse steps on some systems. */
const BATCH = 10;
const BATCHES = 21;

interface Figures {
  n: number;
  samples: number;
  rounds: number;
  cpuMsPerChallenge: number;
  nodeOps: number;
  verifierOps: number;
}

async function main(json: boolean): Promise<void> {
  const { n, w, T, K, m } = PARAMS;
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`machine: ${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}`);
  print(`task: gemm n=${n} w=${w} T=${T} K=${K} m=${m} (T and w do not change what is verified but for path lengths)`);

  const backend = createCpuBackend({ threads: availableParallelism(), treeProver: noTrees });
  const taskSeed = randomBytes(32);
  const beforeRun = process.cpuUsage();
  const startMs = performance.now();
  const run = await backend.run({ taskSeed, params: PARAMS, signal: new AbortController().signal });
  const nodeWallMs = performance.now() - startMs;
  const nodeCpuMs = cpuMsSince(beforeRun);
  const challenges: { coins: Uint8Array; opening: Uint8Array }[] = [];
  for (let i = 0; i < OPENINGS; i++) {
    const coins = randomBytes(32);
    challenges.push({ coins, opening: await run.open(coins) });
  }
  await backend.close();

  let columns = 0;
  const verify = (i: number) => {
    const challenge = challenges[i % OPENINGS]!;
    const verdict = verifyGemmOpening({ taskSeed, commitment: run.commitment, params: PARAMS, ...challenge });
    if (verdict.code !== 'OK') throw new Error(`an honest node was given ${verdict.code}: ${verdict.reason}`);
    columns = verdict.numbers['columns'] ?? 0;
  };
  const firstBefore = process.cpuUsage();
  verify(0);
  const firstMs = cpuMsSince(firstBefore);
  for (let i = 0; i < WARM_UP; i++) verify(i);
  const samplesMs = Array.from({ length: BATCHES }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < BATCH; i++) verify(i);
    return cpuMsSince(before) / BATCH;
  }).sort((a, b) => a - b);

  const figures: Figures = {
    n,
    samples: K,
    rounds: T,
    cpuMsPerChallenge: round(samplesMs[BATCHES >> 1]!),
    nodeOps: Number(TASKS.gemm.work(PARAMS)),
    verifierOps: 2 * n * K * 2 * m,
  };
  const nodeGopsPerCpuSecond = figures.nodeOps / nodeCpuMs / 1e6;
  print(`node: ${round(nodeWallMs)} ms, ${round(nodeCpuMs)} ms CPU, ${round(nodeGopsPerCpuSecond)} GOP per CPU second`);
  print(`opening: ${columns} columns, ${challenges[0]!.opening.length} bytes`);
  print(
    `verifier: ${figures.cpuMsPerChallenge} ms CPU per challenge (median of ${BATCHES} batches of ${BATCH}, ` +
      `${round(samplesMs[0]!)} to ${round(samplesMs[BATCHES - 1]!)}; the first, cold: ${round(firstMs)})`,
  );
  print(
    `ratio: the node spent ${Math.round(nodeCpuMs / figures.cpuMsPerChallenge)} times the verifier's CPU time and ` +
      `${Math.round(figures.nodeOps / figures.verifierOps)} times its matrix operations`,
  );
  if (json) print(JSON.stringify(figures));
}

/** Tree tasks are not part of this measurement. */
const noTrees = {
  build: () => Promise.reject(new Error('this bench runs gemm only')),
  close: () => Promise.resolve(),
};

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

void main(process.argv.includes('--json'));
