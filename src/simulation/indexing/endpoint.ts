import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer, Call, Fault, Reply } from './faults';

const TYPE = { 'content-type': 'application/json' };

/** An endpoint in front of the chain, as good or as bad as the simulation wants it. */
export class FaultyEndpoint {
  /** What it does wrong now. */
  fault: Fault | undefined;
  /** Faults that met a request. */
  readonly met = new Map<Fault, number>();

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  static async start(target: string): Promise<FaultyEndpoint> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = new FaultyEndpoint(server, target);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      endpoint.handle(request, response).catch(() => request.socket.destroy());
    });
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
    const reply = await this.reply(body);
    if (reply === 'cut') request.socket.destroy();
    else response.writeHead(reply.status, { ...TYPE, ...reply.headers }).end(reply.body);
  }

  private async reply(body: Call | Call[]): Promise<Reply> {
    const calls = [body].flat();
    const { fault } = this;
    const instead = await fault?.reply?.(calls);
    if (instead !== undefined) {
      this.meets(fault);
      return instead;
    }
    if (fault?.before) {
      await fault.before(calls);
      this.meets(fault);
    }
    const asked = calls.map((call) => fault?.ask?.(call) ?? call);
    const answers = await this.ask(asked);
    const altered = calls.map((call, index) => {
      const answer = answers[index] as Answer;
      return fault?.alter?.(call, answer) ?? answer;
    });
    if (isOther(calls, asked) || isOther(answers, altered)) this.meets(fault);
    return { status: 200, body: JSON.stringify(Array.isArray(body) ? altered : altered[0]) };
  }

  /** Counts a fault that changed something: most leave most calls as they are. */
  private meets(fault: Fault | undefined): void {
    if (fault !== undefined) this.met.set(fault, (this.met.get(fault) ?? 0) + 1);
  }

  private async ask(calls: readonly Call[]): Promise<Answer[]> {
    const response = await fetch(this.target, { method: 'POST', headers: TYPE, body: JSON.stringify(calls) });
    const byId = new Map(((await response.json()) as Answer[]).map((answer) => [answer.id, answer]));
    return calls.map(({ id }) => byId.get(id) as Answer);
  }
}

function isOther(given: unknown, instead: unknown): boolean {
  return JSON.stringify(given) !== JSON.stringify(instead);
}
