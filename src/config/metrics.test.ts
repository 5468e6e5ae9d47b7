import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MetricRow, MetricsRegistry } from '../runtime/metrics';
import { METRICS } from './metrics';

const rows = Object.entries(METRICS).flatMap(([process, table]) =>
  Object.entries<MetricRow>(table).map(([name, row]) => ({ process, name, ...row })),
);

/** The sources of the programs, without this table and without tests. */
function sources(): string {
  const root = join(__dirname, '..');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== join('config', 'metrics.ts'))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
}

describe('the table of metrics', () => {
  it.each(rows)('names $name by process and unit, as Prometheus wants it', ({ process, name, type, labels }) => {
    expect(name).toMatch(new RegExp(`^dpin_${process}_[a-z_]+$`));
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|milliseconds|kb|mb|gwei)\b/);
    for (const label of labels) expect(label).toMatch(/^[a-z]+$/);
  });

  it('has no metric that no program emits', () => {
    const code = sources();
    expect(rows.map(({ name }) => name).filter((name) => !code.includes(`'${name}'`))).toEqual([]);
  });

  it('has every metric that a program emits, with this type', () => {
    const emitted = [...sources().matchAll(/\.(add|set|observe)\(\s*'(dpin_\w+)'/g)];
    expect(emitted.length).toBeGreaterThanOrEqual(rows.length);
    const typeBy = { add: 'counter', set: 'gauge', observe: 'histogram' } as Record<string, string>;
    for (const [, how, name] of emitted) {
      expect(rows.find((row) => row.name === name)).toMatchObject({ name, type: typeBy[how!] });
    }
  });
});

describe('metrics of a process', () => {
  it('cannot be emitted under a name or with a label that the table does not have', () => {
    const metrics = new MetricsRegistry(METRICS.oracle);
    expect(() => metrics.add('dpin_oracle_unheard_of_total' as never, {} as never)).toThrow(RangeError);
    expect(() => metrics.add('dpin_oracle_sessions' as never, {} as never)).toThrow(RangeError);
    expect(() => metrics.add('dpin_oracle_rounds_total', { ende: 'void' } as never)).toThrow('ende');
  });

  it('begin at 0, so that the first event is an increase', async () => {
    const text = await new MetricsRegistry(METRICS.oracle).text();
    expect(text).toContain('dpin_oracle_epochs_total{end="failed"} 0');
    expect(text).toContain('dpin_oracle_verdicts_total{code="ORACLE_FAULT"} 0');
    const counted = rows.filter(({ type, labels }) => type === 'counter' && labels.length > 0);
    expect(counted.filter(({ values = [], labels }) => values.length === 0 || labels.length > 1)).toEqual([]);
  });

  it('are text for Prometheus, read anew at each look', async () => {
    const metrics = new MetricsRegistry(METRICS.oracle);
    let sessions = 0;
    metrics.onLook(() => metrics.set('dpin_oracle_sessions', {}, ++sessions));
    metrics.onLook(async () => {
      throw new Error('cannot be read now');
    });
    metrics.add('dpin_oracle_rounds_total', { end: 'void' });
    metrics.observe('dpin_oracle_anchor_seconds', {}, 3);
    const first = await metrics.text();
    expect(first).toContain('# TYPE dpin_oracle_rounds_total counter\n');
    expect(first).toContain('dpin_oracle_rounds_total{end="void"} 1\n');
    expect(first).toContain('dpin_oracle_anchor_seconds_bucket{le="4"} 1');
    expect(first).toContain('dpin_oracle_sessions 1\n');
    // Not 0, which would be an alarm: nobody has read it yet.
    expect(first).not.toMatch(/^dpin_oracle_balance_wei /m);
    expect(first).toMatch(/^dpin_oracle_receipts_total 0$/m);
    expect(await metrics.text()).toContain('dpin_oracle_sessions 2\n');
  });
});
