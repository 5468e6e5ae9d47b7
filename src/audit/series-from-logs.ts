import type { JsonRpcProvider } from 'ethers';
import { CONTRACT_NAMES, contractInterface, isCalled } from '../chain/contracts';
import type { Deployment } from '../chain/deployment';
import { type Figures, Ledger } from './ledger';

const DAY_SECONDS = 86_400;
/** All time before the oracle's genesis is one epoch. */
const BEFORE_GENESIS = -1;

/** Figures after the last event of each day (UTC) and epoch that has one, by the period's number. */
export interface SeriesFromLogs {
  days: ReadonlyMap<number, Figures>;
  epochs: ReadonlyMap<number, Figures>;
}

/**
 * Reads all logs of the network and sums them up by day and epoch; for chains as small as a devnet.
 * @param clock of the oracle contract, seconds
 */
export async function seriesFromLogs(
  provider: JsonRpcProvider,
  { contracts }: Deployment,
  clock: { genesisTime: number; epochSeconds: number },
  toBlock: number,
): Promise<SeriesFromLogs> {
  const names = new Map(CONTRACT_NAMES.filter(isCalled).map((name) => [contracts[name], name]));
  const logs = await provider.getLogs({ address: [...names.keys()], fromBlock: 0, toBlock });
  const times = new Map<number, number>();
  const ledger = new Ledger();
  const days = new Map<number, Figures>();
  const epochs = new Map<number, Figures>();
  for (const { address, topics, data, blockNumber } of logs) {
    const contract = names.get(address.toLowerCase());
    const parsed = contract && contractInterface(contract).parseLog({ topics: [...topics], data });
    if (!parsed) continue;
    const seconds = times.get(blockNumber) ?? (await timeOf(provider, blockNumber));
    times.set(blockNumber, seconds);
    ledger.take({ name: `${contract}.${parsed.name}`, args: parsed.args.toObject() });
    const figures = ledger.figures();
    days.set(Math.floor(seconds / DAY_SECONDS), figures);
    epochs.set(Math.max(BEFORE_GENESIS, Math.floor((seconds - clock.genesisTime) / clock.epochSeconds)), figures);
  }
  return { days, epochs };
}

/** Figures of a period: those after the newest period with an event up to it. */
export function figuresAt(series: ReadonlyMap<number, Figures>, period: number): Figures {
  let found: Figures = {};
  for (const [number, figures] of series) if (number <= period) found = figures;
  return found;
}

async function timeOf(provider: JsonRpcProvider, height: number): Promise<number> {
  const block = await provider.getBlock(height);
  if (!block) throw new Error(`block ${height} is gone`);
  return block.timestamp;
}
