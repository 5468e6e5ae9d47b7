import type { MetricsOf } from '../../config/metrics';
import type { Check, CheckResult } from './check';

interface Checker {
  check(check: Check): Promise<CheckResult>;
}

/** The same checker, counted. */
export function counted(checker: Checker, metrics: MetricsOf<'oracle'>): Checker {
  return {
    check: async (check) => {
      const result = await checker.check(check);
      metrics.observe('dpin_oracle_check_cpu_seconds', { kind: check.kind }, result.cpuMs / 1000);
      if (result.code === 'UNCHECKABLE') metrics.add('dpin_oracle_uncheckable_total', {});
      return result;
    },
  };
}
