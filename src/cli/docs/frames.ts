import { z } from 'zod';
import {
  CLOSE,
  type CloseKind,
  FRAMES,
  type FrameType,
  MAX_MESSAGE_BYTES,
  NODE_FRAMES,
  PROTOCOL_VERSION,
} from '../../protocol/messages';
import { referencePage, table } from './page';

/** What a frame is for; the compiler asks for one more when a frame is added. */
const PURPOSE: Record<FrameType, string> = {
  WELCOME: 'On connect: the nonce that HELLO must sign, and for which chain, registry and reporter.',
  HELLO: 'Who the node is and what it runs on. `software: true` marks an adapter without a GPU.',
  READY: 'The node is authenticated; the session stands.',
  CHALLENGE: 'The task of one device. The clock starts when it is sent.',
  COMMIT: 'The commitment to the result. The clock stops when it is received.',
  BUSY: 'Instead of COMMIT: the node works on a shard of the market.',
  RECEIPT:
    'At once on COMMIT and BUSY, signed by the reporter: that the answer (the commitment, or the hash of the claim) came.',
  COINS:
    'After the anchor is final: what the coins are made of, that the commitment is under the root, and the time left to open.',
  VERDICT: 'The end of a challenge, signed by the reporter.',
  ERROR: 'Why the oracle is about to end the socket.',
};

/** When a socket ends with a code. */
const REASON: Record<CloseKind, string> = {
  malformed: 'a frame that is not JSON of the schema',
  unauthenticated: 'anything but HELLO before the session stands, or a HELLO that is not accepted',
  signature: 'a signature that is not the worker key’s',
  handshake_timeout: 'no HELLO in time',
  replaced: 'a newer session of the same node',
  oversized: 'a frame above its size limit',
  out_of_order: 'a frame that must not come now',
  version: 'another protocol version',
  rate: 'too many frames, or a peer that does not read or never ends its message',
  unexpected: 'the oracle’s own failure',
};

/** Codes of the WebSocket standard that a peer may see as well, with the kind under which they are written down. */
const STANDARD_CODES: readonly [code: number, kind: CloseKind | null, when: string][] = [
  [1002, 'malformed', 'bytes that are no WebSocket frame, or one of a kind that must not come'],
  [1007, 'malformed', 'a text message that is not UTF-8'],
  [1008, 'malformed', 'a message in too many pieces'],
  [1009, 'oversized', `a message above ${MAX_MESSAGE_BYTES / 1024} KiB`],
  [1012, null, 'the oracle stops or restarts: dial again'],
  [1013, null, 'too many sockets, openings or broken sessions, or the chain cannot be asked: dial again after a while'],
];

interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  pattern?: string;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
}

/** A field's type in a few words, for instance `32 bytes` or `0..65535`. */
function typeOf(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(' or ');
  const bytes = /^\^0x\[0-9a-f\]\{(\d+)\}\$$/.exec(schema.pattern ?? '');
  if (bytes) return `${Number(bytes[1]) / 2} bytes`;
  if (schema.pattern) return 'decimal digits';
  if (schema.type === 'string') return `text, ${schema.maxLength} characters`;
  if (schema.type === 'integer') return `integer to ${maximum(schema.maximum)}`;
  if (schema.type === 'array') return `list of ${schema.maxItems}: ${typeOf(schema.items ?? {})}`;
  if (schema.properties) return `{ ${fieldsOf(schema.properties)} }`;
  if (schema.type === 'object') return 'named numbers';
  return schema.type ?? 'any';
}

function maximum(value = Number.MAX_SAFE_INTEGER): string {
  if (value === Number.MAX_SAFE_INTEGER) return '2^53 − 1';
  const bits = Math.log2(value + 1);
  return bits >= 16 && Number.isInteger(bits) ? `2^${bits} − 1` : String(value);
}

function fieldsOf(properties: Record<string, JsonSchema>): string {
  return Object.entries(properties)
    .filter(([name]) => name !== 'v' && name !== 'type')
    .map(([name, schema]) => `${name}: ${typeOf(schema)}`)
    .join('; ');
}

/** Text of docs/reference/frames.md: frames of both sides and the close codes. */
export function framesPage(): string {
  const rows = Object.entries(FRAMES) as [FrameType, { maxBytes: number; schema: z.ZodType }][];
  const sentByNode = (type: FrameType) => (NODE_FRAMES as readonly FrameType[]).includes(type);
  return referencePage(
    'Frames and close codes',
    '`src/protocol/messages.ts`',
    'Node and oracle speak over one WebSocket that the node dials. ' +
      '[Section 2 of the protocol](../protocol/2-rounds.md) says in which order.',
    '## Text frames',
    `A text frame is JSON that starts with \`{"v":${PROTOCOL_VERSION},"type":"…"\`. Bytes are hex with \`0x\`, in lower case. ` +
      'Any other field is refused. The signed structures are in `src/protocol/eip712.ts`: domain `DPIN`, version `1`, the ' +
      'chain’s id, the NodeRegistry’s address.',
    table(
      ['frame', 'sent by', 'at most', 'what it is for'],
      rows.map(([type, { maxBytes }]) => [
        `\`${type}\``,
        sentByNode(type) ? 'node' : 'oracle',
        `${maxBytes} bytes`,
        PURPOSE[type],
      ]),
    ),
    'Their fields, beside `v` and `type`:',
    table(
      ['frame', 'fields'],
      rows.map(([type, { schema }]) => [
        `\`${type}\``,
        fieldsOf((z.toJSONSchema(schema, { io: 'input' }) as JsonSchema).properties ?? {}),
      ]),
    ),
    '## Binary frames',
    `OPEN, the node’s answer to COINS, travels in binary messages of at most ${MAX_MESSAGE_BYTES / 1024} KiB, in order: ` +
      '`0x4f ‖ 0x01 ‖ round u64 ‖ device u8 ‖ total u32 ‖ offset u32 ‖ bytes`.',
    '## Close codes',
    'A frame that breaks a rule ends its socket with a code and costs the other nodes nothing. It is an incident: a line ' +
      'in the log and a row in the table `incidents` of the reporter’s schema. Of a flood 200 are written down at once, ' +
      'then 5 a second; the rest is only counted. 4409, 4500, 1012 and 1013 blame nobody and are no incidents. A socket may ' +
      'also end without a code: one that does not answer pings, or has not begun a WebSocket within 5 s.',
    table(
      ['code', 'kind', 'when'],
      [
        ...(Object.entries(CLOSE) as [CloseKind, number][]).map(([kind, code]) => [
          String(code),
          `\`${kind}\``,
          REASON[kind],
        ]),
        ...STANDARD_CODES.map(([code, kind, when]) => [String(code), kind === null ? '–' : `\`${kind}\``, when]),
      ],
    ),
  );
}
