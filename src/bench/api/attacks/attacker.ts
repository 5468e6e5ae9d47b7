import { connect, type Socket } from 'node:net';
import { Client, graphql, type Reply, type Request } from '../http';
import type { Population } from '../population';

/** Something that harms an API which does not bound it. */
export interface Attack {
  name: string;
  /** Does it once; resolves with all answers. */
  run(attacker: Attacker): Promise<Pick<Reply, 'status' | 'ms'>[]>;
}

const HOST = '127.0.0.1';
/** Addresses of this machine that attacks come from: 127.0.0.2 and those after it. */
const ADDRESSES = 19;
const CONNECTIONS = 200;
/** A connection that says nothing for so long gets no answer any more. */
const SILENCE_MS = 15_000;

/** Those who attack, and how they reach the API. */
export class Attacker {
  private readonly clients: Client[];
  private readonly sockets = new Set<Socket>();
  private sent = 0;

  constructor(
    private readonly port: number,
    readonly population: Population,
  ) {
    this.clients = Array.from({ length: ADDRESSES }, (_, i) => new Client(port, addressOf(i), CONNECTIONS));
  }

  /** A query, whose text is another one each time: nothing is known of it. @param from number of the address */
  async ask(query: string, variables?: object, from = 0): Promise<Reply[]> {
    return this.send(graphql(this.unique(query), variables), from);
  }

  async send(request: Request, from = 0): Promise<Reply[]> {
    return [await (this.clients[from % ADDRESSES] as Client).ask(request)];
  }

  /** Many at the same time. @param addresses they come from, in turn */
  async together(count: number, addresses: number, ask: (i: number, from: number) => Promise<Reply[]>) {
    return (await Promise.all(Array.from({ length: count }, (_, i) => ask(i, i % addresses)))).flat();
  }

  unique(query: string): string {
    return `${query}\n#${process.pid}-${this.sent++}`;
  }

  /**
   * Bytes on a connection of their own. Resolves with the status of the first answer when that begins, or when the
   * connection ends; the connection stays open until the end of the run.
   */
  raw(
    text: string,
    read: (socket: Socket) => void = (socket) => socket.resume(),
  ): Promise<Pick<Reply, 'status' | 'ms'>> {
    const startMs = performance.now();
    const socket = connect({ host: HOST, port: this.port, localAddress: addressOf(0) });
    this.sockets.add(socket);
    return new Promise((resolve) => {
      const done = (status: number) => resolve({ status, ms: performance.now() - startMs });
      socket.on('error', () => done(0));
      socket.on('close', () => done(0));
      socket.setTimeout(SILENCE_MS, () => done(0));
      socket.once('data', (chunk) => {
        done(Number(/^HTTP\/1.1 (\d+)/.exec(chunk.toString('latin1'))?.[1] ?? 0));
        read(socket);
      });
      socket.write(text);
    });
  }

  close(): void {
    for (const client of this.clients) client.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

const addressOf = (i: number) => `127.0.0.${2 + i}`;
