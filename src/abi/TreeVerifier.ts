import * as p from '@subsquid/evm-codec'
import { event, fun, viewFun, indexed, ContractBase } from '@subsquid/evm-abi'
import type { EventParams as EParams, FunctionArguments, FunctionReturn } from '@subsquid/evm-abi'

export const functions = {
    verifyProof: viewFun("0x11479fea", "verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[3])", {"_pA": p.fixedSizeArray(p.uint256, 2), "_pB": p.fixedSizeArray(p.fixedSizeArray(p.uint256, 2), 2), "_pC": p.fixedSizeArray(p.uint256, 2), "_pubSignals": p.fixedSizeArray(p.uint256, 3)}, p.bool),
}

export class Contract extends ContractBase {

    verifyProof(_pA: VerifyProofParams["_pA"], _pB: VerifyProofParams["_pB"], _pC: VerifyProofParams["_pC"], _pubSignals: VerifyProofParams["_pubSignals"]) {
        return this.eth_call(functions.verifyProof, {_pA, _pB, _pC, _pubSignals})
    }
}

/// Function types
export type VerifyProofParams = FunctionArguments<typeof functions.verifyProof>
export type VerifyProofReturn = FunctionReturn<typeof functions.verifyProof>

