import { networkOf } from '../../config/networks';
import type { ServerLook } from '../../database/look';
import type { Checkup, Finding, Learnt, Status } from '../checkup';
import type { EndpointHead } from './endpoints';

/** An oracle says so from here on. */
const CHAIN_WARN_MS = 15_000;
const DATABASE_WARN_MS = 5_000;
const DATABASE_FAIL_MS = 30_000;
const MEND = 'Set the clock of this machine (NTP).';

/** This machine's wall clock against those of the chain and of Postgres. */
export function checkClocks(
  checkup: Checkup,
  env: { heads: Learnt<EndpointHead[]>; chainId: Learnt<number>; server: Learnt<ServerLook> | undefined },
): void {
  checkup.check('clock chain', [env.heads, env.chainId], (heads, id) =>
    againstChain(heads, networkOf(id).maxClockDriftMs),
  );
  if (env.server) checkup.check('clock database', [env.server], againstDatabase);
}

function againstChain(heads: readonly EndpointHead[], failMs: number): Finding {
  // The freshest block of all tells best what time it is on the chain.
  const ageMs = Math.min(...heads.map((head) => head.ageMs));
  const status = graded(ageMs, CHAIN_WARN_MS, failMs);
  const found = `the newest block is ${apart(ageMs)} this clock`;
  const still = ageMs > 0 ? ' If it is right, the chain stands still.' : '';
  return { status, found, mend: `${MEND}${still} An oracle opens no round from ${failMs / 1_000} s on.` };
}

function againstDatabase({ nowMs, askedMs }: ServerLook): Finding {
  const differenceMs = askedMs - nowMs;
  const status = graded(differenceMs, DATABASE_WARN_MS, DATABASE_FAIL_MS);
  return {
    status,
    found: `the clock of Postgres is ${apart(differenceMs)} this one`,
    mend: `${MEND} Or that of Postgres.`,
  };
}

/** How bad it is when two clocks are so far apart. */
export function graded(differenceMs: number, warnMs: number, failMs: number): Status {
  if (Math.abs(differenceMs) > failMs) return 'fail';
  return Math.abs(differenceMs) > warnMs ? 'warn' : 'ok';
}

/** How far behind or ahead, in words. @param ms above 0: behind */
export function apart(ms: number): string {
  return `${(Math.abs(ms) / 1_000).toFixed(1)} s ${ms < 0 ? 'ahead of' : 'behind'}`;
}
