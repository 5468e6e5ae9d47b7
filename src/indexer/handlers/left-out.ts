import type { ContractName } from '../../chain/contracts';

/** Events that the index leaves out on purpose, as "Contract.Event", and why. */
export const LEFT_OUT: Readonly<Partial<Record<`${ContractName}.${string}`, string>>> = {
  'DPNToken.Approval': 'Allowances move no tokens; every transfer made with one is indexed.',
  'DPNToken.EIP712DomainChanged': 'OpenZeppelin declares it; this token never changes its signing domain.',
};
