import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as snarkjs from 'snarkjs';
import { FIELD_ORDER } from '../../src/protocol/field';
import type { Signals } from '../../src/zk/score-batch-signals';

const root = join(__dirname, '..', '..');
const folder = join('build', 'test-circuits');

/** Compiles a circuit below the project root; gives the paths of its r1cs and witness program. */
function compile(source: string): { r1cs: string; wasm: string } {
  const name = source.replace(/^.*\/|\.circom$/g, '');
  mkdirSync(join(root, folder), { recursive: true });
  const options = ['--r1cs', '--wasm', '--O2', '-l', 'node_modules', '-o', folder];
  execFileSync(process.execPath, [join('node_modules', 'circom2', 'cli.js'), source, ...options], {
    cwd: root,
    stdio: 'ignore',
  });
  return { r1cs: join(root, folder, `${name}.r1cs`), wasm: join(root, folder, `${name}_js`, `${name}.wasm`) };
}

interface Wires {
  type: 'mem';
  data?: Uint8Array;
}

async function witness(wasm: string, signals: Signals): Promise<bigint[]> {
  const file: Wires = { type: 'mem' };
  await snarkjs.wtns.calculate(signals as snarkjs.CircuitSignals, wasm, file);
  return snarkjs.wtns.exportJson(file);
}

type Linear = Record<string, bigint>;

type Constraint = [Linear, Linear, Linear];

/** Whether a witness satisfies a constraint a · b = c. */
function holds([a, b, c]: Constraint, wires: bigint[]): boolean {
  const value = (linear: Linear) =>
    Object.entries(linear).reduce((sum, [wire, factor]) => sum + BigInt(factor) * wires[Number(wire)]!, 0n);
  return (value(a) * value(b) - value(c)) % FIELD_ORDER === 0n;
}

beforeAll(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterAll(() => {
  jest.restoreAllMocks();
});

describe('the circuit of one score', () => {
  const signals: Signals = {
    passed: [1n, 1n, 0n],
    failed: [0n, 0n, 1n],
    perf: [7000n, 9000n, 20000n],
    packed: 5n * 65536n + 77n + ((3n * 65536n + 5n) << 26n) + ((6000n * 65536n + 9n) << 56n) + (2n << 87n),
    quorum: 2n,
    lambda: 62259n,
    eta: 19661n,
    failWeight: 4n,
    priorWeight: 131072n,
    maxIdle: 3n,
    establishedAt: 262144n,
  };

  it('has no wire beside its inputs that can be changed by itself', async () => {
    const { r1cs, wasm } = compile('test/circuits/components/scoring.circom');
    const wires = await witness(wasm, signals);
    const { constraints } = (await snarkjs.r1cs.exportJson(r1cs)) as { constraints: Constraint[] };
    expect(constraints.every((constraint) => holds(constraint, wires))).toBe(true);
    // Wire 0 is the constant 1, then come 6 outputs and 17 inputs, which are given.
    const isInput = (wire: number) => wire > 6 && wire <= 6 + 17;
    const free = wires.flatMap((value, wire) => {
      if (wire === 0 || isInput(wire)) return [];
      const tampered = wires.with(wire, (value + 1n) % FIELD_ORDER);
      const touched = constraints.filter((parts) => parts.some((linear) => wire in linear));
      return touched.every((constraint) => holds(constraint, tampered)) ? [wire] : [];
    });
    expect(free).toEqual([]);
  });
});

describe('division', () => {
  /** Divide with its two hints taken from inputs: a prover who lies. */
  function lyingDivision(): string {
    const source = readFileSync(join(root, 'circuits', 'lib', 'range.circom'), 'utf8');
    const lying = source
      .replace('signal input denominator;', 'signal input denominator;\n    signal input hint[2];')
      .replace('out <-- numerator \\ denominator;', 'out <-- hint[0];')
      .replace('remainder <-- numerator % denominator;', 'remainder <-- hint[1];');
    expect(lying.match(/<-- hint/g)).toHaveLength(2);
    const file = join(folder, 'lying_division.circom');
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, file), `${lying}\ncomponent main = Divide(14, 32);\n`);
    return file;
  }

  it('admits one quotient and one remainder', async () => {
    const { wasm } = compile(lyingDivision());
    const negative = (value: bigint) => FIELD_ORDER - value;
    const inverse3 = 14592161914559516814830937163504850059032242933610689562465469457717205663745n;
    const admits = async (numerator: bigint, denominator: bigint, hint: [bigint, bigint]) => {
      try {
        await witness(wasm, { numerator, denominator, hint });
        return true;
      } catch (error) {
        expect(String(error)).toMatch(/Assert Failed/);
        return false;
      }
    };
    expect((3n * inverse3) % FIELD_ORDER).toBe(1n);
    expect(await admits(1000n, 300n, [3n, 100n])).toBe(true);
    expect(await admits(1000n, 300n, [2n, 400n])).toBe(false);
    expect(await admits(1000n, 300n, [4n, negative(200n)])).toBe(false);
    expect(await admits(1000n, 300n, [0n, 1000n])).toBe(false);
    expect(await admits(1000n, 3n, [1000n * inverse3, 0n])).toBe(false);
    expect(await admits(900n, 300n, [3n, 0n])).toBe(true);
    expect(await admits(900n, 300n, [2n, 300n])).toBe(false);
    expect(await admits(0n, 1n, [0n, 0n])).toBe(true);
    expect(await admits(5n, 0n, [1n, 5n])).toBe(false);
    // A quotient that does not fit 14 bits has no witness, rather than a wrong one.
    expect(await admits(16384n, 1n, [16384n, 0n])).toBe(false);
  });
});
