import { METRICS } from '../../src/config/metrics';
import { freePort } from '../../src/devnet/machine/ports';
import { TestOracle } from '../support/oracle';
import { until } from '../support/until';

jest.setTimeout(240_000);

interface Ready {
  status: number;
  ready: boolean;
  checks: Record<string, { ok: boolean; [fact: string]: unknown }>;
}

async function readiness(port: number): Promise<Ready | null> {
  const response = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null);
  return response && { status: response.status, ...((await response.json()) as Omit<Ready, 'status'>) };
}

async function metrics(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** Value of a metric as Prometheus would read it. */
async function value(port: number, name: string): Promise<number> {
  const line = (await metrics(port)).split('\n').find((line) => line.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? Number.NaN);
}

describe('what an oracle and a node show of themselves', () => {
  let oracle: TestOracle;
  let nodePort: number;

  beforeAll(async () => {
    oracle = await TestOracle.start({ slotSeconds: 30, slotsPerEpoch: 4 }, 30);
    nodePort = await freePort();
    oracle.startOracle();
    oracle.startNode(0, 'honest', nodePort);
  });
  afterAll(() => oracle.remove());

  it('is ready once nodes can connect, and says what it found', async () => {
    const found = await until('the oracle is ready', async () => {
      const ready = await readiness(oracle.metricsPort);
      return ready?.ready && ready;
    });
    expect(found).toMatchObject({
      status: 200,
      checks: {
        lock: { ok: true },
        gateway: { ok: true },
        database: { ok: true },
        chain: { ok: true },
        checkers: { ok: true, alive: 1 },
      },
    });
    const node = await until('the node is ready', async () => {
      const ready = await readiness(nodePort);
      return ready?.ready && ready;
    });
    expect(Object.entries(node.checks)).toEqual([
      [expect.stringMatching(/^0x[0-9a-f]{40}$/), { ok: true, url: `ws://127.0.0.1:${oracle.port}` }],
    ]);
  });

  it('counts a round on both sides', async () => {
    await oracle.until('end of round 0', "SELECT 1 FROM oracle.rounds WHERE round = 0 AND state = 'closed'");
    expect(await value(oracle.metricsPort, 'dpin_oracle_rounds_total{end="closed"}')).toBe(1);
    expect(await value(oracle.metricsPort, 'dpin_oracle_verdicts_total{code="OK"}')).toBe(1);
    expect(await value(oracle.metricsPort, 'dpin_oracle_receipts_total')).toBe(1);
    expect(await value(oracle.metricsPort, 'dpin_oracle_anchor_seconds_count')).toBe(1);
    expect(await value(oracle.metricsPort, 'dpin_oracle_sessions')).toBe(1);
    expect(await value(oracle.metricsPort, 'dpin_oracle_lock_held')).toBe(1);
    expect(await value(oracle.metricsPort, 'dpin_oracle_evidence_bytes')).toBeGreaterThan(0);
    expect(await value(oracle.metricsPort, 'dpin_oracle_balance_wei')).toBeGreaterThan(0);
    expect(await value(nodePort, 'dpin_node_receipts_total')).toBe(1);
    const verdicts = () => value(nodePort, 'dpin_node_verdicts_total{code="OK"}');
    await until('the verdict is counted', async () => (await verdicts()) === 1);
  });

  it('shows every metric of the table, and no other', async () => {
    for (const [port, table] of [
      [oracle.metricsPort, METRICS.oracle],
      [nodePort, METRICS.node],
    ] as const) {
      const names = [...(await metrics(port)).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
      expect(names.toSorted()).toEqual(Object.keys(table).toSorted());
    }
  });

  it('is not ready while the database is away, lives on, and is ready again when it is back', async () => {
    const back = oracle.killPostgres(16_000);
    const found = await until('the oracle is not ready', async () => {
      const ready = await readiness(oracle.metricsPort);
      return ready?.checks['database']?.ok === false && ready;
    });
    expect(found).toMatchObject({ status: 503, ready: false, checks: { lock: { ok: false } } });
    expect((await fetch(`http://127.0.0.1:${oracle.metricsPort}/live`)).status).toBe(200);
    expect(await value(oracle.metricsPort, 'dpin_oracle_lock_held')).toBe(0);
    await back;
    await until('the oracle is ready again', async () => (await readiness(oracle.metricsPort))?.ready);
  });
});
