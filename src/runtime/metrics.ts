import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One metric; the name it stands under carries the unit, as Prometheus wants it. */
export interface MetricRow {
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** Known values of a counter's only label: it begins at 0 for each, so that the first event is an increase. */
  values?: readonly string[];
  /** Upper bounds of a histogram's buckets. */
  buckets?: readonly number[];
}
export type MetricTable = Readonly<Record<string, MetricRow>>;

type NamesOf<T extends MetricTable, Type extends MetricRow['type']> = {
  [Name in keyof T & string]: T[Name]['type'] extends Type ? Name : never;
}[keyof T & string];
type LabelsOf<Row extends MetricRow> = Readonly<Record<Row['labels'][number], string>>;

/** What counts: it takes the names and labels of its table and no others. */
export interface Metrics<T extends MetricTable> {
  add<N extends NamesOf<T, 'counter'>>(name: N, labels: LabelsOf<T[N]>, by?: number): void;
  set<N extends NamesOf<T, 'gauge'>>(name: N, labels: LabelsOf<T[N]>, value: number): void;
  observe<N extends NamesOf<T, 'histogram'>>(name: N, labels: LabelsOf<T[N]>, value: number): void;
}

/** For whoever is not watched. */
export const NO_METRICS: Metrics<MetricTable> = {
  add: () => undefined,
  set: () => undefined,
  observe: () => undefined,
};

/** The metrics of one process, as Prometheus reads them. */
export class MetricsRegistry<T extends MetricTable> implements Metrics<T> {
  private readonly registry = new Registry();
  private readonly counters = new Map<string, Counter<string>>();
  private readonly gauges = new Map<string, Gauge<string>>();
  private readonly histograms = new Map<string, Histogram<string>>();
  private readonly collectors: (() => Promise<void> | void)[] = [];

  constructor(table: T) {
    for (const [name, { type, help, labels, values = [], buckets }] of Object.entries(table)) {
      const options = { name, help, labelNames: [...labels], registers: [this.registry] };
      if (type === 'counter') {
        const counter = new Counter(options);
        for (const value of values) counter.inc({ [labels[0]!]: value }, 0);
        this.counters.set(name, counter);
      } else if (type === 'gauge') {
        const gauge = new Gauge(options);
        // One without labels begins with a 0 that nobody has read.
        if (labels.length === 0) gauge.remove();
        this.gauges.set(name, gauge);
      } else this.histograms.set(name, new Histogram({ ...options, ...(buckets && { buckets: [...buckets] }) }));
    }
  }

  add<N extends NamesOf<T, 'counter'>>(name: N, labels: LabelsOf<T[N]>, by = 1): void {
    known(this.counters, name).inc(labels, by);
  }

  set<N extends NamesOf<T, 'gauge'>>(name: N, labels: LabelsOf<T[N]>, value: number): void {
    known(this.gauges, name).set(labels, value);
  }

  observe<N extends NamesOf<T, 'histogram'>>(name: N, labels: LabelsOf<T[N]>, value: number): void {
    known(this.histograms, name).observe(labels, value);
  }

  /** Called at each look, for what is read rather than counted; what it cannot read stays as it was. */
  onLook(collect: () => Promise<void> | void): void {
    this.collectors.push(collect);
  }

  /** All metrics in the text format of Prometheus. */
  async text(): Promise<string> {
    await Promise.allSettled(this.collectors.map(async (collect) => collect()));
    return this.registry.metrics();
  }
}

function known<M>(metrics: ReadonlyMap<string, M>, name: string): M {
  const metric = metrics.get(name);
  if (!metric) throw new RangeError(`no metric ${name} of this type in the table`);
  return metric;
}
