import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RpcError {
  code: number;
  message: string;
}

type Verdict =
  | 'pass'
  /** The connection breaks before the chain sees anything. */
  | 'cut'
  /** No answer, and the chain sees nothing. */
  | 'hang'
  /** Called between the chain's answer and the reply, which is a broken connection. */
  | { after: () => void }
  /** The call has this error in an answer of HTTP 200. */
  | { error: RpcError }
  /** The whole request has this reply. */
  | { status: number; headers?: Record<string, string>; body?: unknown }
  /** The call has another result than the chain gave. */
  // biome-ignore lint/suspicious/noExplicitAny: results are of all kinds
  | { alter: (result: any) => unknown };

/**
 * What to do with one JSON-RPC call, also where several come in one request. The chain sees nothing of the request
 * before a promised verdict is there.
 */
// biome-ignore lint/suspicious/noExplicitAny: parameters are of all kinds
export type Rule = (method: string, params: any[]) => Verdict | Promise<Verdict>;

export interface RpcProxy {
  readonly url: string;
  /** Replaces the rule; default: everything passes. */
  rule: Rule;
  /** Calls seen so far, by method. */
  readonly calls: Map<string, number>;
  close(): Promise<void>;
}

interface Call {
  id: unknown;
  method: string;
  params?: unknown[];
}

/** An endpoint in front of a chain that can fail on purpose at exactly one call. */
export async function startRpcProxy(target: string): Promise<RpcProxy> {
  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const json = JSON.parse(body.toString()) as Call | Call[];
    const calls = [json].flat();
    const verdicts: Verdict[] = [];
    for (const { method, params = [] } of calls) {
      proxy.calls.set(method, (proxy.calls.get(method) ?? 0) + 1);
      verdicts.push(await proxy.rule(method, params));
    }
    if (verdicts.includes('hang')) return;
    if (verdicts.includes('cut')) {
      request.socket.destroy();
      return;
    }
    for (const verdict of verdicts) {
      if (typeof verdict !== 'object' || !('status' in verdict)) continue;
      const headers = { 'content-type': 'application/json', ...verdict.headers };
      response.writeHead(verdict.status, headers).end(JSON.stringify(verdict.body ?? {}));
      return;
    }
    const answer = await fetch(target, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    let text = await answer.text();
    if (verdicts.some((verdict) => typeof verdict === 'object')) {
      const results = [JSON.parse(text)].flat();
      verdicts.forEach((verdict, index) => {
        if (typeof verdict !== 'object') return;
        if ('after' in verdict) verdict.after();
        const at = results.findIndex(({ id }) => id === calls[index]?.id);
        if ('error' in verdict) results[at] = { jsonrpc: '2.0', id: calls[index]?.id, error: verdict.error };
        if ('alter' in verdict && 'result' in results[at]) results[at].result = verdict.alter(results[at].result);
      });
      if (verdicts.some((verdict) => typeof verdict === 'object' && 'after' in verdict)) {
        request.socket.destroy();
        return;
      }
      text = JSON.stringify(Array.isArray(json) ? results : results[0]);
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: RpcProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rule: () => 'pass',
    calls: new Map(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}
