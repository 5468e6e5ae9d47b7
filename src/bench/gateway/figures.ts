/** Value below which a share of the values lies; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function rounded(value: number, digits = 2): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** CPU time of this process, all threads, since an earlier look, as a share of one core. */
export function cpuShareSince(before: { cpu: NodeJS.CpuUsage; ms: number }): number {
  const { user, system } = process.cpuUsage(before.cpu);
  return (user + system) / 1000 / (performance.now() - before.ms);
}

export function cpuNow(): { cpu: NodeJS.CpuUsage; ms: number } {
  return { cpu: process.cpuUsage(), ms: performance.now() };
}
