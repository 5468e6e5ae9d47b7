/** The part of a generated event that decodes it. */
export interface EventDecoder<T> {
  topic: string;
  signature: string;
  decode(log: EventLog): T;
}

/** What an event is decoded from; hex strings with 0x. */
export interface EventLog {
  topics: string[];
  data: string;
}

/** Reads the 64 hex digits of a word that begin at `at`; undefined when it is not one that Solidity writes. */
type WordReader = (text: string, at: number) => unknown;

const WORD_DIGITS = 64;
const ADDRESS_PADDING = '0'.repeat(24);
/** Of a word: digits that no integer of the last 6 bytes has, and those before the last 8 bytes. */
const ABOVE_48_BITS = '0'.repeat(52);
const ABOVE_64_BITS = '0'.repeat(48);

const hexText = (digits: string): string | undefined =>
  /[^0-9a-fA-F]/.test(digits) ? undefined : `0x${digits.toLowerCase()}`;
const hexNumber = (digits: string): number | undefined => {
  const value = Number(`0x${digits}`);
  return Number.isNaN(value) ? undefined : value;
};
const number =
  (digits: number): WordReader =>
  (text, at) =>
    hexNumber(text.slice(at + WORD_DIGITS - digits, at + WORD_DIGITS));

/** The readers give what the generated decoder gives, type by type. */
const READERS: Readonly<Record<string, WordReader>> = {
  address: (text, at) =>
    text.startsWith(ADDRESS_PADDING, at) ? hexText(text.slice(at + 24, at + WORD_DIGITS)) : undefined,
  bool: (text, at) => {
    const value = hexNumber(text.slice(at + 62, at + WORD_DIGITS));
    return value === undefined ? undefined : value !== 0;
  },
  bytes32: (text, at) => hexText(text.slice(at, at + WORD_DIGITS)),
  uint8: number(2),
  uint16: number(4),
  uint32: number(8),
  uint64: (text, at) => BigInt(`0x${text.slice(at + 48, at + WORD_DIGITS)}`),
  uint256: (text, at) => {
    // Most values are small, and a BigInt of few digits is made several times faster.
    if (text.startsWith(ABOVE_48_BITS, at)) return BigInt(Number(`0x${text.slice(at + 52, at + WORD_DIGITS)}`));
    const from = text.startsWith(ABOVE_64_BITS, at) ? at + 48 : at;
    return BigInt(`0x${text.slice(from, at + WORD_DIGITS)}`);
  },
};

/**
 * A decoder that gives what the event's own does, several times faster: events of single words are read from the text,
 * without a buffer and its views for each word. What it does not know or does not expect goes to the event's own
 * decoder, which also has the words for what is wrong.
 */
export function fastDecoder<T>(event: EventDecoder<T>): (log: EventLog) => T {
  const { params } = event as EventDecoder<T> & { params?: Record<string, { indexed?: boolean }> };
  const types = event.signature.slice(event.signature.indexOf('(') + 1, -1).split(',');
  const names = Object.keys(params ?? {});
  const readers = types.map((type) => READERS[type]);
  if (names.length === 0 || names.length !== types.length || readers.includes(undefined)) {
    return (log) => event.decode(log);
  }
  let topicCount = 1;
  let words = 0;
  const plan = names.map((name, index) => {
    const isIndexed = params?.[name]?.indexed === true;
    const place = isIndexed ? topicCount++ : 2 + WORD_DIGITS * words++;
    return { name, isIndexed, place, read: readers[index] as WordReader };
  });
  const dataLength = 2 + WORD_DIGITS * words;

  return (log) => {
    const { topics, data } = log;
    if (topics.length !== topicCount || topics[0] !== event.topic || data.length < dataLength) return event.decode(log);
    const decoded: Record<string, unknown> = {};
    for (const { name, isIndexed, place, read } of plan) {
      const value = isIndexed ? read(topics[place] as string, 2) : read(data, place);
      if (value === undefined) return event.decode(log);
      decoded[name] = value;
    }
    return decoded as T;
  };
}
