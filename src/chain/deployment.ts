import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { FatalError } from '../runtime/errors';
import { type CalledName, CONTRACT_NAMES, type ContractName, isCalled } from './contracts';

/** A deployment file lists a dozen addresses; anything larger is another file. */
const MAX_BYTES = 65_536;

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'is not an address')
  .transform((text) => text.toLowerCase());

type AddressOf<N extends ContractName> = N extends CalledName ? typeof address : z.ZodOptional<typeof address>;
const addresses = Object.fromEntries(
  CONTRACT_NAMES.map((name) => [name, isCalled(name) ? address : address.optional()]),
) as { [N in ContractName]: AddressOf<N> };

const height = z.number().int().min(0);

/**
 * Where the network's contracts live on one chain; addresses come out lower-case. `deployBlock` is the first block that
 * can have their events; `startBlocks` names another for contracts that are older, or younger.
 */
export const deploymentSchema = z.object({
  chainId: z
    .number()
    .int()
    .min(1)
    .max(2 ** 32),
  deployBlock: height,
  contracts: z.object(addresses),
  startBlocks: z.partialRecord(z.enum(CONTRACT_NAMES), height).optional(),
});

export type Deployment = z.output<typeof deploymentSchema>;

/** First block that can have events of a contract, as the deployment says. */
export function startBlockOf({ startBlocks, deployBlock }: Deployment, name: ContractName): number {
  return startBlocks?.[name] ?? deployBlock;
}

/**
 * Reads and checks a deployment file.
 * @throws FatalError naming DEPLOYMENT_FILE and the first thing wrong with it.
 */
export function readDeployment(file: string): Deployment {
  const fail = (problem: string, cause?: unknown): never => {
    throw new FatalError(
      `DEPLOYMENT_FILE: ${JSON.stringify(file.slice(0, 200))} ${problem}`,
      'Point DEPLOYMENT_FILE at the JSON file that the deployment wrote, for example .devnet/deployment.json',
      {},
      { cause },
    );
  };
  let text = '';
  try {
    if (statSync(file).size > MAX_BYTES) fail(`is larger than ${MAX_BYTES} bytes`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof FatalError) throw error;
    fail('cannot be read', error);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    fail('is not JSON', error);
  }
  const parsed = deploymentSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail(`has a wrong ${issue?.path.join('.') || 'shape'}: ${issue?.message ?? 'not valid'}`);
  }
  return parsed.data;
}
