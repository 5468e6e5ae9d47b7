import { parentPort } from 'node:worker_threads';
import { Kernels } from '../../../kernels';
import { type GemmJob, workOn } from './gemm-job';

/** Thread of the CPU backend: works on each job it is sent and answers when there is nothing left to take. */
const wasm = new Kernels();

parentPort!.on('message', (job: GemmJob) => {
  workOn(job, wasm);
  parentPort!.postMessage('done');
});
