import * as p from '@subsquid/evm-codec'
import { event, fun, viewFun, indexed, ContractBase } from '@subsquid/evm-abi'
import type { EventParams as EParams, FunctionArguments, FunctionReturn } from '@subsquid/evm-abi'

export const functions = {
    DEPTH: viewFun("0x98366e35", "DEPTH()", {}, p.uint32),
    SAMPLES: viewFun("0x46e6c986", "SAMPLES()", {}, p.uint16),
    oracle: viewFun("0x7dc0d1d0", "oracle()", {}, p.address),
    verifier: viewFun("0x2b7ac3f3", "verifier()", {}, p.address),
    verifyAttestation: viewFun("0x05668948", "verifyAttestation((uint64,uint32,uint8,uint32,uint32,bytes32,bytes32,uint256,bytes32[],uint256[2],uint256[2][2],uint256[2]))", {"attestation": p.struct({"round": p.uint64, "nodeId": p.uint32, "device": p.uint8, "elapsedMs": p.uint32, "leafIndex": p.uint32, "nonce": p.bytes32, "coinSecret": p.bytes32, "root": p.uint256, "path": p.array(p.bytes32), "proofA": p.fixedSizeArray(p.uint256, 2), "proofB": p.fixedSizeArray(p.fixedSizeArray(p.uint256, 2), 2), "proofC": p.fixedSizeArray(p.uint256, 2)})}, ),
}

export class Contract extends ContractBase {

    DEPTH() {
        return this.eth_call(functions.DEPTH, {})
    }

    SAMPLES() {
        return this.eth_call(functions.SAMPLES, {})
    }

    oracle() {
        return this.eth_call(functions.oracle, {})
    }

    verifier() {
        return this.eth_call(functions.verifier, {})
    }
}

/// Function types
export type DEPTHParams = FunctionArguments<typeof functions.DEPTH>
export type DEPTHReturn = FunctionReturn<typeof functions.DEPTH>

export type SAMPLESParams = FunctionArguments<typeof functions.SAMPLES>
export type SAMPLESReturn = FunctionReturn<typeof functions.SAMPLES>

export type OracleParams = FunctionArguments<typeof functions.oracle>
export type OracleReturn = FunctionReturn<typeof functions.oracle>

export type VerifierParams = FunctionArguments<typeof functions.verifier>
export type VerifierReturn = FunctionReturn<typeof functions.verifier>

export type VerifyAttestationParams = FunctionArguments<typeof functions.verifyAttestation>
export type VerifyAttestationReturn = FunctionReturn<typeof functions.verifyAttestation>

