import * as p from '@subsquid/evm-codec'
import { event, fun, viewFun, indexed, ContractBase } from '@subsquid/evm-abi'
import type { EventParams as EParams, FunctionArguments, FunctionReturn } from '@subsquid/evm-abi'

export const events = {
    AnchorPinned: event("0x39edb38edb94ba69af210d0d31a9a596400f624b00c54ce752ae78b1a2a0800a", "AnchorPinned(uint64,uint64,bytes32)", {"round": indexed(p.uint64), "anchorBlock": p.uint64, "anchorBlockHash": p.bytes32}),
    AuthorityUpdated: event("0x2f658b440c35314f52658ea8a740e05b284cdc84dc9ae01e891f21b8933e7cad", "AuthorityUpdated(address)", {"authority": p.address}),
    BatchProven: event("0x7880be559a601f6c5e59c9b0d36f1c7ef9ae683c95a91c1a5982b352b41f9671", "BatchProven(uint64,uint32,address,uint8,uint64,uint256,uint256,uint256[4],uint256[30])", {"epoch": indexed(p.uint64), "batch": indexed(p.uint32), "prover": indexed(p.address), "presence": p.uint8, "observedAt": p.uint64, "oldCommitment": p.uint256, "newCommitment": p.uint256, "scoreWords": p.fixedSizeArray(p.uint256, 4), "states": p.fixedSizeArray(p.uint256, 30)}),
    EvidenceAnchored: event("0xcdc8a69ccca44639b6aaf17d0a7802b1949d5167419aad6caefb8b6c3f0456d7", "EvidenceAnchored(uint64,address,bytes32,bytes32)", {"epoch": indexed(p.uint64), "reporter": indexed(p.address), "evidenceRoot": p.bytes32, "measurementsHash": p.bytes32}),
    MethodologySet: event("0x74f88315e7fa3e00573b60fde139911c44f3d639cfa38b3fe199a271ed3da683", "MethodologySet(bytes32,uint64,uint32,uint32,uint8,uint32,uint8,uint8,uint32)", {"methodologyHash": indexed(p.bytes32), "fromEpoch": p.uint64, "lambda": p.uint32, "eta": p.uint32, "failWeight": p.uint8, "priorWeight": p.uint32, "quorum": p.uint8, "maxIdle": p.uint8, "establishedAt": p.uint32}),
    ReporterAdded: event("0x287db44d888ef324a2ebd282c4e6affb0389ecdb3883b21d06496462ee2dec28", "ReporterAdded(uint8,address,uint256,uint256,uint64)", {"slot": indexed(p.uint8), "reporter": indexed(p.address), "keyX": p.uint256, "keyY": p.uint256, "activeFromEpoch": p.uint64}),
    ReporterRetired: event("0x0cfa5330d8f69bd4eaa840eaea571ed3e9220b017f3c784269c3fbd4bccdbb42", "ReporterRetired(uint8,address,uint64)", {"slot": indexed(p.uint8), "reporter": indexed(p.address), "retiredFromEpoch": p.uint64}),
    RoundAnchored: event("0xad25ad5fdedf89eea3e407f1a6b9df96b53b04dad010f73cfcf212db563b54ba", "RoundAnchored(uint64,address,uint64,bytes32,bytes32,uint32,bytes32)", {"round": indexed(p.uint64), "reporter": indexed(p.address), "openBlock": p.uint64, "openBlockHash": p.bytes32, "root": p.bytes32, "count": p.uint32, "coinHash": p.bytes32}),
}

export const functions = {
    EMPTY_STATE_COMMITMENT: viewFun("0x2af450fd", "EMPTY_STATE_COMMITMENT()", {}, p.uint256),
    MAX_COMMITMENTS: viewFun("0xdcfc77e0", "MAX_COMMITMENTS()", {}, p.uint32),
    NODES_PER_BATCH: viewFun("0xa93ebe3b", "NODES_PER_BATCH()", {}, p.uint32),
    REPORTER_SLOTS: viewFun("0x4ace51ea", "REPORTER_SLOTS()", {}, p.uint8),
    addReporter: fun("0x1501f348", "addReporter(address,uint256,uint256)", {"reporter": p.address, "keyX": p.uint256, "keyY": p.uint256}, p.uint8),
    anchorEvidence: fun("0x431ef5b1", "anchorEvidence(uint64,bytes32,bytes32)", {"epoch": p.uint64, "evidenceRoot": p.bytes32, "measurementsHash": p.bytes32}, ),
    anchorRound: fun("0x5457d02a", "anchorRound(uint64,uint64,bytes32,bytes32,uint32,bytes32)", {"round": p.uint64, "openBlock": p.uint64, "openBlockHash": p.bytes32, "root": p.bytes32, "count": p.uint32, "coinHash": p.bytes32}, ),
    authority: viewFun("0xbf7e214f", "authority()", {}, p.address),
    currentEpoch: viewFun("0x76671808", "currentEpoch()", {}, p.uint64),
    epochSeconds: viewFun("0xfb5bb0c3", "epochSeconds()", {}, p.uint64),
    evidenceOf: viewFun("0x724e420f", "evidenceOf(uint64,address)", {"epoch": p.uint64, "reporter": p.address}, p.bytes32),
    genesisTime: viewFun("0x42c6498a", "genesisTime()", {}, p.uint64),
    getBatch: viewFun("0xefe9260f", "getBatch(uint32)", {"batch": p.uint32}, {"proven": p.bool, "epoch": p.uint64, "observedAt": p.uint64, "commitment": p.uint256, "scoreWords": p.fixedSizeArray(p.uint256, 4)}),
    getRound: viewFun("0x144d0229", "getRound(uint64)", {"round": p.uint64}, p.struct({"reporter": p.address, "anchorBlock": p.uint64, "count": p.uint32, "root": p.bytes32, "coinHash": p.bytes32, "anchorBlockHash": p.bytes32, "openBlock": p.uint64, "openBlockHash": p.bytes32})),
    isConsumingScheduledOp: viewFun("0x8fb36037", "isConsumingScheduledOp()", {}, p.bytes4),
    maxRoundBlocks: viewFun("0xd5cd6100", "maxRoundBlocks()", {}, p.uint32),
    measurementsHashOf: viewFun("0x276215bc", "measurementsHashOf(uint64,address)", {"epoch": p.uint64, "reporter": p.address}, p.bytes32),
    meets: viewFun("0x66d69072", "meets(uint32,uint16,uint32)", {"nodeId": p.uint32, "minScoreBps": p.uint16, "maxAge": p.uint32}, p.bool),
    methodologyOf: viewFun("0xba98314a", "methodologyOf(uint64)", {"epoch": p.uint64}, {"methodologyHash": p.bytes32, "parameters": p.struct({"lambda": p.uint32, "eta": p.uint32, "failWeight": p.uint8, "priorWeight": p.uint32, "quorum": p.uint8, "maxIdle": p.uint8, "establishedAt": p.uint32})}),
    pinAnchor: fun("0x31ead05e", "pinAnchor(uint64)", {"round": p.uint64}, ),
    registry: viewFun("0x7b103999", "registry()", {}, p.address),
    reportGrace: viewFun("0x532c944a", "reportGrace()", {}, p.uint32),
    reporterOfRound: viewFun("0xea96aa57", "reporterOfRound(uint64)", {"round": p.uint64}, p.address),
    reportersOf: viewFun("0x312e305b", "reportersOf(uint64)", {"epoch": p.uint64}, {"reporters": p.fixedSizeArray(p.address, 3), "keys": p.fixedSizeArray(p.uint256, 6)}),
    retireReporter: fun("0x1383e916", "retireReporter(uint8)", {"slot": p.uint8}, ),
    scoreNoOlderThan: viewFun("0xe3634495", "scoreNoOlderThan(uint32,uint32)", {"nodeId": p.uint32, "maxAge": p.uint32}, {"scoreBps": p.uint16, "status": p.uint8}),
    scoreOf: viewFun("0x06c82c01", "scoreOf(uint32)", {"nodeId": p.uint32}, {"scoreBps": p.uint16, "status": p.uint8, "updatedAt": p.uint64}),
    setAuthority: fun("0x7a9e5e4b", "setAuthority(address)", {"newAuthority": p.address}, ),
    setMethodology: fun("0x53dc94b5", "setMethodology(bytes32,(uint32,uint32,uint8,uint32,uint8,uint8,uint32))", {"methodologyHash": p.bytes32, "parameters": p.struct({"lambda": p.uint32, "eta": p.uint32, "failWeight": p.uint8, "priorWeight": p.uint32, "quorum": p.uint8, "maxIdle": p.uint8, "establishedAt": p.uint32})}, ),
    skipGrace: viewFun("0xb2d86eaf", "skipGrace()", {}, p.uint64),
    slotSeconds: viewFun("0x6738bc6a", "slotSeconds()", {}, p.uint32),
    slotsPerEpoch: viewFun("0x3e1577d0", "slotsPerEpoch()", {}, p.uint32),
    submitBatch: fun("0x5d326bdc", "submitBatch((uint64,uint32,uint8,uint256,uint256,uint256[4],uint256[30],uint256[2],uint256[2][2],uint256[2]))", {"submission": p.struct({"epoch": p.uint64, "batch": p.uint32, "presence": p.uint8, "newCommitment": p.uint256, "vectorCommitment": p.uint256, "scoreWords": p.fixedSizeArray(p.uint256, 4), "states": p.fixedSizeArray(p.uint256, 30), "proofA": p.fixedSizeArray(p.uint256, 2), "proofB": p.fixedSizeArray(p.fixedSizeArray(p.uint256, 2), 2), "proofC": p.fixedSizeArray(p.uint256, 2)})}, ),
    verifier: viewFun("0x2b7ac3f3", "verifier()", {}, p.address),
}

export class Contract extends ContractBase {

    EMPTY_STATE_COMMITMENT() {
        return this.eth_call(functions.EMPTY_STATE_COMMITMENT, {})
    }

    MAX_COMMITMENTS() {
        return this.eth_call(functions.MAX_COMMITMENTS, {})
    }

    NODES_PER_BATCH() {
        return this.eth_call(functions.NODES_PER_BATCH, {})
    }

    REPORTER_SLOTS() {
        return this.eth_call(functions.REPORTER_SLOTS, {})
    }

    authority() {
        return this.eth_call(functions.authority, {})
    }

    currentEpoch() {
        return this.eth_call(functions.currentEpoch, {})
    }

    epochSeconds() {
        return this.eth_call(functions.epochSeconds, {})
    }

    evidenceOf(epoch: EvidenceOfParams["epoch"], reporter: EvidenceOfParams["reporter"]) {
        return this.eth_call(functions.evidenceOf, {epoch, reporter})
    }

    genesisTime() {
        return this.eth_call(functions.genesisTime, {})
    }

    getBatch(batch: GetBatchParams["batch"]) {
        return this.eth_call(functions.getBatch, {batch})
    }

    getRound(round: GetRoundParams["round"]) {
        return this.eth_call(functions.getRound, {round})
    }

    isConsumingScheduledOp() {
        return this.eth_call(functions.isConsumingScheduledOp, {})
    }

    maxRoundBlocks() {
        return this.eth_call(functions.maxRoundBlocks, {})
    }

    measurementsHashOf(epoch: MeasurementsHashOfParams["epoch"], reporter: MeasurementsHashOfParams["reporter"]) {
        return this.eth_call(functions.measurementsHashOf, {epoch, reporter})
    }

    meets(nodeId: MeetsParams["nodeId"], minScoreBps: MeetsParams["minScoreBps"], maxAge: MeetsParams["maxAge"]) {
        return this.eth_call(functions.meets, {nodeId, minScoreBps, maxAge})
    }

    methodologyOf(epoch: MethodologyOfParams["epoch"]) {
        return this.eth_call(functions.methodologyOf, {epoch})
    }

    registry() {
        return this.eth_call(functions.registry, {})
    }

    reportGrace() {
        return this.eth_call(functions.reportGrace, {})
    }

    reporterOfRound(round: ReporterOfRoundParams["round"]) {
        return this.eth_call(functions.reporterOfRound, {round})
    }

    reportersOf(epoch: ReportersOfParams["epoch"]) {
        return this.eth_call(functions.reportersOf, {epoch})
    }

    scoreNoOlderThan(nodeId: ScoreNoOlderThanParams["nodeId"], maxAge: ScoreNoOlderThanParams["maxAge"]) {
        return this.eth_call(functions.scoreNoOlderThan, {nodeId, maxAge})
    }

    scoreOf(nodeId: ScoreOfParams["nodeId"]) {
        return this.eth_call(functions.scoreOf, {nodeId})
    }

    skipGrace() {
        return this.eth_call(functions.skipGrace, {})
    }

    slotSeconds() {
        return this.eth_call(functions.slotSeconds, {})
    }

    slotsPerEpoch() {
        return this.eth_call(functions.slotsPerEpoch, {})
    }

    verifier() {
        return this.eth_call(functions.verifier, {})
    }
}

/// Event types
export type AnchorPinnedEventArgs = EParams<typeof events.AnchorPinned>
export type AuthorityUpdatedEventArgs = EParams<typeof events.AuthorityUpdated>
export type BatchProvenEventArgs = EParams<typeof events.BatchProven>
export type EvidenceAnchoredEventArgs = EParams<typeof events.EvidenceAnchored>
export type MethodologySetEventArgs = EParams<typeof events.MethodologySet>
export type ReporterAddedEventArgs = EParams<typeof events.ReporterAdded>
export type ReporterRetiredEventArgs = EParams<typeof events.ReporterRetired>
export type RoundAnchoredEventArgs = EParams<typeof events.RoundAnchored>

/// Function types
export type EMPTY_STATE_COMMITMENTParams = FunctionArguments<typeof functions.EMPTY_STATE_COMMITMENT>
export type EMPTY_STATE_COMMITMENTReturn = FunctionReturn<typeof functions.EMPTY_STATE_COMMITMENT>

export type MAX_COMMITMENTSParams = FunctionArguments<typeof functions.MAX_COMMITMENTS>
export type MAX_COMMITMENTSReturn = FunctionReturn<typeof functions.MAX_COMMITMENTS>

export type NODES_PER_BATCHParams = FunctionArguments<typeof functions.NODES_PER_BATCH>
export type NODES_PER_BATCHReturn = FunctionReturn<typeof functions.NODES_PER_BATCH>

export type REPORTER_SLOTSParams = FunctionArguments<typeof functions.REPORTER_SLOTS>
export type REPORTER_SLOTSReturn = FunctionReturn<typeof functions.REPORTER_SLOTS>

export type AddReporterParams = FunctionArguments<typeof functions.addReporter>
export type AddReporterReturn = FunctionReturn<typeof functions.addReporter>

export type AnchorEvidenceParams = FunctionArguments<typeof functions.anchorEvidence>
export type AnchorEvidenceReturn = FunctionReturn<typeof functions.anchorEvidence>

export type AnchorRoundParams = FunctionArguments<typeof functions.anchorRound>
export type AnchorRoundReturn = FunctionReturn<typeof functions.anchorRound>

export type AuthorityParams = FunctionArguments<typeof functions.authority>
export type AuthorityReturn = FunctionReturn<typeof functions.authority>

export type CurrentEpochParams = FunctionArguments<typeof functions.currentEpoch>
export type CurrentEpochReturn = FunctionReturn<typeof functions.currentEpoch>

export type EpochSecondsParams = FunctionArguments<typeof functions.epochSeconds>
export type EpochSecondsReturn = FunctionReturn<typeof functions.epochSeconds>

export type EvidenceOfParams = FunctionArguments<typeof functions.evidenceOf>
export type EvidenceOfReturn = FunctionReturn<typeof functions.evidenceOf>

export type GenesisTimeParams = FunctionArguments<typeof functions.genesisTime>
export type GenesisTimeReturn = FunctionReturn<typeof functions.genesisTime>

export type GetBatchParams = FunctionArguments<typeof functions.getBatch>
export type GetBatchReturn = FunctionReturn<typeof functions.getBatch>

export type GetRoundParams = FunctionArguments<typeof functions.getRound>
export type GetRoundReturn = FunctionReturn<typeof functions.getRound>

export type IsConsumingScheduledOpParams = FunctionArguments<typeof functions.isConsumingScheduledOp>
export type IsConsumingScheduledOpReturn = FunctionReturn<typeof functions.isConsumingScheduledOp>

export type MaxRoundBlocksParams = FunctionArguments<typeof functions.maxRoundBlocks>
export type MaxRoundBlocksReturn = FunctionReturn<typeof functions.maxRoundBlocks>

export type MeasurementsHashOfParams = FunctionArguments<typeof functions.measurementsHashOf>
export type MeasurementsHashOfReturn = FunctionReturn<typeof functions.measurementsHashOf>

export type MeetsParams = FunctionArguments<typeof functions.meets>
export type MeetsReturn = FunctionReturn<typeof functions.meets>

export type MethodologyOfParams = FunctionArguments<typeof functions.methodologyOf>
export type MethodologyOfReturn = FunctionReturn<typeof functions.methodologyOf>

export type PinAnchorParams = FunctionArguments<typeof functions.pinAnchor>
export type PinAnchorReturn = FunctionReturn<typeof functions.pinAnchor>

export type RegistryParams = FunctionArguments<typeof functions.registry>
export type RegistryReturn = FunctionReturn<typeof functions.registry>

export type ReportGraceParams = FunctionArguments<typeof functions.reportGrace>
export type ReportGraceReturn = FunctionReturn<typeof functions.reportGrace>

export type ReporterOfRoundParams = FunctionArguments<typeof functions.reporterOfRound>
export type ReporterOfRoundReturn = FunctionReturn<typeof functions.reporterOfRound>

export type ReportersOfParams = FunctionArguments<typeof functions.reportersOf>
export type ReportersOfReturn = FunctionReturn<typeof functions.reportersOf>

export type RetireReporterParams = FunctionArguments<typeof functions.retireReporter>
export type RetireReporterReturn = FunctionReturn<typeof functions.retireReporter>

export type ScoreNoOlderThanParams = FunctionArguments<typeof functions.scoreNoOlderThan>
export type ScoreNoOlderThanReturn = FunctionReturn<typeof functions.scoreNoOlderThan>

export type ScoreOfParams = FunctionArguments<typeof functions.scoreOf>
export type ScoreOfReturn = FunctionReturn<typeof functions.scoreOf>

export type SetAuthorityParams = FunctionArguments<typeof functions.setAuthority>
export type SetAuthorityReturn = FunctionReturn<typeof functions.setAuthority>

export type SetMethodologyParams = FunctionArguments<typeof functions.setMethodology>
export type SetMethodologyReturn = FunctionReturn<typeof functions.setMethodology>

export type SkipGraceParams = FunctionArguments<typeof functions.skipGrace>
export type SkipGraceReturn = FunctionReturn<typeof functions.skipGrace>

export type SlotSecondsParams = FunctionArguments<typeof functions.slotSeconds>
export type SlotSecondsReturn = FunctionReturn<typeof functions.slotSeconds>

export type SlotsPerEpochParams = FunctionArguments<typeof functions.slotsPerEpoch>
export type SlotsPerEpochReturn = FunctionReturn<typeof functions.slotsPerEpoch>

export type SubmitBatchParams = FunctionArguments<typeof functions.submitBatch>
export type SubmitBatchReturn = FunctionReturn<typeof functions.submitBatch>

export type VerifierParams = FunctionArguments<typeof functions.verifier>
export type VerifierReturn = FunctionReturn<typeof functions.verifier>

