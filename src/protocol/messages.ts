import { z } from 'zod';
import { textOf } from './bytes';
import { TASK_NAMES } from './tasks';
import { TASK_SIZES } from './tasks/task';

/** Version of the frames below; a peer that speaks another one is told so and let go. */
export const PROTOCOL_VERSION = 2;
/** Longest WebSocket message either side accepts: one part of an opening with its header. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

/** Longest reason in words, in characters. */
export const MAX_WORDS = 400;

/** WebSocket close codes (private range) with the kind under which the refusal is written down. */
export const CLOSE = {
  malformed: 4400,
  unauthenticated: 4401,
  signature: 4403,
  handshake_timeout: 4408,
  replaced: 4409,
  oversized: 4413,
  out_of_order: 4422,
  version: 4426,
  rate: 4429,
  unexpected: 4500,
} as const;
export type CloseKind = keyof typeof CLOSE;

/** A frame that breaks the rules of the protocol; the socket it came from ends with `CLOSE[kind]`. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  constructor(
    readonly kind: CloseKind,
    message: string,
    readonly frameType: string | null = null,
  ) {
    super(message);
  }
}

const version = z.literal(PROTOCOL_VERSION);
const hex = (bytes: number) => z.string().regex(new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`));
const b32 = hex(32);
const signature = hex(65);
const integer = (max: number) => z.number().int().min(0).max(max);
const u16 = integer(0xffff);
const u32 = integer(0xffff_ffff);
const round = integer(Number.MAX_SAFE_INTEGER);
const device = integer(15);
const address = hex(20);
const numbers = z.record(z.string().max(40), z.number());
const words = z.string().max(MAX_WORDS);
const uint256 = z
  .string()
  .regex(/^\d{1,78}$/)
  .refine((digits) => BigInt(digits) < 1n << 256n, 'more than 256 bits');

/** Entry i of column j in the transition t → t+1: what a sample checks. */
const SAMPLE = z.strictObject({ t: u32, j: u32, i: u32 });
export type Sample = z.output<typeof SAMPLE>;

/** Every text frame: its size limit and its schema; docs/reference/frames.md is written from it. */
export const FRAMES = {
  /** Oracle, on connect: the nonce that HELLO must sign and what the signature is for. */
  WELCOME: {
    maxBytes: 1024,
    schema: z.strictObject({
      v: version,
      type: z.literal('WELCOME'),
      nonce: b32,
      chainId: integer(Number.MAX_SAFE_INTEGER),
      registry: address,
      reporter: address,
      software: z.string().max(64),
    }),
  },
  /** Node: who it is and what it runs on. `software: true` marks an adapter without a GPU. */
  HELLO: {
    maxBytes: 4096,
    schema: z.strictObject({
      v: version,
      type: z.literal('HELLO'),
      nodeId: u32,
      devices: z.number().int().min(1).max(16),
      adapters: z.array(z.strictObject({ name: z.string().max(128), software: z.boolean() })).max(16),
      software: z.string().max(64),
      signature,
    }),
  },
  /** Oracle: the node is authenticated. */
  READY: { maxBytes: 256, schema: z.strictObject({ v: version, type: z.literal('READY'), nodeId: u32 }) },
  /** Oracle: one device's task; the clock starts when it is sent. */
  CHALLENGE: {
    maxBytes: 2048,
    schema: z.strictObject({
      v: version,
      type: z.literal('CHALLENGE'),
      round,
      openBlock: z.strictObject({ number: round, hash: b32 }),
      nonce: b32,
      device,
      task: z.enum(TASK_NAMES),
      params: TASK_SIZES,
      taskSeed: b32,
      deadlineMs: u32,
      signature,
    }),
  },
  /** Node: the result's commitment; the clock stops on receipt. */
  COMMIT: {
    maxBytes: 512,
    schema: z.strictObject({ v: version, type: z.literal('COMMIT'), round, device, commitment: b32, signature }),
  },
  /** Node, instead of COMMIT: it works on a shard of the market, claimed before the epoch. */
  BUSY: {
    maxBytes: 512,
    schema: z.strictObject({
      v: version,
      type: z.literal('BUSY'),
      round,
      device,
      jobId: uint256,
      shard: u16,
      signature,
    }),
  },
  /** Oracle, at once on COMMIT and BUSY: that it has the node's answer, and since when. */
  RECEIPT: {
    maxBytes: 512,
    schema: z.strictObject({
      v: version,
      type: z.literal('RECEIPT'),
      round,
      device,
      taskSeed: b32,
      answer: b32,
      elapsedMs: u32,
      signature,
    }),
  },
  /**
   * Oracle, after the anchor is final: what the coins are made of, that the commitment is under the root, and how long
   * the node may take to open.
   */
  COINS: {
    maxBytes: 8192,
    schema: z.strictObject({
      v: version,
      type: z.literal('COINS'),
      round,
      device,
      anchor: z.strictObject({ blockNumber: round, blockHash: b32 }),
      coinSecret: b32,
      root: b32,
      count: u32,
      index: u32,
      elapsedMs: u32,
      openMs: u32,
      path: z.array(b32).max(40),
    }),
  },
  /** Oracle: the end of a challenge. */
  VERDICT: {
    maxBytes: 4096,
    schema: z.strictObject({
      v: version,
      type: z.literal('VERDICT'),
      round,
      device,
      taskSeed: b32,
      commitment: b32.nullable(),
      revealDigest: b32.nullable(),
      code: z.string().max(32),
      reason: words,
      numbers,
      elapsedMs: u32,
      perfBps: u16,
      sample: SAMPLE.nullable(),
      signature,
    }),
  },
  /** Oracle, before it ends a socket: why. */
  ERROR: {
    maxBytes: 1024,
    schema: z.strictObject({ v: version, type: z.literal('ERROR'), code: u16, reason: words }),
  },
} as const;

export type FrameType = keyof typeof FRAMES;
export type Frame<T extends FrameType = FrameType> = T extends FrameType
  ? z.output<(typeof FRAMES)[T]['schema']>
  : never;

/** JSON frames a node may send. */
export const NODE_FRAMES = ['HELLO', 'COMMIT', 'BUSY'] as const;
/** Frames an oracle may send. */
export const ORACLE_FRAMES = ['WELCOME', 'READY', 'CHALLENGE', 'RECEIPT', 'COINS', 'VERDICT', 'ERROR'] as const;

const LONGEST_FRAME = Math.max(...Object.values(FRAMES).map((frame) => frame.maxBytes));
const TYPE_PREFIX = /^\{"v":(\d{1,4}),"type":"([A-Z]{1,12})"/;

/** Text of a frame. `v` and `type` come first: the receiver finds the type's size limit without parsing. */
export function encodeFrame<T extends FrameType>(type: T, body: Omit<Frame<T>, 'v' | 'type'>): string {
  return JSON.stringify({ v: PROTOCOL_VERSION, type, ...body });
}

/**
 * Checks size, version and type before parsing, then the schema.
 * @param text the frame as received
 * @param allowed types the peer may send
 * @throws FrameError oversized | malformed | version | out_of_order
 */
export function decodeFrame<T extends FrameType>(text: Uint8Array, allowed: readonly T[]): Frame<T> {
  if (text.length > LONGEST_FRAME) throw new FrameError('oversized', `a frame of ${text.length} bytes`);
  const head = TYPE_PREFIX.exec(String.fromCharCode(...text.subarray(0, 40)));
  if (!head) throw new FrameError('malformed', 'a frame starts with {"v":…,"type":"…"');
  const type = head[2] as FrameType;
  if (Number(head[1]) !== PROTOCOL_VERSION) {
    throw new FrameError('version', `frames of version ${PROTOCOL_VERSION} are spoken here, not ${head[1]}`, type);
  }
  if (!Object.hasOwn(FRAMES, type)) throw new FrameError('malformed', `no such frame type: ${type}`);
  if (!(allowed as readonly string[]).includes(type))
    throw new FrameError('out_of_order', `${type} is not for this side`, type);
  const { maxBytes, schema } = FRAMES[type];
  if (text.length > maxBytes)
    throw new FrameError('oversized', `${type} of ${text.length} bytes, limit ${maxBytes}`, type);
  let json: unknown;
  try {
    json = JSON.parse(textOf(text));
  } catch {
    throw new FrameError('malformed', `${type} is not JSON`, type);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new FrameError(
      'malformed',
      `${type} ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`.slice(0, MAX_WORDS),
      type,
    );
  }
  return parsed.data as Frame<T>;
}
