import type { ContractName } from '../chain/deployment';
import type { EventPlace, Log } from './source/types';
import type { Rows } from './store/rows';

/** The part of a generated event that decodes it. */
interface EventDecoder<T> {
  topic: string;
  signature: string;
  decode(log: { topics: string[]; data: string }): T;
}

/** What a handler does with one event of a contract. */
interface HandlerDefinition<T> {
  contract: ContractName;
  event: EventDecoder<T>;
  /** Names the rows `apply` will touch. */
  load(event: T, rows: Rows): void;
  /** Changes rows; must depend on nothing but its arguments, so that a replay gives the same bytes. */
  apply(event: T, at: EventPlace, rows: Rows): void;
}

/** A handler as the batch loop sees it, its event's type hidden. */
export interface Handler {
  contract: ContractName;
  /** First topic of the event's logs. */
  topic: string;
  /** "Contract.Event(types)", for errors. */
  name: string;
  /** Decodes a log, names the rows it needs and returns what applies it once they are loaded. */
  prepare(log: Log, rows: Rows): (at: EventPlace) => void;
}

/** Defines the handler of one event; decoding, loading and applying share the event's type. */
export function handler<T>({ contract, event, load, apply }: HandlerDefinition<T>): Handler {
  return {
    contract,
    topic: event.topic,
    name: `${contract}.${event.signature}`,
    prepare(log, rows) {
      const decoded = event.decode(log);
      load(decoded, rows);
      return (at) => apply(decoded, at, rows);
    },
  };
}
