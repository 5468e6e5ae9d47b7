import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { encodeRlp, keccak256, toBeHex } from 'ethers';

/** A block's header in anvil's snapshot: hex strings. */
type Header = Record<(typeof HEADER_FIELDS)[number], string>;
interface Snapshot {
  block: { number: string; timestamp: string };
  best_block_number: number;
  blocks: { header: Header; transactions: unknown[]; ommers: unknown[]; withdrawals: null }[];
}

/** In the order in which a block's hash takes them (Prague). */
const HEADER_FIELDS = [
  'parentHash',
  'sha3Uncles',
  'miner',
  'stateRoot',
  'transactionsRoot',
  'receiptsRoot',
  'logsBloom',
  'difficulty',
  'number',
  'gasLimit',
  'gasUsed',
  'timestamp',
  'extraData',
  'mixHash',
  'nonce',
  'baseFeePerGas',
  'withdrawalsRoot',
  'blobGasUsed',
  'excessBlobGas',
  'parentBeaconBlockRoot',
  'requestsHash',
] as const;
/** Numbers of a header, which RLP holds without leading zeros. */
const QUANTITIES = new Set(
  'difficulty number gasLimit gasUsed timestamp baseFeePerGas blobGasUsed excessBlobGas'.split(' '),
);
const CHUNK_BLOCKS = 1_000;

/**
 * Puts empty blocks on top of a chain that anvil wrote, each with its parent's hash. Anvil itself takes hours for a
 * hundred thousand: a block costs it more the longer the chain is.
 * @param file the snapshot, whose newest block is an empty one
 */
export function appendEmptyBlocks(file: string, count: number): void {
  const snapshot = JSON.parse(readFileSync(file, 'utf8')) as Snapshot;
  const blocks = snapshot.blocks.toSorted((a, b) => Number(a.header.number) - Number(b.header.number));
  const [before, top] = blocks.slice(-2) as [Snapshot['blocks'][number], Snapshot['blocks'][number]];
  if (hashOf(before.header) !== top.header.parentHash) throw new Error('anvil hashes blocks in another way');
  if (top.transactions.length > 0) throw new Error('the newest block is not empty');

  let header = top.header;
  const head = Number(header.number) + count;
  snapshot.block.number = toBeHex(head);
  snapshot.block.timestamp = toBeHex(Number(header.timestamp) + count);
  snapshot.best_block_number = head;
  // As text in pieces: the whole of it may be longer than a string can be.
  const [start, end] = JSON.stringify({ ...snapshot, blocks: '@' }).split('"@"') as [string, string];
  const output = openSync(file, 'w');
  try {
    writeSync(output, `${start}[${blocks.map((block) => JSON.stringify(block)).join(',')}`);
    for (let written = 0; written < count; written += CHUNK_BLOCKS) {
      let text = '';
      for (let index = written; index < Math.min(count, written + CHUNK_BLOCKS); index++) {
        header = {
          ...header,
          parentHash: hashOf(header),
          number: toBeHex(Number(header.number) + 1),
          timestamp: toBeHex(Number(header.timestamp) + 1),
        };
        text += `,${JSON.stringify({ ...top, header })}`;
      }
      writeSync(output, text);
    }
    writeSync(output, `]${end}`);
  } finally {
    closeSync(output);
  }
}

function hashOf(header: Header): string {
  return keccak256(
    encodeRlp(
      HEADER_FIELDS.map((name) => {
        const value = header[name];
        if (!QUANTITIES.has(name)) return value;
        return BigInt(value) === 0n ? '0x' : toBeHex(BigInt(value));
      }),
    ),
  );
}
