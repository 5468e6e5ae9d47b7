import { parentPort, workerData } from 'node:worker_threads';
import { monotonicMs } from '../../runtime/clock';
import { SocketServer } from './socket-server';
import { StandstillWatch } from './standstill-watch';
import { dispatch, type FromThread, type Handlers, type ThreadOptions, type ToThread } from './thread-messages';

/**
 * Entry point of the thread of the sockets: nothing that the main thread does delays the time at which a message counts
 * as received.
 */
const options = workerData as ThreadOptions;
const tell = (message: FromThread, transfer: ArrayBuffer[] = []) => parentPort?.postMessage(message, transfer);
const server = new SocketServer(options, tell);
const watch = new StandstillWatch(options.pulse, (standstill) => tell({ type: 'standstill', standstill }));

/** Answers once everything that came before a time has been told. */
function sync(id: number, atMs: number): void {
  const leftMs = atMs - monotonicMs();
  if (leftMs >= 0) {
    setTimeout(() => sync(id, atMs), Math.ceil(leftMs));
    return;
  }
  // What the sockets held at that time is read before the answer.
  setImmediate(() => {
    watch.look();
    tell({ type: 'synced', id });
  });
}

const handlers: Handlers<ToThread> = {
  ask: ({ id, frames }) => tell({ type: 'asked', id, sentMs: server.ask(frames) }),
  send: ({ nodeId, text }) => server.send(nodeId, text),
  admit: ({ session, nodeId, adapters }) => server.admit(session, nodeId, adapters),
  end: ({ session, code, reason }) => server.end(session, code, reason),
  refuse: ({ session, refusal }) => server.refuse(session, refusal),
  expect: ({ round, openings }) => server.expect(round, openings),
  expectNoMore: ({ round }) => server.expectNoMore(round),
  taken: ({ bytes }) => server.taken(bytes),
  sync: ({ id, atMs }) => sync(id, atMs),
  close: () => {
    watch.stop();
    server.close().finally(() => parentPort?.close());
  },
};

parentPort?.on('message', (message: ToThread) => dispatch(handlers, message));
server.listen();
