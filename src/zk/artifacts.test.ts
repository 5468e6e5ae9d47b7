import { FatalError } from '../runtime/errors';
import { CIRCUIT_NAMES, checkHash, circuitPaths, readTranscript, sha256 } from './artifacts';

it('stops at a file that is not the transcript’s, with its name and both hashes', () => {
  const content = Buffer.from('a key');
  expect(() => checkHash('tree.zkey', content, sha256(content))).not.toThrow();
  expect(() => checkHash('tree.zkey', content, '0'.repeat(64))).toThrow(FatalError);
  expect(() => checkHash('tree.zkey', content, '0'.repeat(64))).toThrow(/tree\.zkey/);
});

it('names expanded files by the hash of the transcript', () => {
  const { circuits } = readTranscript();
  for (const name of CIRCUIT_NAMES) {
    const { wasm, zkey } = circuitPaths(name);
    expect(wasm).toContain(circuits[name].wasm.slice(0, 16));
    expect(zkey).toContain(circuits[name].zkey.slice(0, 16));
  }
});
