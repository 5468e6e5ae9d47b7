import { request } from 'node:http';
import { connect } from 'node:net';
import { freePort } from '../../src/devnet/machine/ports';
import { FatalError } from '../../src/runtime/errors';
import { type Check, type HealthServer, startHealthServer } from '../../src/runtime/health-server';

describe('the server that shows how a process does', () => {
  let server: HealthServer;
  let checks: Record<string, Check>;
  let metrics: () => Promise<string>;

  beforeEach(async () => {
    checks = { database: { ok: true, ageSeconds: 1 } };
    metrics = async () => 'dpin 1\n';
    server = await start(await freePort());
  });
  afterEach(() => server.close());

  function start(port: number): Promise<HealthServer> {
    return startHealthServer({
      host: '127.0.0.1',
      port,
      setting: 'SOME_PORT',
      checks: async () => checks,
      metrics: () => metrics(),
    });
  }

  function ask(path: string, method = 'GET', headers = {}): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode!, body }));
      });
      asked.on('error', reject).end();
    });
  }

  it('says that the process lives', async () => {
    expect(await ask('/live')).toEqual({ status: 200, body: 'alive\n' });
  });

  it('says that it is ready while every check is well, else 503 and what is not', async () => {
    expect(await ask('/ready')).toEqual({
      status: 200,
      body: '{"ready":true,"checks":{"database":{"ok":true,"ageSeconds":1}}}\n',
    });
    checks = { ...checks, chain: { ok: false } };
    const { status, body } = await ask('/ready');
    expect({ status, ...JSON.parse(body) }).toMatchObject({
      status: 503,
      ready: false,
      checks: { chain: { ok: false } },
    });
  });

  it('shows the metrics', async () => {
    expect(await ask('/metrics?x=1')).toEqual({ status: 200, body: 'dpin 1\n' });
  });

  it('answers 500 when they cannot be read', async () => {
    metrics = async () => {
      throw new Error('broken');
    };
    expect(await ask('/metrics')).toEqual({ status: 500, body: 'broken\n' });
  });

  it('knows no other path, no other method and no long header', async () => {
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/metrics/x')).status).toBe(404);
    for (const method of ['POST', 'HEAD', 'DELETE']) expect((await ask('/live', method)).status).toBe(405);
    expect((await ask('/live', 'GET', { long: 'x'.repeat(9_000) })).status).toBe(431);
  });

  it('listens on this machine only', async () => {
    const reached = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.2', port: server.port }, () => resolve(true));
      socket.on('error', () => resolve(false)).on('close', () => socket.destroy());
    });
    expect(reached).toBe(false);
  });

  it('listens where it is told to, and names the setting for an address that is none of this machine', async () => {
    const options = { setting: 'SOME_PORT', checks: async () => checks, metrics: () => metrics() };
    const other = await startHealthServer({ ...options, host: '127.0.0.2', port: server.port });
    await other.close();
    const nowhere = startHealthServer({ ...options, host: '192.0.2.1', port: server.port });
    const error = await nowhere.catch((reason) => reason);
    expect(error).toBeInstanceOf(FatalError);
    expect(error.advice).toContain('METRICS_HOST');
  });

  it('refuses a port that is taken, naming the setting', async () => {
    await expect(start(server.port)).rejects.toThrow(FatalError);
    await expect(start(server.port)).rejects.toThrow('SOME_PORT: cannot listen on 127.0.0.1:');
  });

  it('is not there with port 0', async () => {
    const none = await start(0);
    expect(none.port).toBe(0);
    await none.close();
  });
});
