import type { Deployment } from '../chain/deployment';
import { IndexingError } from './failures';
import type { Handler } from './handler';
import { eventKey } from './ids';
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

/** The logs that the handlers take. */
export function logFilters(table: HandlerTable): LogFilter[] {
  return [...table].map(([address, ofContract]) => ({ address, topics: [...ofContract.keys()] }));
}

/**
 * Indexes a batch of blocks: decodes every log and learns the rows it names, loads them with one query per table,
 * applies the events in chain order, and writes what changed.
 * @returns number of events taken in
 * @throws IndexingError naming event, block and transaction
 */
export async function indexBatch(table: HandlerTable, store: WritableStore, blocks: readonly Block[]): Promise<number> {
  const rows = new BatchRows();
  const prepared: { handler: Handler; place: EventPlace; header: Block['header']; apply: () => void }[] = [];
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
      try {
        prepared.push({ handler, place, header, apply: handler.prepare(log, place, rows.names) });
      } catch (error) {
        throw new IndexingError(handler.name, header, place, error);
      }
    }
  }
  if (prepared.length === 0) return 0;
  await rows.load(store);
  for (const { handler, place, header, apply } of prepared) {
    try {
      apply();
    } catch (error) {
      throw new IndexingError(handler.name, header, place, error);
    }
  }
  await rows.flush(store);
  return prepared.length;
}
