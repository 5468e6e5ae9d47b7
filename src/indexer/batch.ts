import { CONTRACT_NAMES } from '../chain/contracts';
import type { Deployment } from '../chain/deployment';
import { firstBlock, type StartBlocks } from '../chain/start-blocks';
import { IndexingError, LostEventsError } from './failures';
import type { Handler } from './handler';
import { eventKey } from './ids';
import { Contradiction } from './rules/checks';
import type { EpochClock } from './rules/periods';
import { type Moment, momentAt } from './series';
import type { Block, EventPlace, LogFilter } from './source/types';
import type { WritableStore } from './store/table';
import { BatchRows } from './store/tables';

/** Which handler takes a log: by address and first topic. */
export type HandlerTable = ReadonlyMap<string, ReadonlyMap<string, Handler>>;

/** Arranges handlers by the addresses of a deployment. */
export function handlerTable(handlers: readonly Handler[], contracts: Deployment['contracts']): HandlerTable {
  const table = new Map<string, Map<string, Handler>>();
  for (const handler of handlers) {
    const address = contracts[handler.contract];
    if (address === undefined) continue;
    const ofContract = table.get(address) ?? new Map<string, Handler>();
    ofContract.set(handler.topic, handler);
    table.set(address, ofContract);
  }
  return table;
}

/** The logs that the handlers take, of each contract from its own start on. */
export function logFilters(table: HandlerTable, contracts: Deployment['contracts'], starts: StartBlocks): LogFilter[] {
  const first = firstBlock(starts);
  const byAddress = new Map(CONTRACT_NAMES.map((name) => [contracts[name], starts[name]]));
  return [...table].map(([address, ofContract]) => ({
    address,
    topics: [...ofContract.keys()],
    fromBlock: byAddress.get(address) ?? first,
  }));
}

/** An event that can be taken in once the rows it names are loaded. */
interface PreparedEvent {
  handler: Handler;
  place: EventPlace;
  header: Block['header'];
  moment: Moment;
  apply: () => void;
}

/**
 * Indexes a batch of blocks: decodes every log and learns the rows it names, loads them with one query per table,
 * applies the events in chain order, and writes what changed. The network's row tells the last event; the series take
 * a copy of it after the last event of each day and epoch.
 * @param clock when epochs are
 * @returns number of events taken in
 * @throws LostEventsError for an event that contradicts the rows before it; IndexingError for one that cannot be taken
 * in otherwise; both name event, block and transaction
 */
export async function indexBatch(
  table: HandlerTable,
  clock: EpochClock,
  store: WritableStore,
  blocks: readonly Block[],
): Promise<number> {
  const rows = new BatchRows(clock);
  const prepared: PreparedEvent[] = [];
  let moment: Moment | undefined;
  for (const { header, logs } of blocks) {
    const timestamp = new Date(header.timestamp);
    for (const log of logs) {
      const handler = table.get(log.address)?.get(log.topics[0] ?? '');
      if (handler === undefined) continue;
      const place = {
        id: eventKey(header.height, log.logIndex),
        block: header.height,
        timestamp,
        txHash: log.transactionHash,
      };
      const seconds = Math.floor(header.timestamp / 1000);
      if (!moment?.holds(seconds)) moment = momentAt(rows.names, seconds);
      try {
        prepared.push({ handler, place, header, moment, apply: handler.prepare(log, place, rows.names) });
      } catch (error) {
        throw new IndexingError(handler.name, header, place, error);
      }
    }
  }
  if (prepared.length === 0) return 0;
  await rows.load(store);
  const range = { from: blocks[0]?.header.height ?? 0, to: blocks.at(-1)?.header.height ?? 0 };
  for (const [index, { handler, place, header, moment, apply }] of prepared.entries()) {
    try {
      apply();
    } catch (error) {
      if (error instanceof Contradiction) throw new LostEventsError(handler.name, header, place, error, range);
      throw new IndexingError(handler.name, header, place, error);
    }
    if (prepared[index + 1]?.moment !== moment) moment.record(place);
  }
  await rows.flush(store);
  return prepared.length;
}
