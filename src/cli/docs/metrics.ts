import { METRICS } from '../../config/metrics';
import type { MetricRow } from '../../runtime/metrics';
import { referencePage, table } from './page';

/** Setting that says where each process shows its metrics. */
const PORT_SETTING: Readonly<Record<keyof typeof METRICS, string>> = {
  indexer: 'INDEX_METRICS_PORT',
  oracle: 'ORACLE_METRICS_PORT',
  api: 'GQL_METRICS_PORT',
  node: 'NODE_METRICS_PORT',
};

/** Text of docs/reference/metrics.md: a table for each process. */
export function metricsPage(): string {
  return referencePage(
    'Metrics',
    '`src/config/metrics.ts`',
    'A process shows its metrics as text for Prometheus under `/metrics`, on `METRICS_HOST` and a port of its own. ' +
      'Counters begin at 0 when the process starts. A unit stands in the name.',
    ...Object.entries(METRICS).flatMap(([process, rows]) => [
      `## ${process}`,
      `Port: \`${PORT_SETTING[process as keyof typeof METRICS]}\`.`,
      table(
        ['metric', 'type', 'labels', 'meaning'],
        Object.entries<MetricRow>(rows).map(([name, { type, labels, help }]) => [
          `\`${name}\``,
          type,
          labels.map((label) => `\`${label}\``).join(', '),
          help,
        ]),
      ),
    ]),
  );
}
