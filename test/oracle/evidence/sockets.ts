import { connect, type Socket } from 'node:net';

/** A client's socket that says whatever it likes. */
export interface RawClient {
  readonly socket: Socket;
  /** What the server said so far. */
  text(): string;
  /** Resolves when the server's end is closed, with all that it said. */
  readonly ended: Promise<string>;
}

/**
 * Dials 127.0.0.1; a refusal ends the client, it never throws.
 * @param from address that the socket comes from; any of 127.0.0.0/8 does
 */
export async function dial(port: number, from = '127.0.0.1'): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(heard)));
  await Promise.race([new Promise<void>((resolve) => socket.once('connect', () => resolve())), ended]);
  return { socket, text: () => heard, ended };
}

/** Sends bytes on a socket of their own. @returns all that the server answers until it closes */
export async function say(port: number, bytes: string): Promise<string> {
  const client = await dial(port);
  client.socket.write(bytes);
  return client.ended;
}
