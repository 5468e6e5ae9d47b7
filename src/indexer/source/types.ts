/** A block of the chain. */
export interface BlockRef {
  height: number;
  hash: string;
}

/** The final head and the unfinalized blocks above it, as the database holds them. */
export interface HotState extends BlockRef {
  top: BlockRef[];
}

/** Blocks replacing what lies above `baseHead`. */
export interface HotUpdate<B = Block> {
  blocks: B[];
  baseHead: BlockRef;
  finalizedHead: BlockRef;
}

/** Header of a block in the processor's shape, whose times are milliseconds where chain/blocks has seconds. */
export interface ProcessorHeader {
  height: number;
  hash: string;
  parentHash: string;
  /** Milliseconds since 1970. */
  timestamp: number;
}

/** A log as the indexer uses it; hex strings lower-case with 0x. */
export interface Log {
  logIndex: number;
  transactionHash: string;
  address: string;
  topics: string[];
  data: string;
}

/** A block with the logs asked for, in the order of their index. */
export interface Block {
  header: ProcessorHeader;
  logs: Log[];
}

/** Logs to fetch: any of the topics at this address, from a block on. */
export interface LogFilter {
  address: string;
  topics: string[];
  /** First block that can have logs of this address. */
  fromBlock: number;
}

/** Where an event happened. */
export interface EventPlace {
  /** Id of rows that stand for this event. */
  id: string;
  /** Height of the block. */
  block: number;
  timestamp: Date;
  txHash: string;
}
