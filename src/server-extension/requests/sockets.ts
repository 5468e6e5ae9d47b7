import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { addressOf } from '../../runtime/client-address';
import type { ApiLimits } from '../limits';
import { Tally } from './tally';

/** A client has so many connections also when there are too many. */
const ALWAYS_OPEN = 8;

/**
 * Bounds what costs before a request is read: connections of a client and of all, and requests that a connection sends
 * without waiting for answers. What is above is cut, without a word.
 */
export function boundSockets(server: Server, { sockets, socketsPerClient, requestsPerSocket }: ApiLimits): void {
  const open = new Tally();
  server.on('connection', (socket: Socket) => {
    const client = addressOf(socket.remoteAddress ?? 'unknown');
    const own = open.of(client);
    if (own >= socketsPerClient || (open.all >= sockets && own >= ALWAYS_OPEN)) {
      socket.destroy();
      return;
    }
    open.add(client);
    socket.once('close', () => open.remove(client));
  });

  const unanswered = new WeakMap<Socket, number>();
  const [handle] = server.listeners('request') as [(request: IncomingMessage, response: ServerResponse) => void];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (socket.destroyed) return;
    const count = (unanswered.get(socket) ?? 0) + 1;
    if (count > requestsPerSocket) {
      socket.destroy();
      return;
    }
    unanswered.set(socket, count);
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    handle(request, response);
  });
}
