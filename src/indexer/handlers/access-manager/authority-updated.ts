import { events as jobMarket } from '../../../abi/JobMarket';
import { events as nodeStaking } from '../../../abi/NodeStaking';
import { events as reputationOracle } from '../../../abi/ReputationOracle';
import { events as rewardDistributor } from '../../../abi/RewardDistributor';
import type { ContractName } from '../../../chain/contracts';
import { GovernanceEventKind } from '../../../model';
import { handler } from '../../handler';

/** Another contract says who may set a contract's parameters. All contracts with parameters have this event. */
const authorityUpdated = (contract: ContractName, event: typeof jobMarket.AuthorityUpdated) =>
  handler({
    contract,
    event,
    activity: null,
    rows: (_, names, at) => ({ event: names.governanceEvents.new(at.id) }),
    apply({ authority }, rows, at) {
      rows.event.create(at, {
        kind: GovernanceEventKind.AUTHORITY_UPDATED,
        contract,
        txHash: at.txHash,
        account: authority,
      });
    },
  });

export const authoritiesUpdated = [
  authorityUpdated('JobMarket', jobMarket.AuthorityUpdated),
  authorityUpdated('NodeStaking', nodeStaking.AuthorityUpdated),
  authorityUpdated('ReputationOracle', reputationOracle.AuthorityUpdated),
  authorityUpdated('RewardDistributor', rewardDistributor.AuthorityUpdated),
];
