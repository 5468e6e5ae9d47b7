import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Interface, type InterfaceAbi } from 'ethers';
import type { ContractName } from '../chain/contracts';
import { FatalError } from '../runtime/errors';
import { PROJECT_ROOT } from '../runtime/project';

export interface Artifact {
  abi: Interface;
  /** Init code without constructor arguments, 0x hex. */
  bytecode: string;
  /** The code that a deployment leaves on the chain. */
  runtime: RuntimeCode;
}

/** Deployed code of a contract. */
export interface RuntimeCode {
  /** 0x hex; zeros where immutables are. */
  code: string;
  /** Places of the immutables, which a deployment fills. */
  immutables: readonly (readonly [startByte: number, bytes: number])[];
}

/**
 * Reads what scripts/compile-contracts.mjs wrote for one contract.
 * @throws FatalError when the contracts are not built
 */
export function readArtifact(name: ContractName): Artifact {
  const file = join(PROJECT_ROOT, 'build', 'contracts', `${name}.json`);
  if (!existsSync(file)) throw new FatalError(`Contract ${name} is not built`, 'Run npm run build.', { file });
  const { abi, bytecode, deployedBytecode, immutables } = JSON.parse(readFileSync(file, 'utf8')) as {
    abi: InterfaceAbi;
    bytecode: string;
    deployedBytecode: string;
    immutables: RuntimeCode['immutables'];
  };
  return { abi: new Interface(abi), bytecode, runtime: { code: deployedBytecode, immutables } };
}

/** Whether code of a chain is that of a contract, whatever its immutables are. @param code 0x hex */
export function isCodeOf({ code: built, immutables }: RuntimeCode, code: string): boolean {
  if (code.length !== built.length) return false;
  const bytes = Buffer.from(code.slice(2), 'hex');
  for (const [start, length] of immutables) bytes.fill(0, start, start + length);
  return bytes.equals(Buffer.from(built.slice(2), 'hex'));
}
