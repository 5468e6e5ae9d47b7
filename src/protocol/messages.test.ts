import fc from 'fast-check';
import { CLOSE, decodeFrame, encodeFrame, FrameError, NODE_FRAMES, ORACLE_FRAMES } from './messages';
import { decodeOpeningPart, encodeOpening, OpeningAssembler, PART_BYTES } from './opening-parts';

const hex = (bytes: number) => `0x${'ab'.repeat(bytes)}`;
const hello = {
  nodeId: 7,
  devices: 1,
  adapters: [{ name: 'cpu', software: true }],
  software: 'x/1',
  signature: hex(65),
};
const commit = { round: 3, device: 0, commitment: hex(32), signature: hex(65) };
const busy = { round: 3, device: 0, jobId: (2n ** 256n - 1n).toString(), shard: 65_535, signature: hex(65) };
const text = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const kindOf = (bytes: Buffer) => {
  try {
    decodeFrame(bytes, NODE_FRAMES);
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(FrameError);
    expect(CLOSE[(error as FrameError).kind]).toBeGreaterThanOrEqual(4400);
    return (error as FrameError).kind;
  }
};

describe('frames', () => {
  it('decodes a frame to what was encoded', () => {
    expect(decodeFrame(text(encodeFrame('HELLO', hello)), NODE_FRAMES)).toEqual({ v: 2, type: 'HELLO', ...hello });
    expect(decodeFrame(text(encodeFrame('COMMIT', commit)), NODE_FRAMES)).toMatchObject(commit);
    expect(decodeFrame(text(encodeFrame('BUSY', busy)), NODE_FRAMES)).toMatchObject(busy);
  });

  it.each([
    ['malformed', 'no JSON at all'],
    ['malformed', '{"v":2,"type":"COMMIT"'],
    ['malformed', '{"type":"COMMIT","v":2}'],
    ['malformed', encodeFrame('COMMIT', { ...commit, commitment: hex(31) })],
    ['malformed', encodeFrame('COMMIT', { ...commit, round: -1 })],
    ['malformed', encodeFrame('COMMIT', { ...commit, extra: 1 } as typeof commit)],
    ['malformed', encodeFrame('BUSY', { ...busy, jobId: (2n ** 256n).toString() })],
    ['malformed', encodeFrame('BUSY', { ...busy, jobId: '-1' })],
    ['malformed', '{"v":2,"type":"NOSUCH"}'],
    ['malformed', '{"v":2,"type":"__PROTO__"}'],
    ['version', '{"v":1,"type":"HELLO"}'],
    ['version', '{"v":3,"type":"HELLO"}'],
    ['out_of_order', encodeFrame('READY', { nodeId: 1 })],
    ['oversized', `{"v":2,"type":"COMMIT",${' '.repeat(600)}}`],
    ['oversized', `{"v":2,"type":"HELLO",${' '.repeat(5000)}}`],
    ['oversized', 'x'.repeat(20_000)],
  ])('refuses a frame as %s: %.40s', (kind, frame) => {
    expect(kindOf(text(frame))).toBe(kind);
  });

  it('refuses with a FrameError whatever arrives', () => {
    const json = fc.jsonValue().map((value) => JSON.stringify(value));
    const nearly = fc
      .record({
        v: fc.constantFrom(1, 2),
        type: fc.constantFrom('HELLO', 'COMMIT', 'BUSY'),
        round: fc.jsonValue(),
        device: fc.jsonValue(),
      })
      .map((value) => JSON.stringify(value));
    fc.assert(fc.property(fc.oneof(json, nearly, fc.string()), (frame) => kindOf(text(frame)) !== 'accepted'));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => kindOf(Buffer.from(bytes)) !== 'accepted'));
  });

  it('has room for the longest receipt and verdict', () => {
    const numbers = Object.fromEntries(Array.from({ length: 20 }, (_, k) => [`figure${k}`, Number.MAX_SAFE_INTEGER]));
    const max = { round: Number.MAX_SAFE_INTEGER, device: 15, taskSeed: hex(32), elapsedMs: 0xffff_ffff };
    const frames = [
      encodeFrame('RECEIPT', { ...max, answer: hex(32), signature: hex(65) }),
      encodeFrame('VERDICT', {
        ...max,
        ...{ commitment: hex(32), revealDigest: hex(32), code: 'x'.repeat(32), reason: '’'.repeat(400), numbers },
        ...{ perfBps: 0xffff, sample: { t: 0xffff_ffff, j: 0xffff_ffff, i: 0xffff_ffff }, signature: hex(65) },
      }),
    ];
    for (const frame of frames)
      expect(decodeFrame(text(frame), ['RECEIPT', 'VERDICT']).round).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('refuses frames of an oracle from a node and the other way round', () => {
    expect(() => decodeFrame(text(encodeFrame('HELLO', hello)), ORACLE_FRAMES)).toThrow(FrameError);
  });
});

describe('openings in parts', () => {
  it('puts an opening of any length together again from its parts', () => {
    const lengths = fc.oneof(
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: PART_BYTES - 2, max: 2 * PART_BYTES + 2 }),
    );
    fc.assert(
      fc.property(lengths, (length) => {
        const opening = Uint8Array.from({ length }, (_, i) => (i * 31) & 0xff);
        const parts = encodeOpening(12, 3, opening).map(decodeOpeningPart);
        const assembler = new OpeningAssembler(length);
        const results = parts.map((part) => assembler.add(part));
        expect(results.slice(0, -1).every((result) => result === null)).toBe(true);
        expect(Buffer.compare(Buffer.from(results.at(-1)!), Buffer.from(opening))).toBe(0);
        expect(parts[0]).toMatchObject({ round: 12, device: 3, total: length, offset: 0 });
      }),
      { numRuns: 30 },
    );
  });

  it('starts again from the first part', () => {
    const opening = new Uint8Array(2 * PART_BYTES).fill(5);
    const [first, second] = encodeOpening(1, 0, opening).map(decodeOpeningPart);
    const assembler = new OpeningAssembler(opening.length);
    expect(assembler.add(first!)).toBeNull();
    expect(assembler.add(first!)).toBeNull();
    expect(assembler.add(second!)).toEqual(opening);
  });

  it('refuses parts that are too long, out of order or of another opening', () => {
    const opening = new Uint8Array(3 * PART_BYTES);
    const [first, second, third] = encodeOpening(1, 0, opening).map(decodeOpeningPart);
    expect(() => new OpeningAssembler(opening.length - 1).add(first!)).toThrow('limit');
    expect(() => new OpeningAssembler(opening.length).add(second!)).toThrow('was due');
    const assembler = new OpeningAssembler(opening.length);
    assembler.add(first!);
    expect(() => assembler.add(third!)).toThrow('was due');
    expect(() => assembler.add({ ...second!, total: second!.total - 1 })).toThrow('was due');
  });

  it('never throws anything but a FrameError at random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const frame = Uint8Array.of(0x4f, 0x01, ...bytes);
        try {
          new OpeningAssembler(1000).add(decodeOpeningPart(frame));
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });
});
