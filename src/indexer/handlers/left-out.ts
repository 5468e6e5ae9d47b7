import type { CalledName } from '../../chain/contracts';

const AUTHORITY =
  'Who may set parameters is no part of the index; it changes when a network hands over its administration.';

/** Events that the index leaves out on purpose, as "Contract.Event", and why. */
export const LEFT_OUT: Readonly<Partial<Record<`${CalledName}.${string}`, string>>> = {
  'DPNToken.Approval': 'Allowances move no tokens; every transfer made with one is indexed.',
  'DPNToken.EIP712DomainChanged': 'OpenZeppelin declares it; this token never changes its signing domain.',
  'JobMarket.AuthorityUpdated': AUTHORITY,
  'NodeStaking.AuthorityUpdated': AUTHORITY,
  'NodeStaking.RewardDistributorSet': 'Set while a network is deployed; the deployment file names the distributor.',
  'NodeStaking.RewardSettlementSkipped':
    'The distributor failed while somebody left; what left is indexed, and rewards by the events of the distributor.',
  'ReputationOracle.AuthorityUpdated': AUTHORITY,
  'RewardDistributor.AuthorityUpdated': AUTHORITY,
};
