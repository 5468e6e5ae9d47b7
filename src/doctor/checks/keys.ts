import type { AbiFunction, FunctionReturn } from '@subsquid/evm-abi';
import { formatEther, type Wallet } from 'ethers';
import { functions as registry } from '../../abi/NodeRegistry';
import { functions as oracle } from '../../abi/ReputationOracle';
import type { Arguments } from '../../chain/call';
import { type CalledName, contractInterface } from '../../chain/contracts';
import type { Deployment } from '../../chain/deployment';
import { type KeySettings, loadKey } from '../../chain/keys';
import { RpcFailure } from '../../indexer/source/rpc/failure';
import type { Checkup, Finding, Learnt } from '../checkup';
import type { PatientEndpoint } from '../patient-endpoint';
import { type Endpoints, onAny } from './endpoints';

/** Opening a keystore takes seconds of CPU. */
const KEYSTORE_MS = 30_000;
/** An anchor a round, and a share of the postings of an epoch; rounded up. */
const GAS_A_SLOT = 250_000n;
const WEEK_SECONDS = 7 * 24 * 3_600;
/** Addresses of a reporter that is not listed anywhere. */
const NOBODY = /^0x0{40}$/;

export interface KeyChecks {
  key: Learnt<KeySettings>;
  /** The node whose worker key it is; undefined: it is a reporter's. */
  nodeId: Learnt<number> | undefined;
  chainId: Learnt<number>;
  deployment: Learnt<Deployment>;
  endpoints: Endpoints;
}

/** The account of this machine: can it be read, can it pay, and does the network know it? @returns its address */
export function checkKeys(checkup: Checkup, env: KeyChecks): Learnt<string> {
  const { deployment, endpoints } = env;
  const account = checkup.check('key', [env.key, env.chainId], opened, KEYSTORE_MS);
  if (env.nodeId) {
    checkup.check('key of node', [account, env.nodeId, deployment, endpoints.usable], (address, nodeId, whole, all) =>
      onAny(all, (endpoint) => workerOf(nodeId, address, whole, endpoint)),
    );
  } else {
    checkup.check('key balance', [account, deployment, endpoints.usable], (address, whole, all) =>
      onAny(all, (endpoint) => balance(address, whole, endpoint)),
    );
    checkup.check('key of reporter', [account, deployment, endpoints.usable], (address, whole, all) =>
      onAny(all, (endpoint) => listed(address, whole, endpoint)),
    );
  }
  return account;
}

async function opened(settings: KeySettings, chainId: number): Promise<Finding<string>> {
  const { address }: Wallet = await loadKey(settings, chainId);
  const source = settings.KEY ? 'KEY' : 'KEYSTORE_FILE';
  return { status: 'ok', found: `account ${address}, from ${source}`, value: address.toLowerCase() };
}

async function balance(address: string, whole: Deployment, endpoint: PatientEndpoint): Promise<Finding> {
  const wei = quantity(await endpoint.call('eth_getBalance', address, 'latest'));
  const gasPriceWei = quantity(await endpoint.call('eth_gasPrice'));
  const slotSeconds = await read(endpoint, whole, 'ReputationOracle', oracle.slotSeconds, {});
  const needWei = (BigInt(WEEK_SECONDS) / BigInt(slotSeconds)) * GAS_A_SLOT * gasPriceWei;
  const found = `it has ${shortEther(wei)} of the chain’s coin; a week of rounds takes about ${shortEther(needWei)} for gas`;
  if (wei >= needWei) return { status: 'ok', found };
  return {
    status: wei === 0n ? 'fail' : 'warn',
    found,
    mend: `Send ${address} the chain’s coin for gas.`,
  };
}

async function listed(address: string, whole: Deployment, endpoint: PatientEndpoint): Promise<Finding> {
  const epoch = BigInt(await read(endpoint, whole, 'ReputationOracle', oracle.currentEpoch, {}));
  const [now, next] = await Promise.all(
    [epoch, epoch + 1n].map((one) => read(endpoint, whole, 'ReputationOracle', oracle.reportersOf, { epoch: one })),
  );
  const isIn = (list: typeof now) => list?.reporters.includes(address) ?? false;
  const others = new Set([...(now?.reporters ?? []), ...(next?.reporters ?? [])].filter((one) => !NOBODY.test(one)));
  if (isIn(now)) {
    const words = isIn(next) ? '' : ', and no more in the next';
    return { status: 'ok', found: `listed in epoch ${epoch}${words}; ${others.size} in all` };
  }
  if (isIn(next)) return { status: 'ok', found: `listed from the next epoch on, ${epoch + 1n}` };
  return {
    status: 'fail',
    found: `ReputationOracle does not list ${address} in epoch ${epoch} or the next; it lists ${others.size} reporters`,
    mend: 'Set KEY or KEYSTORE_FILE to the account of a reporter, or have this one added (addReporter).',
  };
}

async function workerOf(
  nodeId: number,
  address: string,
  whole: Deployment,
  endpoint: PatientEndpoint,
): Promise<Finding> {
  const node = await read(endpoint, whole, 'NodeRegistry', registry.getNode, { nodeId }).catch((error) => {
    if (error instanceof RpcFailure && /\brevert/i.test(error.message)) return undefined;
    throw error;
  });
  if (node === undefined) {
    return {
      status: 'fail',
      found: `NodeRegistry has no node ${nodeId}`,
      mend: 'Correct NODE_ID, or register the node.',
    };
  }
  if (node.retired) {
    return { status: 'fail', found: `node ${nodeId} is retired`, mend: 'Register a new one, and set NODE_ID to it.' };
  }
  if (node.workerKey === address) return { status: 'ok', found: `it is the worker key of node ${nodeId}` };
  return {
    status: 'fail',
    found: `node ${nodeId} has the worker key ${node.workerKey}, KEY is ${address}`,
    mend: 'Set KEY or KEYSTORE_FILE to that worker key (not the operator’s), or have the registry changed.',
  };
}

// biome-ignore lint/suspicious/noExplicitAny: callers infer the types
async function read<F extends AbiFunction<any, any>>(
  endpoint: PatientEndpoint,
  { contracts }: Deployment,
  name: CalledName,
  fn: F,
  args: Arguments<F>,
): Promise<FunctionReturn<F>> {
  const data = contractInterface(name).encodeFunctionData(fn.selector, Object.values(args));
  const answer = await endpoint.call('eth_call', { to: contracts[name], data }, 'latest');
  try {
    return fn.decodeResult(String(answer)) as FunctionReturn<F>;
  } catch {
    throw new RpcFailure('unsound', `${name} at ${contracts[name]} answers ${String(answer).slice(0, 80)}`);
  }
}

function quantity(answer: unknown): bigint {
  if (typeof answer === 'string' && /^0x[0-9a-fA-F]{1,64}$/.test(answer)) return BigInt(answer);
  throw new RpcFailure('unsound', `the answer is not a number: ${String(answer).slice(0, 80)}`);
}

/** In whole coins of 10^18 wei; four digits are enough to see what is low. */
function shortEther(wei: bigint): string {
  return String(Number(Number(formatEther(wei)).toPrecision(4)));
}
