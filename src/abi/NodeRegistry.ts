import * as p from '@subsquid/evm-codec'
import { event, fun, viewFun, indexed, ContractBase } from '@subsquid/evm-abi'
import type { EventParams as EParams, FunctionArguments, FunctionReturn } from '@subsquid/evm-abi'

export const events = {
    NodeRegistered: event("0x83e674dd6dcfbf1e6334550babda58030c048e9ecad21d2264862c5f93ea4a7d", "NodeRegistered(uint32,address,address,address,uint8,uint8,string,string)", {"nodeId": indexed(p.uint32), "operator": indexed(p.address), "workerKey": p.address, "rewardRecipient": p.address, "hardwareClass": p.uint8, "devices": p.uint8, "region": p.string, "metadataURI": p.string}),
    NodeRetired: event("0xc39e4289f9211d84bc801697cb16cdfcf3183132c1c134c78a4736820318b6cd", "NodeRetired(uint32)", {"nodeId": indexed(p.uint32)}),
    NodeUpdated: event("0x1e560517ff37a08527ecb700cf12a489432f5773c3e0e8e34388db83b04eaeb0", "NodeUpdated(uint32,address,uint8,string,string)", {"nodeId": indexed(p.uint32), "rewardRecipient": p.address, "devices": p.uint8, "region": p.string, "metadataURI": p.string}),
    WorkerKeyRotated: event("0xc2e86a8d0d9005c5d88c08a1d0880a61f0353539e3a457a2910bf17609d8635e", "WorkerKeyRotated(uint32,address,address)", {"nodeId": indexed(p.uint32), "previousWorkerKey": p.address, "workerKey": p.address}),
}

export const functions = {
    CLASSES: viewFun("0xe0beab2d", "CLASSES()", {}, p.uint8),
    MAX_DEVICES: viewFun("0x59cf2065", "MAX_DEVICES()", {}, p.uint8),
    MAX_REGION_BYTES: viewFun("0xa781be3a", "MAX_REGION_BYTES()", {}, p.uint256),
    MAX_URI_BYTES: viewFun("0x718a60ee", "MAX_URI_BYTES()", {}, p.uint256),
    getNode: viewFun("0xe06f876f", "getNode(uint32)", {"nodeId": p.uint32}, p.struct({"operator": p.address, "hardwareClass": p.uint8, "devices": p.uint8, "retired": p.bool, "workerKey": p.address, "registeredAt": p.uint64, "rewardRecipient": p.address})),
    getNodes: viewFun("0xf296e41e", "getNodes(uint32,uint32)", {"from": p.uint32, "to": p.uint32}, p.array(p.struct({"operator": p.address, "hardwareClass": p.uint8, "devices": p.uint8, "retired": p.bool, "workerKey": p.address, "registeredAt": p.uint64, "rewardRecipient": p.address}))),
    nodeCount: viewFun("0x6da49b83", "nodeCount()", {}, p.uint32),
    registerNode: fun("0x592dad6b", "registerNode(address,address,uint8,uint8,string,string)", {"workerKey": p.address, "rewardRecipient": p.address, "hardwareClass": p.uint8, "devices": p.uint8, "region": p.string, "metadataURI": p.string}, p.uint32),
    retireNode: fun("0xe06468f1", "retireNode(uint32)", {"nodeId": p.uint32}, ),
    rotateWorkerKey: fun("0x2f83dbbe", "rotateWorkerKey(uint32,address)", {"nodeId": p.uint32, "workerKey": p.address}, ),
    updateNode: fun("0x546df63f", "updateNode(uint32,address,uint8,string,string)", {"nodeId": p.uint32, "rewardRecipient": p.address, "devices": p.uint8, "region": p.string, "metadataURI": p.string}, ),
}

export class Contract extends ContractBase {

    CLASSES() {
        return this.eth_call(functions.CLASSES, {})
    }

    MAX_DEVICES() {
        return this.eth_call(functions.MAX_DEVICES, {})
    }

    MAX_REGION_BYTES() {
        return this.eth_call(functions.MAX_REGION_BYTES, {})
    }

    MAX_URI_BYTES() {
        return this.eth_call(functions.MAX_URI_BYTES, {})
    }

    getNode(nodeId: GetNodeParams["nodeId"]) {
        return this.eth_call(functions.getNode, {nodeId})
    }

    getNodes(from: GetNodesParams["from"], to: GetNodesParams["to"]) {
        return this.eth_call(functions.getNodes, {from, to})
    }

    nodeCount() {
        return this.eth_call(functions.nodeCount, {})
    }
}

/// Event types
export type NodeRegisteredEventArgs = EParams<typeof events.NodeRegistered>
export type NodeRetiredEventArgs = EParams<typeof events.NodeRetired>
export type NodeUpdatedEventArgs = EParams<typeof events.NodeUpdated>
export type WorkerKeyRotatedEventArgs = EParams<typeof events.WorkerKeyRotated>

/// Function types
export type CLASSESParams = FunctionArguments<typeof functions.CLASSES>
export type CLASSESReturn = FunctionReturn<typeof functions.CLASSES>

export type MAX_DEVICESParams = FunctionArguments<typeof functions.MAX_DEVICES>
export type MAX_DEVICESReturn = FunctionReturn<typeof functions.MAX_DEVICES>

export type MAX_REGION_BYTESParams = FunctionArguments<typeof functions.MAX_REGION_BYTES>
export type MAX_REGION_BYTESReturn = FunctionReturn<typeof functions.MAX_REGION_BYTES>

export type MAX_URI_BYTESParams = FunctionArguments<typeof functions.MAX_URI_BYTES>
export type MAX_URI_BYTESReturn = FunctionReturn<typeof functions.MAX_URI_BYTES>

export type GetNodeParams = FunctionArguments<typeof functions.getNode>
export type GetNodeReturn = FunctionReturn<typeof functions.getNode>

export type GetNodesParams = FunctionArguments<typeof functions.getNodes>
export type GetNodesReturn = FunctionReturn<typeof functions.getNodes>

export type NodeCountParams = FunctionArguments<typeof functions.nodeCount>
export type NodeCountReturn = FunctionReturn<typeof functions.nodeCount>

export type RegisterNodeParams = FunctionArguments<typeof functions.registerNode>
export type RegisterNodeReturn = FunctionReturn<typeof functions.registerNode>

export type RetireNodeParams = FunctionArguments<typeof functions.retireNode>
export type RetireNodeReturn = FunctionReturn<typeof functions.retireNode>

export type RotateWorkerKeyParams = FunctionArguments<typeof functions.rotateWorkerKey>
export type RotateWorkerKeyReturn = FunctionReturn<typeof functions.rotateWorkerKey>

export type UpdateNodeParams = FunctionArguments<typeof functions.updateNode>
export type UpdateNodeReturn = FunctionReturn<typeof functions.updateNode>

