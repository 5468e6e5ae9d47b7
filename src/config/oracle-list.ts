import { z } from 'zod';

/** A reporter and where its gateway is. */
export interface OracleAddress {
  /** The reporter's account, lower-case 0x hex. */
  reporter: string;
  url: string;
}

const MAX_ENTRIES = 16;
const ENTRY = /^(0x[0-9a-fA-F]{40})@(wss?:\/\/.+)$/;

/**
 * Comma-separated `0xReporterAddress@ws(s)://host:port`: an address says whom the node trusts at that place. 1 to 16
 * entries, each reporter once.
 */
export const ORACLE_LIST = z.string().transform((text, context): OracleAddress[] => {
  const entries = text.split(',').map((entry) => entry.trim());
  const fail = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (entries.length > MAX_ENTRIES) return fail(`has ${entries.length} entries; ${MAX_ENTRIES} are the most`);
  const addresses = entries.map(parseEntry);
  const wrong = addresses.indexOf(null);
  if (wrong >= 0) return fail(`has an entry (number ${wrong + 1}) that is not 0xReporterAddress@ws(s)://host:port`);
  const known = addresses.filter((address) => address !== null);
  const twice = known.find(({ reporter }, k) => known.findIndex((other) => other.reporter === reporter) !== k);
  return twice ? fail(`names reporter ${twice.reporter} twice`) : known;
});

function parseEntry(entry: string): OracleAddress | null {
  const [, reporter, url] = ENTRY.exec(entry) ?? [];
  return reporter && url && URL.canParse(url) ? { reporter: reporter.toLowerCase(), url } : null;
}
