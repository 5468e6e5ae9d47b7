import { openContracts } from './call';
import { type CalledName, CONTRACTS } from './contracts';
import type { Deployment } from './deployment';
import type { ChainProvider } from './provider';

type ConstantFunction = (typeof CONTRACTS)['ReputationOracle']['functions']['genesisTime' | 'epochSeconds'];
type FunctionsOf<N extends CalledName> = keyof (typeof CONTRACTS)[N]['functions'] & string;

/** What the contracts say of themselves and never change, by contract and function, with the unit of the value. */
export const CONSTANTS: { readonly [N in CalledName]: { readonly [F in FunctionsOf<N>]?: string } } = {
  DPNToken: { SUPPLY: 'DPN wei', decimals: 'digits' },
  NodeRegistry: { CLASSES: 'classes', MAX_DEVICES: 'devices', MAX_REGION_BYTES: 'bytes', MAX_URI_BYTES: 'bytes' },
  NodeStaking: {
    unbondingDelay: 'seconds',
    commissionNotice: 'seconds',
    HOOK_GAS: 'gas',
    token: 'address',
    registry: 'address',
  },
  ReputationOracle: {
    genesisTime: 'seconds since 1970',
    epochSeconds: 'seconds',
    slotSeconds: 'seconds',
    slotsPerEpoch: 'slots',
    reportGrace: 'seconds',
    skipGrace: 'seconds',
    maxRoundBlocks: 'blocks',
    MAX_COMMITMENTS: 'commitments',
    NODES_PER_BATCH: 'nodes',
    REPORTER_SLOTS: 'reporters',
    EMPTY_STATE_COMMITMENT: 'field element',
    registry: 'address',
    verifier: 'address',
  },
  TreeAttestation: { DEPTH: 'levels', SAMPLES: 'samples', oracle: 'address', verifier: 'address' },
  JobMarket: {
    acceptWindow: 'seconds',
    MAX_DURATION: 'seconds',
    MAX_FEE_BPS: 'basis points',
    CLASSES: 'classes',
    token: 'address',
    registry: 'address',
    staking: 'address',
    oracle: 'address',
  },
  RewardDistributor: {
    CLASSES: 'classes',
    token: 'address',
    registry: 'address',
    staking: 'address',
    oracle: 'address',
  },
};

/** A value that a contract has for ever. */
export interface Constant {
  contract: CalledName;
  /** Function that answers it. */
  name: string;
  /** Decimal digits, or a lower-case address. */
  value: string;
  unit: string;
}

/**
 * Reads every constant of a network's contracts, as one endpoint says them.
 * @throws RetryableError when endpoints stay away, or give what is no answer
 */
export async function readConstants(provider: ChainProvider, { contracts }: Deployment): Promise<Constant[]> {
  const opened = openContracts(contracts, provider);
  // One call at a time of each contract: endpoints refuse many at once.
  const ofContracts = (Object.keys(CONSTANTS) as CalledName[]).map(async (contract) => {
    const constants: Constant[] = [];
    for (const [name, unit] of Object.entries(CONSTANTS[contract])) {
      const functions: Readonly<Record<string, unknown>> = CONTRACTS[contract].functions;
      const value = await opened[contract].read(functions[name] as ConstantFunction, {});
      constants.push({ contract, name, value: String(value), unit });
    }
    return constants;
  });
  return (await Promise.all(ofContracts)).flat();
}
