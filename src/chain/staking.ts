import { functions } from '../abi/NodeStaking';
import { DeployedContract, type ReadOptions } from './call';

/** Stake of one node, DPN wei. */
export interface StakePool {
  nodeId: number;
  selfStakeWei: bigint;
  delegatedStakeWei: bigint;
  certified: boolean;
}

/** Records read per eth_call, so that one answer stays small. */
const PAGE = 500;

export class NodeStakingContract extends DeployedContract {
  /** Stake of nodes `from` up to and not including `to`, in order of nodeId. */
  async pools(from: number, to: number, options?: ReadOptions): Promise<StakePool[]> {
    const all: StakePool[] = [];
    for (let start = from; start < to; start += PAGE) {
      const page = await this.read(functions.getPools, { from: start, to: Math.min(to, start + PAGE) }, options);
      all.push(
        ...page.map(({ selfStake, delegatedStake, certified }, index) => ({
          nodeId: start + index,
          selfStakeWei: selfStake,
          delegatedStakeWei: delegatedStake,
          certified,
        })),
      );
    }
    return all;
  }
}
