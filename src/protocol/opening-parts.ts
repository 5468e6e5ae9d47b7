import { concat, u8, u32, u64 } from './bytes';
import { FrameError, MAX_MESSAGE_BYTES } from './messages';

/**
 * OPEN travels as binary messages so that a large opening never blocks the socket for other frames:
 * 0x4f ‖ 0x01 ‖ round u64 ‖ device u8 ‖ total u32 ‖ offset u32 ‖ bytes, parts in order.
 */
const HEADER_BYTES = 19;
const MAGIC = 0x4f;
const VERSION = 1;
export const PART_BYTES = MAX_MESSAGE_BYTES - HEADER_BYTES;

export interface OpeningPart {
  round: number;
  device: number;
  total: number;
  offset: number;
  data: Uint8Array;
}

/** Splits an opening into the messages that carry it (at least one). */
export function encodeOpening(round: number, device: number, opening: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset === 0 || offset < opening.length; offset += PART_BYTES) {
    const data = opening.subarray(offset, offset + PART_BYTES);
    parts.push(concat(Uint8Array.of(MAGIC, VERSION), u64(round), u8(device), u32(opening.length), u32(offset), data));
  }
  return parts;
}

/**
 * Reads one part; the data is a view into the message.
 * @throws FrameError malformed | version
 */
export function decodeOpeningPart(message: Uint8Array): OpeningPart {
  if (message.length < HEADER_BYTES || message[0] !== MAGIC)
    throw new FrameError('malformed', 'a binary frame that is no OPEN');
  if (message[1] !== VERSION) throw new FrameError('version', `OPEN of version ${message[1]}`, 'OPEN');
  const header = new DataView(message.buffer, message.byteOffset, HEADER_BYTES);
  const round = header.getBigUint64(2);
  if (round > BigInt(Number.MAX_SAFE_INTEGER)) throw new FrameError('malformed', 'OPEN of an impossible round', 'OPEN');
  const part = {
    round: Number(round),
    device: header.getUint8(10),
    total: header.getUint32(11),
    offset: header.getUint32(15),
    data: message.subarray(HEADER_BYTES),
  };
  const last = part.offset + part.data.length === part.total;
  if (part.offset + part.data.length > part.total || (!last && part.data.length !== PART_BYTES)) {
    throw new FrameError('malformed', `OPEN part ${part.offset}+${part.data.length} of ${part.total} bytes`, 'OPEN');
  }
  return part;
}

/** Puts the parts of one opening together, never holding more than what has come of it. */
export class OpeningAssembler {
  private parts: Uint8Array[] = [];
  private total = -1;
  private received = 0;

  /** @param maxBytes longest opening that the challenge's parameters allow */
  constructor(private readonly maxBytes: number) {}

  /** Bytes received of an opening that is not whole yet. */
  get heldBytes(): number {
    return this.received;
  }

  /**
   * @returns the whole opening with its last part, else null
   * @throws FrameError oversized | out_of_order
   */
  add(part: OpeningPart): Uint8Array | null {
    if (part.total > this.maxBytes) {
      throw new FrameError('oversized', `OPEN of ${part.total} bytes, limit ${this.maxBytes}`, 'OPEN');
    }
    if (part.offset === 0) this.startOver(part.total);
    if (this.total !== part.total || part.offset !== this.received) {
      throw new FrameError('out_of_order', `OPEN part at ${part.offset} where ${this.received} was due`, 'OPEN');
    }
    this.parts.push(part.data);
    this.received += part.data.length;
    if (this.received < part.total) return null;
    const opening = concat(...this.parts);
    this.startOver(-1);
    return opening;
  }

  private startOver(total: number): void {
    this.parts = [];
    this.total = total;
    this.received = 0;
  }
}
