import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Verdict = 'pass' | 'cut' | { after: () => void };

/**
 * What to do with one JSON-RPC request: pass it on, cut the connection, or call `after` between answer and reply. The
 * chain sees nothing of the request before a promised verdict is there.
 */
export type Rule = (method: string) => Verdict | Promise<Verdict>;

export interface RpcProxy {
  readonly url: string;
  /** Replaces the rule; default: everything passes. */
  rule: Rule;
  close(): Promise<void>;
}

/** An endpoint in front of a chain that can fail on purpose at exactly one request. */
export async function startRpcProxy(target: string): Promise<RpcProxy> {
  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method } = JSON.parse(body.toString()) as { method: string };
    const verdict = await proxy.rule(method);
    if (verdict === 'cut') {
      request.socket.destroy();
      return;
    }
    const answer = await fetch(target, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const text = await answer.text();
    if (verdict !== 'pass') {
      verdict.after();
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: RpcProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rule: () => 'pass',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}
