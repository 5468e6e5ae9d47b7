import type { FunctionReturn } from '@subsquid/evm-abi';
import { functions } from '../abi/NodeRegistry';
import { DeployedContract, type ReadOptions } from './call';

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

/** Records read per eth_call, so that one answer stays small. */
const PAGE = 500;

export class NodeRegistryContract extends DeployedContract {
  /** How many node ids are given out. */
  nodeCount(options?: ReadOptions): Promise<number> {
    return this.read(functions.nodeCount, {}, options);
  }

  /** @throws ContractRevert UnknownNode for an id not given out. */
  async node(nodeId: number, options?: ReadOptions): Promise<RegisteredNode> {
    return toNode(nodeId, await this.read(functions.getNode, { nodeId }, options));
  }

  /** Records of nodes `from` up to and not including `to`, in order of nodeId. */
  async nodes(from: number, to: number, options?: ReadOptions): Promise<RegisteredNode[]> {
    const all: RegisteredNode[] = [];
    for (let start = from; start < to; start += PAGE) {
      const page = await this.read(functions.getNodes, { from: start, to: Math.min(to, start + PAGE) }, options);
      all.push(...page.map((record, index) => toNode(start + index, record)));
    }
    return all;
  }
}

function toNode(nodeId: number, record: FunctionReturn<typeof functions.getNode>): RegisteredNode {
  return { nodeId, ...record, registeredAt: Number(record.registeredAt) };
}
