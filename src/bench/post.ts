import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { Contract, ContractFactory, type InterfaceAbi, JsonRpcProvider, NonceManager, type Wallet } from 'ethers';
import type { ContractName } from '../chain/contracts';
import { readArtifact } from '../deploy/artifacts';
import { type DevnetAccounts, devnetAccounts } from '../devnet/accounts';
import { deployDevnet } from '../devnet/deploy';
import { startAnvil } from '../devnet/machine/anvil';
import { freePort } from '../devnet/machine/ports';
import { DEVNET_CHAIN_ID, DEVNET_MNEMONIC, NODES } from '../devnet/network';
import { ProvenBatch } from '../oracle/epochs/proven-batch';
import { BATCH_SIZE } from '../protocol/scoring/words';
import { PROJECT_ROOT } from '../runtime/project';
import { readTranscript } from '../zk/artifacts';
import { deriveReporterKey } from '../zk/reporter-key';
import { proveScoreBatch } from '../zk/score-batch';
import { anchorEpoch, devnetNetwork, signedBatch } from './fixtures/batch-epoch';

/**
 * `npm run bench:post`: proves two epochs of a full batch and posts them on a fresh local chain with the network's own
 * contracts; gas is that of the whole transaction. The baseline, in the same run, writes a word per node without proof.
 */
interface Figures {
  nodesPerBatch: number;
  constraints: number;
  proveSeconds: number;
  gasPerScore: number;
  gasPerScoreFirst: number;
}

const GENESIS_DELAY_SECONDS = 600;
const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(json: boolean): Promise<void> {
  print(`machine: ${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}`);
  const chain = await startAnvil({
    port: await freePort(),
    mnemonic: DEVNET_MNEMONIC,
    accounts: 30,
    chainId: DEVNET_CHAIN_ID,
  });
  const provider = new JsonRpcProvider(chain.url, DEVNET_CHAIN_ID, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 50,
  });
  try {
    const figures = await postTwoEpochs(provider);
    print(
      `proof: ${figures.constraints} constraints, ${figures.proveSeconds} s (the slower of two; goal: at most 10 on 2 cores)`,
    );
    print(
      `posting: ${figures.gasPerScore} gas per score warm (goal 6000), ${figures.gasPerScoreFirst} first (goal 8000)`,
    );
    const naive = await postNaively(provider);
    print(
      `baseline: ${naive.warm} gas per score warm, ${naive.first} first: a word and an event per node, nothing proved`,
    );
    print(
      `ratio: ${(naive.warm / figures.gasPerScore).toFixed(2)} warm, ` +
        `${(naive.first / figures.gasPerScoreFirst).toFixed(2)} first (baseline / proven)`,
    );
    if (json) print(JSON.stringify(figures));
  } finally {
    provider.destroy();
    await chain.stop();
  }
}

async function postTwoEpochs(provider: JsonRpcProvider): Promise<Figures> {
  const accounts = devnetAccounts();
  const head = await provider.getBlock('latest');
  const { contracts } = await deployDevnet({
    provider,
    chainId: DEVNET_CHAIN_ID,
    accounts,
    genesisTime: (head?.timestamp ?? 0) + GENESIS_DELAY_SECONDS,
  });
  const at = (name: ContractName, as: Wallet) =>
    new Contract(contracts[name] as string, readArtifact(name).abi, new NonceManager(as.connect(provider)));
  await fillBatch(at('NodeRegistry', accounts.deployer), accounts);

  const address = contracts.ReputationOracle;
  const key = await deriveReporterKey(accounts.reporters[0]!, DEVNET_CHAIN_ID, address);
  const network = devnetNetwork(DEVNET_CHAIN_ID, address, key);
  const oracle = at('ReputationOracle', accounts.reporters[0]!);
  const gas: number[] = [];
  const seconds: number[] = [];
  let states: readonly bigint[] | undefined;
  for (const epoch of [0, 1]) {
    await anchorEpoch(oracle, (method, parameters) => provider.send(method, parameters), epoch);
    const proof = await proveScoreBatch(await signedBatch(network, epoch, states));
    states = proof.newStates;
    seconds.push(proof.proveSeconds);
    gas.push(await gasOf(oracle, 'submitBatch', [ProvenBatch.fromProver(proof).submission]));
    print(
      `epoch ${epoch}: proved in ${proof.proveSeconds.toFixed(2)} s, ${proof.maxRssMb.toFixed(0)} MB, ${gas[epoch]} gas`,
    );
  }
  return {
    nodesPerBatch: BATCH_SIZE,
    constraints: readTranscript().circuits.score_batch.constraints,
    proveSeconds: Number(Math.max(...seconds).toFixed(2)),
    gasPerScore: perScore(gas[1]!),
    gasPerScoreFirst: perScore(gas[0]!),
  };
}

/** Registers nodes until the batch is full: the registry then answers as it would in production. */
async function fillBatch(registry: Contract, accounts: DevnetAccounts): Promise<void> {
  const { deployer } = accounts;
  for (let nodeId = NODES.length; nodeId < BATCH_SIZE; nodeId++) {
    const worker = `0x${(0xabc000 + nodeId).toString(16).padStart(40, '0')}`;
    await registry.getFunction('registerNode')(worker, deployer.address, 0, 1, 'bench', '');
  }
}

async function postNaively(provider: JsonRpcProvider): Promise<{ first: number; warm: number }> {
  const { abi, bytecode } = compileBaseline();
  const factory = new ContractFactory(abi, bytecode, new NonceManager(devnetAccounts().client.connect(provider)));
  const contract = (await (await factory.deploy()).waitForDeployment()) as Contract;
  const scores = (epoch: number) =>
    Array.from({ length: BATCH_SIZE }, (_, node) => (2 << 14) | (4_000 + node * 97 + epoch * 11));
  const first = await gasOf(contract, 'post', [0, scores(0)]);
  const warm = await gasOf(contract, 'post', [0, scores(1)]);
  return { first: perScore(first), warm: perScore(warm) };
}

/** Compiled when the bench runs, because nothing else needs it. */
function compileBaseline(): { abi: InterfaceAbi; bytecode: string } {
  const file = 'contracts/test/bench/NaiveScores.sol';
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: readFileSync(join(PROJECT_ROOT, file), 'utf8') } },
    settings: {
      optimizer: { enabled: true, runs: 10_000 },
      evmVersion: 'prague',
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
    },
  };
  const solc = join(PROJECT_ROOT, 'scripts', 'solc');
  const answer = execFileSync(process.execPath, [solc, '--standard-json'], { input: JSON.stringify(input) });
  const output = JSON.parse(answer.toString()) as {
    contracts: Record<string, Record<string, { abi: InterfaceAbi; evm: { bytecode: { object: string } } }>>;
  };
  const compiled = output.contracts[file]?.['NaiveScores'];
  if (!compiled) throw new Error(`${file} does not compile`);
  return { abi: compiled.abi, bytecode: compiled.evm.bytecode.object };
}

/** Gas of a whole transaction, intrinsic gas and calldata included. */
async function gasOf(contract: Contract, method: string, parameters: unknown[]): Promise<number> {
  const sent = await contract.getFunction(method)(...parameters);
  const receipt = await sent.wait();
  return Number(receipt.gasUsed);
}

const perScore = (gas: number) => Math.round((gas / BATCH_SIZE) * 10) / 10;

void main(process.argv.includes('--json')).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
