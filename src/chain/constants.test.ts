import type { FunctionFragment } from 'ethers';
import { CONSTANTS } from './constants';
import { type CalledName, contractInterface } from './contracts';

/** Views without arguments whose answers change, or say nothing of this network. */
const NOT_CONSTANT: Readonly<Partial<Record<CalledName, readonly string[]>>> = {
  DPNToken: ['CLOCK_MODE', 'DOMAIN_SEPARATOR', 'clock', 'eip712Domain', 'name', 'symbol', 'totalSupply'],
  NodeRegistry: ['nodeCount'],
  NodeStaking: [
    'authority',
    'certificationThreshold',
    'isConsumingScheduledOp',
    'lockCount',
    'rewardDistributor',
    'totalStaked',
    'totalUnbonding',
  ],
  ReputationOracle: ['authority', 'currentEpoch', 'isConsumingScheduledOp'],
  JobMarket: ['authority', 'escrowed', 'feeBps', 'isConsumingScheduledOp', 'jobCount', 'treasury'],
  RewardDistributor: [
    'authority',
    'endsAt',
    'funded',
    'isConsumingScheduledOp',
    'ratePerSecond',
    'stakeCap',
    'totalWeight',
    'undistributed',
  ],
};

describe('the table of constants', () => {
  it.each(Object.keys(CONSTANTS) as CalledName[])(
    'leaves out nothing that %s says without being asked of a row',
    (name) => {
      const views = contractInterface(name).fragments.filter((fragment): fragment is FunctionFragment => {
        if (fragment.type !== 'function') return false;
        const { constant, inputs } = fragment as FunctionFragment;
        return constant && inputs.length === 0;
      });
      const known = [...Object.keys(CONSTANTS[name]), ...(NOT_CONSTANT[name] ?? [])];
      expect(views.map((view) => view.name).sort()).toEqual(known.sort());
    },
  );
});
