import type { Result } from 'ethers';
import { ContractBinding, type ReadOptions } from './binding';

/** One record of the NodeRegistry; addresses lower-case. */
export interface RegisteredNode {
  nodeId: number;
  operator: string;
  hardwareClass: number;
  devices: number;
  retired: boolean;
  workerKey: string;
  /** Block timestamp of the registration, seconds. */
  registeredAt: number;
  rewardRecipient: string;
}

/** Stake of one node, DPN wei. */
export interface StakePool {
  nodeId: number;
  selfStakeWei: bigint;
  delegatedStakeWei: bigint;
  certified: boolean;
}

/** Records read per eth_call, so that one answer stays small. */
const PAGE = 500;

export class NodeRegistryContract extends ContractBinding {
  /** How many node ids are given out. */
  async nodeCount(options?: ReadOptions): Promise<number> {
    return Number((await this.read('nodeCount', [], options))[0]);
  }

  /** @throws ContractRevert UnknownNode for an id not given out. */
  async node(nodeId: number, options?: ReadOptions): Promise<RegisteredNode> {
    return toNode(nodeId, (await this.read('getNode', [nodeId], options))[0]);
  }

  /** Records of nodes `from` up to and not including `to`, in order of nodeId. */
  async nodes(from: number, to: number, options?: ReadOptions): Promise<RegisteredNode[]> {
    const all: RegisteredNode[] = [];
    for (let start = from; start < to; start += PAGE) {
      const [page] = await this.read('getNodes', [start, Math.min(to, start + PAGE)], options);
      all.push(...(page as Result[]).map((record, index) => toNode(start + index, record)));
    }
    return all;
  }
}

export class NodeStakingContract extends ContractBinding {
  /** Stake of nodes `from` up to and not including `to`, in order of nodeId. */
  async pools(from: number, to: number, options?: ReadOptions): Promise<StakePool[]> {
    const all: StakePool[] = [];
    for (let start = from; start < to; start += PAGE) {
      const [page] = await this.read('getPools', [start, Math.min(to, start + PAGE)], options);
      all.push(
        ...(page as Result[]).map((pool, index) => ({
          nodeId: start + index,
          selfStakeWei: pool.selfStake as bigint,
          delegatedStakeWei: pool.delegatedStake as bigint,
          certified: pool.certified as boolean,
        })),
      );
    }
    return all;
  }

  /** Certified, registered and not retired. */
  async isEligible(nodeId: number, options?: ReadOptions): Promise<boolean> {
    return (await this.read('isEligible', [nodeId], options))[0] as boolean;
  }

  async certificationThresholdWei(options?: ReadOptions): Promise<bigint> {
    return (await this.read('certificationThreshold', [], options))[0] as bigint;
  }
}

function toNode(nodeId: number, record: Result): RegisteredNode {
  return {
    nodeId,
    operator: (record.operator as string).toLowerCase(),
    hardwareClass: Number(record.hardwareClass),
    devices: Number(record.devices),
    retired: record.retired as boolean,
    workerKey: (record.workerKey as string).toLowerCase(),
    registeredAt: Number(record.registeredAt),
    rewardRecipient: (record.rewardRecipient as string).toLowerCase(),
  };
}
