import { FrameError } from '../../protocol/messages';
import { decodeOpeningPart, encodeOpening, type OpeningPart, PART_BYTES } from '../../protocol/opening-parts';
import { Openings } from './openings';

const parts = (round: number, device: number, length: number, byte = 7): OpeningPart[] =>
  encodeOpening(round, device, new Uint8Array(length).fill(byte)).map(decodeOpeningPart);

describe('the openings that may come', () => {
  let openings: Openings;
  const add = (nodeId: number, list: OpeningPart[]) => list.map((part) => openings.add(nodeId, part)).at(-1);
  beforeEach(() => {
    openings = new Openings(10);
    openings.expect(12, [{ nodeId: 1, device: 0, maxBytes: 3 * PART_BYTES }]);
  });

  it('are put together, each once', () => {
    expect(add(1, parts(12, 0, 2 * PART_BYTES + 1))).toEqual(new Uint8Array(2 * PART_BYTES + 1).fill(7));
    expect(add(1, parts(12, 0, 10, 8))).toBeNull();
    expect(openings.heldBytes).toBe(0);
  });

  it('lie in a buffer of their own, which can be handed on', () => {
    const opening = add(1, parts(12, 0, 10));
    expect(opening?.buffer.byteLength).toBe(10);
  });

  it('hold no more memory than what has come of them', () => {
    const [first] = parts(12, 0, 3 * PART_BYTES);
    add(1, [first!]);
    expect(openings.heldBytes).toBe(PART_BYTES);
  });

  it.each([
    ['of a round that is not open', 13, 1, 0, 10, 'not open'],
    ['of a node that did not commit', 12, 2, 0, 10, 'not anchored'],
    ['of a device that did not commit', 12, 1, 1, 10, 'not anchored'],
    ['larger than the challenge allows', 12, 1, 0, 3 * PART_BYTES + 1, 'limit'],
  ])('are none %s', (_, round, nodeId, device, length, words) => {
    const adding = () => add(nodeId, parts(round, device, length).slice(0, 1));
    expect(adding).toThrow(FrameError);
    expect(adding).toThrow(words);
    expect(openings.heldBytes).toBe(0);
  });

  it('are dropped in silence when their round is over, or was before this oracle', () => {
    add(1, parts(12, 0, 2 * PART_BYTES).slice(0, 1));
    openings.expectNoMore(12);
    expect(openings.heldBytes).toBe(0);
    expect(add(1, parts(12, 0, 10))).toBeNull();
    expect(add(1, parts(9, 0, 10))).toBeNull();
    for (let round = 13; round < 21; round++) openings.expectNoMore(round);
    expect(() => add(1, parts(12, 0, 10))).toThrow('not open');
  });

  it('begin anew after the session that sent half of them', () => {
    const [first, second] = parts(12, 0, 2 * PART_BYTES);
    add(1, [first!]);
    openings.forget(1);
    expect(openings.heldBytes).toBe(0);
    expect(() => add(1, [second!])).toThrow('was due');
    expect(add(1, [first!, second!])).toHaveLength(2 * PART_BYTES);
  });

  it('name the node that began first, other than one', () => {
    openings.expect(12, [{ nodeId: 2, device: 0, maxBytes: 2 * PART_BYTES }]);
    for (const nodeId of [2, 1]) add(nodeId, parts(12, 0, 2 * PART_BYTES).slice(0, 1));
    expect(openings.slowestBut(1)).toBe(2);
    expect(openings.slowestBut(2)).toBe(1);
    openings.forget(2);
    expect(openings.slowestBut(1)).toBeUndefined();
  });
});
