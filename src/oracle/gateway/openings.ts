import { FrameError } from '../../protocol/messages';
import { OpeningAssembler, type OpeningPart } from '../../protocol/opening-parts';
import type { ExpectedOpening } from './thread-messages';

/** So many rounds are remembered when they are over: what comes late for them is dropped in silence. */
const REMEMBERED_ROUNDS = 8;
/** Stands in place of an opening's largest size once it has come. */
const COMPLETE = -1;

interface Half {
  nodeId: number;
  assembler: OpeningAssembler;
}

/**
 * Puts together the openings that may come, and only those. Memory grows with the bytes that have come, never with what
 * a header announces.
 */
export class Openings {
  private readonly expected = new Map<number, Map<string, number>>();
  private readonly over = new Set<number>();
  /** Half-received openings, the one that began first in front. */
  private readonly halves = new Map<string, Half>();
  private bytes = 0;

  /** @param firstRound openings of earlier rounds are dropped in silence */
  constructor(private readonly firstRound: number) {}

  /** Bytes of half-received openings. */
  get heldBytes(): number {
    return this.bytes;
  }

  expect(round: number, openings: readonly ExpectedOpening[]): void {
    const awaited = this.expected.get(round) ?? new Map<string, number>();
    for (const { nodeId, device, maxBytes } of openings) awaited.set(`${nodeId}/${device}`, maxBytes);
    this.expected.set(round, awaited);
  }

  expectNoMore(round: number): void {
    for (const name of this.expected.get(round)?.keys() ?? []) this.drop(`${round}/${name}`);
    this.expected.delete(round);
    this.over.add(round);
    for (const oldest of this.over) {
      if (this.over.size <= REMEMBERED_ROUNDS) break;
      this.over.delete(oldest);
    }
  }

  /**
   * Takes a part.
   * @returns the whole opening with its last part, else null; it is in a buffer of its own
   * @throws FrameError for what nobody waits for, is too large or out of order
   */
  add(nodeId: number, part: OpeningPart): Uint8Array | null {
    const awaited = this.expected.get(part.round);
    if (!awaited) {
      if (part.round < this.firstRound || this.over.has(part.round)) return null;
      throw new FrameError('out_of_order', `OPEN for round ${part.round}, which is not open`, 'OPEN');
    }
    const name = `${nodeId}/${part.device}`;
    const maxBytes = awaited.get(name);
    if (maxBytes === undefined) {
      throw new FrameError('out_of_order', 'OPEN for a commitment that is not anchored', 'OPEN');
    }
    // Whole already: a part that comes again changes nothing.
    if (maxBytes === COMPLETE) return null;
    const key = `${part.round}/${name}`;
    const half = this.halves.get(key) ?? { nodeId, assembler: new OpeningAssembler(maxBytes) };
    const before = half.assembler.heldBytes;
    const opening = half.assembler.add(part);
    this.halves.set(key, half);
    this.bytes += half.assembler.heldBytes - before;
    if (!opening) return null;
    this.drop(key);
    awaited.set(name, COMPLETE);
    return opening;
  }

  /** The node of the half-received opening that began first, but for one node; undefined when there is none. */
  slowestBut(nodeId: number): number | undefined {
    for (const half of this.halves.values()) if (half.nodeId !== nodeId) return half.nodeId;
    return undefined;
  }

  /** Forgets what a node has sent of openings that are not whole: its session is over. */
  forget(nodeId: number): void {
    for (const [key, half] of this.halves) if (half.nodeId === nodeId) this.drop(key);
  }

  private drop(key: string): void {
    this.bytes -= this.halves.get(key)?.assembler.heldBytes ?? 0;
    this.halves.delete(key);
  }
}
