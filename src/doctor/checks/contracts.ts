import { CONTRACT_NAMES, type ContractName } from '../../chain/contracts';
import { type Deployment, readDeployment, startBlockOf } from '../../chain/deployment';
import type { ChainProvider } from '../../chain/provider';
import { CodeHistory, type StartBlocks } from '../../chain/start-blocks';
import { isCodeOf, type RuntimeCode, readArtifact } from '../../deploy/artifacts';
import { RpcFailure } from '../../indexer/source/rpc/failure';
import { toHex } from '../../indexer/source/rpc/shapes';
import { FatalError, RetryableError } from '../../runtime/errors';
import type { Checkup, Finding, Learnt } from '../checkup';
import type { PatientEndpoint } from '../patient-endpoint';
import { type Endpoints, onAny, unlessRefused } from './endpoints';

/** Many contracts are asked about at once, and finding the block that made one takes some thirty looks. */
const HISTORY_MS = 20_000;
/** Contracts that take the proofs: other code means other keys. */
const VERIFIERS: readonly ContractName[] = ['ScoreBatchVerifier', 'TreeVerifier'];

/** Reads the deployment file and compares its chain with CHAIN_ID. */
export function checkDeployment(
  checkup: Checkup,
  settings: { file: Learnt<string>; chainId: Learnt<number> },
): Learnt<Deployment> {
  return checkup.check('deployment', [settings.file, settings.chainId], (file, chainId) => {
    const deployment = readDeployment(file);
    const names = Object.keys(deployment.contracts).length;
    if (deployment.chainId !== chainId) {
      return {
        status: 'fail',
        found: `${file} is of chain ${deployment.chainId}, CHAIN_ID is ${chainId}`,
        mend: 'Point DEPLOYMENT_FILE at the deployment of the chain that CHAIN_ID names.',
      };
    }
    const found = `${file}: ${names} contracts on chain ${chainId}, from block ${deployment.deployBlock} on`;
    return { status: 'ok', found, value: deployment };
  });
}

/** What one contract's check learnt: the block from which its events are read. */
type Start = readonly [ContractName, number];

/**
 * The code of each contract and whether its events can begin before the block from which they are read.
 * @returns those blocks, as far as they are known
 */
export function checkContracts(
  checkup: Checkup,
  env: { deployment: Learnt<Deployment>; endpoints: Endpoints; named: readonly ContractName[] },
): Learnt<StartBlocks> {
  const { deployment, endpoints, named } = env;
  // Only where no endpoint keeps old states are logs searched.
  const widths = endpoints.widths.then((known) => ('value' in known ? known : { value: [] }));
  if (named.length === 0) checkup.check('contracts', [deployment], () => ({ status: 'ok', found: 'none' }));
  const starts = named.map((name) => {
    const code = checkup.check(
      `contract ${name}`,
      [deployment, endpoints.heads],
      (where, heads) => onAny(heads, (endpoint) => codeOf(name, where, endpoint)),
      HISTORY_MS,
    );
    return checkup.check(
      `start ${name}`,
      [deployment, endpoints.heads, widths, code],
      (where, heads, known) => startOf(name, where, { heads, widths: known }),
      HISTORY_MS,
    );
  });
  return Promise.all(starts).then((known): Awaited<Learnt<StartBlocks>> => {
    const values = known.flatMap((one) => ('value' in one ? [one.value] : []));
    if (values.length < named.length) return { missing: 'not all start blocks are known' };
    return { value: Object.fromEntries(values) };
  });
}

/** Contracts of a deployment; none where it cannot be read. */
export async function contractsOf(deployment: Learnt<Deployment>): Promise<ContractName[]> {
  const known = await deployment;
  return CONTRACT_NAMES.filter((name) => 'value' in known && known.value.contracts[name] !== undefined);
}

async function codeOf(
  name: ContractName,
  { contracts }: Deployment,
  endpoint: PatientEndpoint,
): Promise<Finding<true>> {
  const address = contracts[name] as string;
  const code = String(await endpoint.call('eth_getCode', address, 'latest')).toLowerCase();
  if (!/^0x([0-9a-f]{2})*$/.test(code)) throw new RpcFailure('unsound', `eth_getCode gives ${code.slice(0, 80)}`);
  if (code === '0x') {
    return {
      status: 'fail',
      found: `no code at ${address}`,
      mend: 'DEPLOYMENT_FILE is of another network, or the chain was started anew; deploy again.',
    };
  }
  const built = builtCode(name);
  if (built === undefined) {
    return {
      status: 'warn',
      found: `${address} has code; with what it was not compared: the contracts are not built here`,
      mend: 'npm run build, then look again.',
      value: true,
    };
  }
  if (isCodeOf(built, code)) {
    const filled = built.immutables.length === 0 ? '' : ', apart from values that its deployment fills in';
    return { status: 'ok', found: `${address} has this release’s code${filled}`, value: true };
  }
  const found = `${address} has other code than this release`;
  if (VERIFIERS.includes(name)) {
    return {
      status: 'fail',
      found,
      mend: 'It refuses the proofs of this release’s keys. Use the release that deployed it: npm run circuits:verify.',
      value: true,
    };
  }
  return {
    status: 'warn',
    found,
    mend: 'Use the release that it was deployed with, unless you know that the two go together.',
    value: true,
  };
}

function builtCode(name: ContractName): RuntimeCode | undefined {
  try {
    return readArtifact(name).runtime;
  } catch (error) {
    if (error instanceof FatalError) return undefined;
    throw error;
  }
}

interface Seen {
  heads: readonly { endpoint: PatientEndpoint; head: { height: number } }[];
  widths: readonly { usable: { endpoint: PatientEndpoint }; blocks: number }[];
}

async function startOf(name: ContractName, deployment: Deployment, seen: Seen): Promise<Finding<Start>> {
  const address = deployment.contracts[name] as string;
  const given = startBlockOf(deployment, name);
  const newest = Math.max(...seen.heads.map(({ head }) => head.height));
  if (given > newest) {
    return {
      status: 'fail',
      found: `events are read from block ${given} on, the newest is ${newest}`,
      mend: 'Correct deployBlock or startBlocks in DEPLOYMENT_FILE, or wait for the endpoints.',
    };
  }
  if (given === 0) return { status: 'ok', found: 'events are read from block 0 on', value: [name, 0] };
  for (const { endpoint } of seen.heads) {
    const history = new CodeHistory(senderOf(endpoint), address);
    // One that is away tells as little as one that keeps no states; why it is away is said by its own checks.
    const wasThere = await history.isThere(given - 1).catch(unlessAway);
    if (wasThere === undefined) continue;
    if (!wasThere) return { status: 'ok', found: `no code before block ${given}`, value: [name, given] };
    const beginning = await history.beginning(given - 1).catch(unlessAway);
    if (deployment.startBlocks?.[name] === undefined && beginning !== undefined) {
      const found = `older than deployBlock ${given}: its events are read from block ${beginning} on, which made it`;
      return { status: 'ok', found, value: [name, beginning] };
    }
    return tooLate(name, `it has code before block ${given}, from which on its events are read`, beginning);
  }
  return bySearchingLogs(name, address, given, seen.widths);
}

/** Where no endpoint has states that old, the blocks just before can still be searched for events. */
async function bySearchingLogs(
  name: ContractName,
  address: string,
  given: number,
  widths: Seen['widths'],
): Promise<Finding<Start>> {
  let searched = given;
  for (const { usable, blocks } of widths) {
    const from = Math.max(0, given - blocks);
    const filter = { address, fromBlock: toHex(from), toBlock: toHex(given - 1) };
    const logs = await unlessRefused(() => usable.endpoint.call('eth_getLogs', filter));
    if (!Array.isArray(logs)) continue;
    if (logs.length > 0) return tooLate(name, `it has events before block ${given}, from which on they are read`);
    searched = Math.min(searched, from);
    if (searched === 0) break;
  }
  const value: Start = [name, given];
  if (searched === 0) {
    return { status: 'ok', found: `no events before block ${given}; states are not kept that long`, value };
  }
  const looked =
    searched === given ? 'nor searched for events' : `no events in the ${given - searched} blocks before it`;
  return {
    status: 'warn',
    found: `block ${given} cannot be compared with the chain: no endpoint keeps states that old; ${looked}`,
    mend: 'See that DEPLOYMENT_FILE is right, or add an endpoint with archive to RPC_URL.',
    value,
  };
}

function tooLate(name: ContractName, found: string, beginning?: number): Finding<never> {
  const block = beginning ?? 'the block that made it';
  return {
    status: 'fail',
    found,
    mend:
      `Give it its own start in DEPLOYMENT_FILE: "startBlocks": {"${name}": ${block}}. If an index was made without them, ` +
      'index anew: npx dpin resync',
  };
}

/** @throws the error, unless the endpoint is away */
function unlessAway(error: unknown): undefined {
  if (error instanceof RetryableError) return undefined;
  throw error;
}

/** An endpoint as the chain's own rules ask it: what is away is told apart from what is not known. */
function senderOf(endpoint: PatientEndpoint): Pick<ChainProvider, 'send'> {
  return {
    send: async (method, params) => {
      try {
        return await endpoint.call(method, ...(params as unknown[]));
      } catch (error) {
        if (!(error instanceof RpcFailure) || error.kind === 'refused' || error.kind === 'stale') throw error;
        throw new RetryableError(`${endpoint.shown}: ${error.message}`, {}, { cause: error });
      }
    },
  };
}
