import type { AbiFunction } from '@subsquid/evm-abi';
import { type FunctionFragment, getAddress, hexlify, type JsonRpcProvider, type ParamType } from 'ethers';
import fc from 'fast-check';
import { functions } from '../abi/JobMarket';
import { DeployedContract } from './call';
import { CONTRACT_NAMES, CONTRACTS, contractInterface, isCalled } from './contracts';

const anywhere = `0x${'0b'.repeat(20)}`;
const nobody = {} as JsonRpcProvider;

/** Any value of a Solidity type, as ethers takes and gives it. */
function anyValue(type: ParamType): fc.Arbitrary<unknown> {
  if (type.arrayChildren) {
    const length = type.arrayLength ?? -1;
    return fc.array(
      anyValue(type.arrayChildren),
      length < 0 ? { maxLength: 4 } : { minLength: length, maxLength: length },
    );
  }
  if (type.components) return fc.tuple(...type.components.map(anyValue));
  if (type.type === 'bool') return fc.boolean();
  if (type.type === 'string') return fc.string({ maxLength: 70, unit: 'grapheme' });
  if (type.type === 'address') return anyBytes(20, 20).map(getAddress);
  const [, kind, size] = /^(uint|bytes)(\d*)$/.exec(type.type) ?? [];
  if (kind === 'uint') return fc.bigInt({ min: 0n, max: 2n ** BigInt(size as string) - 1n });
  if (kind === 'bytes') return size ? anyBytes(Number(size), Number(size)) : anyBytes(0, 70);
  throw new Error(`no values of type ${type.type}`);
}

function anyBytes(minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength, maxLength }).map((bytes) => hexlify(bytes));
}

/** The same value as src/abi has it: structs by name, lower-case addresses, integers of up to 32 bits as numbers. */
function typed(type: ParamType, value: unknown): unknown {
  const { arrayChildren, components } = type;
  if (arrayChildren) return (value as unknown[]).map((item) => typed(arrayChildren, item));
  if (components) return byName(components, value as unknown[]);
  if (type.type === 'address') return (value as string).toLowerCase();
  return /^uint(8|16|24|32)$/.test(type.type) ? Number(value) : value;
}

function byName(types: readonly ParamType[], values: readonly unknown[]): Record<string, NonNullable<unknown>> {
  return Object.fromEntries(
    types.map((type, index) => [type.name || `_${index}`, typed(type, values[index]) as NonNullable<unknown>]),
  );
}

describe('every function of src/abi', () => {
  const cases = CONTRACT_NAMES.filter(isCalled).flatMap((name) =>
    contractInterface(name)
      .fragments.filter((fragment): fragment is FunctionFragment => fragment.type === 'function')
      .map((fragment) => ({
        title: `${name}.${fragment.name}`,
        contract: new DeployedContract(name, anywhere, nobody),
        abi: contractInterface(name),
        fragment,
        // biome-ignore lint/suspicious/noExplicitAny: functions of all types
        fn: (CONTRACTS[name].functions as unknown as Record<string, AbiFunction<any, any>>)[fragment.name]!,
      })),
  );

  it.each(cases)('$title is called with its arguments by name', ({ contract, abi, fragment, fn }) => {
    const anyArguments = fc.tuple(...fragment.inputs.map(anyValue));
    fc.assert(
      fc.property(anyArguments, (args) => {
        expect(contract.encode(fn, byName(fragment.inputs, args))).toBe(abi.encodeFunctionData(fragment, args));
      }),
      { numRuns: 20 },
    );
  });

  const answering = cases.filter(({ fragment }) => fragment.outputs.length > 0);
  it.each(answering)('$title has its answer read as ethers reads it', ({ abi, fragment, fn }) => {
    const { outputs } = fragment;
    fc.assert(
      fc.property(fc.tuple(...outputs.map(anyValue)), (answers) => {
        const read = fn.decodeResult(abi.encodeFunctionResult(fragment, answers));
        expect(read).toEqual(outputs.length === 1 ? typed(outputs[0]!, answers[0]) : byName(outputs, answers));
      }),
      { numRuns: 20 },
    );
  });
});

describe('DeployedContract', () => {
  it('refuses a number that its argument cannot hold before anybody is asked', async () => {
    const market = new DeployedContract('JobMarket', anywhere, nobody);
    const refused = { code: 'INVALID_ARGUMENT' };
    await expect(market.read(functions.getJob, { jobId: 2n ** 256n })).rejects.toMatchObject(refused);
    await expect(market.read(functions.getShard, { jobId: 1n, shard: 65_536 })).rejects.toMatchObject(refused);
  });
});
