import type { ContractName } from '../chain/contracts';
import type { ActivityKind } from '../model';
import { type EventDecoder, fastDecoder } from './decode';
import type { EventPlace, Log } from './source/types';
import type { ActivityFacts } from './store/births';
import type { RowNames } from './store/tables';

/** What a handler does with one event of a contract. */
type HandlerDefinition<T, R> = {
  contract: ContractName;
  event: EventDecoder<T>;
  /** Names, once, the rows that `apply` gets; those that exist are loaded in between, with one query per table. */
  rows(event: T, names: RowNames, at: EventPlace): R;
} & (
  | {
      /** Kind of the event's row in the feed of activities. */
      activity: ActivityKind;
      /**
       * Changes rows; must depend on nothing but its arguments, so that a replay gives the same bytes.
       * @returns what the feed says about the event
       */
      apply(event: T, rows: R, at: EventPlace): ActivityFacts;
    }
  /** An event that another one's activity tells of already, or that has a feed of its own. */
  | { activity: null; apply(event: T, rows: R, at: EventPlace): void }
);

/** A handler as the batch loop sees it, its event's type hidden. */
export interface Handler {
  contract: ContractName;
  /** First topic of the event's logs. */
  topic: string;
  /** "Contract.Event(types)", for errors. */
  name: string;
  /** Decodes a log, names the rows it needs and returns what applies it once they are loaded. */
  prepare(log: Log, at: EventPlace, names: RowNames): () => void;
}

/** Defines the handler of one event; decoding, naming and applying share the types of event and rows. */
export function handler<T, R>(definition: HandlerDefinition<T, R>): Handler {
  const { contract, event } = definition;
  const decode = fastDecoder(event);
  return {
    contract,
    topic: event.topic,
    name: `${contract}.${event.signature}`,
    prepare(log, at, names) {
      const decoded = decode(log);
      const rows = definition.rows(decoded, names, at);
      if (definition.activity === null) return () => definition.apply(decoded, rows, at);
      const { activity: kind, apply } = definition;
      return () => {
        const facts = apply(decoded, rows, at);
        names.activities.new(at.id).create(at, kind, at.txHash, facts);
      };
    },
  };
}
