import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Request {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export interface Reply {
  /** 0 where the connection ended without an answer. */
  status: number;
  ms: number;
  headers: IncomingHttpHeaders;
  text: string;
}

const HOST = '127.0.0.1';

/** A client that keeps its connections, all from one address of this machine. */
export class Client {
  private readonly agent: Agent;

  constructor(
    private readonly port: number,
    address: string,
    connections: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections, localAddress: address });
  }

  /** Resolves whatever comes; the time includes waiting for a connection. */
  ask({ method = 'POST', path = '/graphql', headers = JSON_BODY, body = '' }: Request): Promise<Reply> {
    const startMs = performance.now();
    return new Promise((resolve) => {
      const asking = request({ host: HOST, port: this.port, agent: this.agent, method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        const done = () =>
          resolve({
            status: response.statusCode ?? 0,
            ms: performance.now() - startMs,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          });
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('close', done);
      });
      asking.on('error', () => resolve({ status: 0, ms: performance.now() - startMs, headers: {}, text: '' }));
      asking.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

export const JSON_BODY = { 'content-type': 'application/json' };

export function graphql(query: string, variables?: object): Request {
  return { body: JSON.stringify({ query, variables }) };
}

/** The same as a GET, which caches can keep. */
export function graphqlInUrl(query: string, variables: object): Request {
  const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  return { method: 'GET', path: `/graphql?${parameters}`, headers: {} };
}
