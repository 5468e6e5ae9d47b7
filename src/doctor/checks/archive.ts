import { type Deployment, startBlockOf } from '../../chain/deployment';
import { followed } from '../../indexer/network';
import { Gateway } from '../../indexer/source/archive/gateway';
import { WrongAnswer } from '../../indexer/source/archive/http';
import { Portal } from '../../indexer/source/archive/portal';
import { parseHeader, toHex } from '../../indexer/source/rpc/shapes';
import type { Checkup, Finding, Learnt } from '../checkup';
import type { Given } from '../given';
import { type EndpointHead, unlessRefused } from './endpoints';

type ArchiveSettings = Given<'INDEX_SOURCE' | 'INDEX_ARCHIVE_URL' | 'INDEX_ARCHIVE_KEY'>;

/** Is the archive there, has it the blocks from where the index begins, and are they the chain's? */
export function checkArchive(
  checkup: Checkup,
  env: { settings: Learnt<ArchiveSettings>; deployment: Learnt<Deployment>; heads: Learnt<EndpointHead[]> },
): void {
  checkup.check('archive', [env.settings, env.deployment, env.heads], look);
}

async function look(settings: ArchiveSettings, whole: Deployment, heads: readonly EndpointHead[]): Promise<Finding> {
  const { INDEX_SOURCE: source, INDEX_ARCHIVE_URL: url, INDEX_ARCHIVE_KEY: key } = settings;
  const isUsed = source === 'portal' || source === 'gateway';
  if (url === '') {
    return {
      status: 'fail',
      found: `INDEX_ARCHIVE_URL is not set, and INDEX_SOURCE is ${source}`,
      mend: 'Set it to the data set of the chain, or set INDEX_SOURCE=filtered.',
    };
  }
  if (!isUsed) {
    return {
      status: 'warn',
      found: `INDEX_ARCHIVE_URL is set and not used: INDEX_SOURCE is ${source}`,
      mend: 'Set INDEX_SOURCE to portal or gateway, whichever it is.',
    };
  }
  const archive = source === 'portal' ? new Portal({ url, key }, []) : new Gateway({ url, key }, []);
  const { name, shown } = archive.http;
  const height = await archive.heightNow();
  const contracts = Object.keys(followed(whole, {})) as Parameters<typeof startBlockOf>[1][];
  const start = Math.min(...contracts.map((contract) => startBlockOf(whole, contract)));
  const found = `${name} ${shown}: up to block ${height}`;
  if (height < start) {
    return {
      status: 'warn',
      found: `${found}, the index begins at ${start}`,
      mend: 'The index reads from RPC_URL until it is there.',
    };
  }
  const hash = await hashOf(archive, start);
  if (hash === undefined) {
    return {
      status: 'fail',
      found: `${found}; it does not have block ${start}, where the index begins`,
      mend: 'Take a data set that goes back so far, or set INDEX_SOURCE=filtered.',
    };
  }
  const onChain = await chainHash(heads, start);
  if (onChain === undefined) return { status: 'ok', found: `${found}; it has block ${start}, which no endpoint gives` };
  if (onChain === hash) return { status: 'ok', found: `${found}; its block ${start} is the chain’s` };
  return {
    status: 'fail',
    found: `its block ${start} is ${hash}, the chain’s is ${onChain}`,
    mend: 'The data set is of another chain: correct INDEX_ARCHIVE_URL.',
  };
}

/** Hash of a block in the archive; undefined where it has none. */
async function hashOf(archive: Portal | Gateway, height: number): Promise<string | undefined> {
  try {
    for await (const { header } of archive.blocks(height, height)) return header.hash;
  } catch (error) {
    if (!(error instanceof WrongAnswer)) throw error;
  }
  return undefined;
}

async function chainHash(heads: readonly EndpointHead[], height: number): Promise<string | undefined> {
  for (const { endpoint } of heads) {
    const answer = await unlessRefused(() => endpoint.call('eth_getBlockByNumber', toHex(height), false));
    const header = answer === undefined ? undefined : parseHeader(answer);
    if (header) return header.hash;
  }
  return undefined;
}
