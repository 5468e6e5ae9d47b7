import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { createEvidenceServer } from './app';
import type { EvidenceThreadData, EvidenceThreadMessage } from './server';

/** Entry point of the evidence server's thread: listens until it is terminated. */
const { host, port, ...options } = workerData as EvidenceThreadData;
const tell = (message: EvidenceThreadMessage) => parentPort?.postMessage(message);
const server = createEvidenceServer({ ...options, onDamaged: (damaged) => tell({ damaged }) });
server.once('error', (error) => {
  throw error;
});
server.listen(port, host, () => tell({ port: (server.address() as AddressInfo).port }));
