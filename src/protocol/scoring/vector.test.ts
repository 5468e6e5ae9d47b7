import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../runtime/project';
import { VECTOR_LENGTH, VECTOR_PLACES } from './vector';

const source = (...path: string[]) => readFileSync(join(PROJECT_ROOT, ...path), 'utf8');

describe('the public vector', () => {
  it('lays the public vector out as the contract does, behind one word for the tag', () => {
    const constants = new Map(
      [
        ...source('contracts', 'src', 'lib', 'ScoreVector.sol').matchAll(/uint256 internal constant (\w+) = (\d+);/g),
      ].map(([, name, value]) => [name as string, Number(value)]),
    );
    for (const [part, place] of Object.entries(VECTOR_PLACES)) {
      const name = part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
      expect([name, constants.get(name)]).toEqual([name, place + 1]);
    }
    expect(constants.get('LENGTH')).toBe(VECTOR_LENGTH);
    expect(constants.get('COMMITMENT')).toBe(VECTOR_LENGTH + 1);
  });

  it('lays the public vector out as the circuit does', () => {
    const circuit = source('circuits', 'score_batch.circom');
    expect(circuit).toContain(`signal v[${VECTOR_LENGTH}];`);
    const signalOf: Record<string, string> = { presence: 'present', states: 'newStates' };
    const first = new Map<string, number>();
    for (const [, place, signal] of circuit.matchAll(/\bv\[(\d+)[^\]]*\] <== (\w+)/g)) {
      first.set(signal as string, Math.min(Number(place), first.get(signal as string) ?? VECTOR_LENGTH));
    }
    const places = Object.entries(VECTOR_PLACES).map(([part, place]) => [signalOf[part] ?? part, place]);
    expect([...first].sort()).toEqual(places.sort());
  });
});
