import { LOG_RANGE_BLOCKS } from '../../chain/call';
import { type Deployment, startBlockOf } from '../../chain/deployment';
import { type Network, networkOf } from '../../config/networks';
import { RpcFailure } from '../../indexer/source/rpc/failure';
import { type Header, parseHeader, parseQuantity, toHex } from '../../indexer/source/rpc/shapes';
import { monotonicMs } from '../../runtime/clock';
import { anyOf, type Checkup, type Finding, type Learnt } from '../checkup';
import { PatientEndpoint } from '../patient-endpoint';

const SLOW_MS = 1_000;
/** No round of a reporter can use a chain whose newest block is older. */
const OLD_HEAD_MS = 60_000;
/** Blocks behind another endpoint from which on an endpoint is worth a word. */
const BEHIND_BLOCKS = 50;
/** Widths of eth_getLogs that are tried, until one is taken. */
const WIDTHS = [100_000, 10_000, LOG_RANGE_BLOCKS, 2_000, 500, 1];
/** Blocks ago at which a state is asked for. */
const DEPTHS = [64, 128, 10_000];

/** An endpoint that answers and is of the right chain. */
export interface Usable {
  /** As the report names it. */
  name: string;
  endpoint: PatientEndpoint;
}

/** The end of the chain at an endpoint. */
export interface EndpointHead extends Usable {
  head: Header;
  /** Of the newest block when it was looked at, by this machine's clock; below 0: the block is of the future. */
  ageMs: number;
}

/** What is known of the endpoints. */
export interface Endpoints {
  /** Those that answer, in the order of RPC_URL. */
  usable: Learnt<Usable[]>;
  heads: Learnt<EndpointHead[]>;
  /** Blocks that an endpoint takes in one eth_getLogs. */
  widths: Learnt<{ usable: Usable; blocks: number }[]>;
}

/** What the checks of endpoints look at. */
export interface EndpointSettings {
  urls: readonly string[];
  chainId: Learnt<number>;
  /** Blocks after which a block is final, where FINALITY_BLOCKS says so. */
  finalityBlocks: Learnt<number | 'network'>;
  deployment: Learnt<Deployment>;
  /** Wall clock, ms since 1970. */
  nowMs(): number;
}

/** Each endpoint of RPC_URL by itself, then all of them together. */
export function checkEndpoints(checkup: Checkup, settings: EndpointSettings): Endpoints {
  const { urls, chainId, deployment } = settings;
  const all = urls.map((url, index) => {
    const name = `endpoint ${index + 1}`;
    const endpoint = new PatientEndpoint(url);
    const usable = checkup.check(name, [chainId], (id) =>
      reached({ name, endpoint }, id).catch((error) => unreached(endpoint, error)),
    );
    const head = checkup.check(`${name} head`, [usable, chainId], (one, id) => newest(one, networkOf(id), settings));
    const width = checkup.check(`${name} logs`, [head, deployment], logs, 30_000);
    checkup.check(
      `${name} states`,
      [head, deployment, chainId],
      (one, whole, id) => states(one, whole, networkOf(id)),
      25_000,
    );
    return { usable, head, width };
  });
  const heads = anyOf(
    all.map(({ head }) => head),
    'no endpoint tells its newest block',
  );
  checkup.check('endpoints', [heads, chainId, settings.finalityBlocks], (known, id, finalityBlocks) => {
    const network = networkOf(id);
    return agreement(known, network, finalityBlocks === 'network' ? network.indexFinality.blocks : finalityBlocks);
  });
  return {
    usable: anyOf(
      all.map(({ usable }) => usable),
      'no endpoint can be used',
    ),
    heads,
    widths: anyOf(
      all.map(({ width }) => width),
      'no endpoint gives logs',
    ),
  };
}

async function reached(usable: Usable, chainId: number): Promise<Finding<Usable>> {
  const { endpoint } = usable;
  const times: number[] = [];
  let answered = 0;
  for (let look = 0; look < 3; look++) {
    const startMs = monotonicMs();
    answered = parseQuantity(await endpoint.call('eth_chainId'));
    times.push(monotonicMs() - startMs);
  }
  if (answered !== chainId) {
    return {
      status: 'fail',
      found: `${endpoint.shown} is of chain ${answered}, CHAIN_ID is ${chainId}`,
      mend: 'Correct CHAIN_ID or take that endpoint out of RPC_URL; 56 is BNB Chain, 97 its testnet, 31337 a devnet.',
    };
  }
  const latencyMs = times.toSorted((a, b) => a - b)[1] as number;
  const found = `${endpoint.shown}: chain ${answered}, answers in ${Math.ceil(latencyMs)} ms`;
  if (latencyMs < SLOW_MS) return { status: 'ok', found, value: usable };
  return { status: 'warn', found, mend: 'Rounds and the index wait for it. Take a nearer endpoint.', value: usable };
}

/** What came instead of an answer, with whose it is. */
function unreached({ shown }: PatientEndpoint, error: unknown): Finding<never> {
  if (!(error instanceof RpcFailure)) throw error;
  const { status, found, mend } = explainRpc(error);
  return { status, found: `${shown}: ${found}`, mend };
}

async function newest(usable: Usable, network: Network, { nowMs }: EndpointSettings): Promise<Finding<EndpointHead>> {
  const { endpoint } = usable;
  const head = parseHeader(await endpoint.call('eth_getBlockByNumber', 'latest', false));
  if (head === undefined) {
    return { status: 'fail', found: 'it has no newest block', mend: 'It is not in sync. Wait, or take another.' };
  }
  const ageMs = nowMs() - head.timestampSeconds * 1_000;
  const tagged = await finalizedHeight(endpoint);
  const final =
    tagged === undefined
      ? `it does not know which block is finalized, blocks are counted: ${network.indexFinality.blocks}`
      : `finalized is block ${tagged}`;
  const found = `block ${head.height}, ${secondsOf(ageMs)}; ${final}`;
  const value = { ...usable, head, ageMs };
  if (ageMs > OLD_HEAD_MS) {
    return {
      status: 'fail',
      found,
      mend: 'It is behind, or the chain stands still; wait, or take another. If all say so, look at the clock of this machine.',
      value,
    };
  }
  if (tagged === undefined && network.indexFinality.tag) {
    return {
      status: 'warn',
      found,
      mend: 'The index calls blocks final later. Take an endpoint that knows it.',
      value,
    };
  }
  return { status: 'ok', found, value };
}

async function finalizedHeight(endpoint: PatientEndpoint): Promise<number | undefined> {
  return unlessRefused(async () => {
    return parseHeader(await endpoint.call('eth_getBlockByNumber', 'finalized', false))?.height;
  });
}

async function logs(
  { name, endpoint, head }: EndpointHead,
  deployment: Deployment,
): Promise<Finding<{ usable: Usable; blocks: number }>> {
  const blocks = head.height + 1;
  // A chain that is shorter than a width can only be asked for whole.
  const widths = [...new Set(WIDTHS.map((width) => Math.min(width, blocks)))];
  let refusal = '';
  for (const width of widths) {
    const filter = {
      address: deployment.contracts.ReputationOracle,
      fromBlock: toHex(head.height - width + 1),
      toBlock: toHex(head.height),
    };
    try {
      await endpoint.call('eth_getLogs', filter);
    } catch (error) {
      if (!(error instanceof RpcFailure) || (error.kind !== 'refused' && error.kind !== 'timeout')) throw error;
      refusal = error.message;
      continue;
    }
    const value = { usable: { name, endpoint }, blocks: width };
    const found = `eth_getLogs takes ${width === blocks ? `all ${width}` : width} blocks at once`;
    if (width >= Math.min(LOG_RANGE_BLOCKS, blocks)) return { status: 'ok', found, value };
    return {
      status: 'warn',
      found: `${found}, no more: ${refusal}`,
      mend: `The oracle asks for ${LOG_RANGE_BLOCKS}; the index asks for less and is slow. Take a larger plan, or another endpoint.`,
      value,
    };
  }
  return {
    status: 'fail',
    found: `eth_getLogs does not take a single block: ${refusal}`,
    mend: 'The index lives on logs. Take another endpoint.',
  };
}

async function states({ endpoint, head }: EndpointHead, deployment: Deployment, network: Network): Promise<Finding> {
  const address = deployment.contracts.ReputationOracle;
  const start = startBlockOf(deployment, 'ReputationOracle');
  const depths = DEPTHS.filter((depth) => depth < head.height);
  const heights = [...depths.map((depth) => head.height - depth), ...(start <= head.height ? [start] : [])];
  const served: boolean[] = [];
  for (const height of heights) {
    const balance = await unlessRefused(() => endpoint.call('eth_getBalance', address, toHex(height)));
    served.push(typeof balance === 'string');
  }
  const words = depths.map((depth, index) => `${depth} blocks ago: ${served[index] ? 'yes' : 'no'}`);
  if (start <= head.height) words.push(`start block ${start}: ${served.at(-1) ? 'yes' : 'no'}`);
  const found = `state of ${words.join(', ')}`;
  // A devnet forgets its states when it starts again, and its audits take a second.
  if (depths.length === 0 || served[0] || !network.production) return { status: 'ok', found };
  return {
    status: 'warn',
    found,
    mend: 'An audit reads the state of one block for minutes. Add an endpoint that keeps states.',
  };
}

async function agreement(heads: readonly EndpointHead[], network: Network, finalityBlocks: number): Promise<Finding> {
  if (heads.length === 1) {
    const found = 'only one tells its blocks: nothing to compare it with';
    if (!network.production) return { status: 'ok', found };
    return { status: 'warn', found, mend: 'Give RPC_URL two endpoints of different providers.' };
  }
  const heights = heads.map(({ head }) => head.height);
  const height = Math.max(0, Math.min(...heights) - finalityBlocks);
  const hashes = await Promise.all(
    heads.map(async ({ endpoint }) => {
      const header = await unlessRefused(() => endpoint.call('eth_getBlockByNumber', toHex(height), false));
      return header === undefined ? undefined : parseHeader(header)?.hash;
    }),
  );
  const told = heads.flatMap(({ name }, index) => (hashes[index] ? [{ name, hash: hashes[index] }] : []));
  if (new Set(told.map(({ hash }) => hash)).size > 1) {
    return {
      status: 'fail',
      found: `they have different blocks ${height}: ${told.map(({ name, hash }) => `${name} ${hash}`).join(', ')}`,
      mend: 'One of them is of another chain or of a fork. Ask a third, and take the wrong one out of RPC_URL.',
    };
  }
  const lacking = heads.filter((_, index) => !hashes[index]).map(({ name }) => name);
  const newestHeight = Math.max(...heights);
  const behind = heads.filter(({ head }) => head.height < newestHeight - BEHIND_BLOCKS).map(({ name }) => name);
  const agree = `${told.length} have block ${height} with the same hash`;
  if (lacking.length === 0 && behind.length === 0) return { status: 'ok', found: agree };
  return {
    status: 'warn',
    found: [
      agree,
      ...lacking.map((name) => `${name} does not give it`),
      ...behind.map((name) => `${name} is behind`),
    ].join('; '),
    mend: 'If it lasts, put another endpoint in its place.',
  };
}

/** What the work gives; undefined where the endpoint answered that it cannot. @throws RpcFailure of other kinds */
export async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RpcFailure && (error.kind === 'refused' || error.kind === 'stale')) return undefined;
    throw error;
  }
}

/** What the work gives on the first endpoint where it does not fail. @throws RpcFailure of the last one */
export async function onAny<T>(all: readonly Usable[], work: (endpoint: PatientEndpoint) => Promise<T>): Promise<T> {
  let failure: unknown = new RpcFailure('away', 'no endpoint');
  for (const { endpoint } of all) {
    try {
      return await work(endpoint);
    } catch (error) {
      if (!(error instanceof RpcFailure)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** What a failed request to an endpoint means for a person. */
export function explainRpc(error: RpcFailure): Finding {
  const mend = {
    away: 'Is the address right, and the endpoint up? Else take another.',
    timeout: 'It hangs or is overloaded. Take another endpoint.',
    limited: 'It limits the rate. Look again later; if it lasts, take a larger plan or add another endpoint.',
    refused: 'Take an endpoint that answers this.',
    stale: 'It lacks a block that exists. If it lasts, take another.',
    unsound: 'It is no JSON-RPC endpoint of a chain, or is broken. Correct RPC_URL.',
  }[error.kind];
  return { status: 'fail', found: error.message, mend };
}

function secondsOf(ageMs: number): string {
  const seconds = Math.round(Math.abs(ageMs) / 1_000);
  return ageMs < 0 ? `${seconds} s in the future` : `${seconds} s old`;
}
