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
}

/**
 * Reads what scripts/compile-contracts.mjs wrote for one contract.
 * @throws FatalError when the contracts are not built
 */
export function readArtifact(name: ContractName): Artifact {
  const file = join(PROJECT_ROOT, 'build', 'contracts', `${name}.json`);
  if (!existsSync(file)) throw new FatalError(`Contract ${name} is not built`, 'Run npm run build.', { file });
  const { abi, bytecode } = JSON.parse(readFileSync(file, 'utf8')) as { abi: InterfaceAbi; bytecode: string };
  return { abi: new Interface(abi), bytecode };
}
