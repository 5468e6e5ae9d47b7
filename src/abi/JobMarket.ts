import * as p from '@subsquid/evm-codec'
import { event, fun, viewFun, indexed, ContractBase } from '@subsquid/evm-abi'
import type { EventParams as EParams, FunctionArguments, FunctionReturn } from '@subsquid/evm-abi'

export const events = {
    AuthorityUpdated: event("0x2f658b440c35314f52658ea8a740e05b284cdc84dc9ae01e891f21b8933e7cad", "AuthorityUpdated(address)", {"authority": p.address}),
    FeeSet: event("0xcf4d2d03d4b8ecbbb158b4405a7f342f82c5a11f84050a067767a63744e52209", "FeeSet(uint16,address)", {"feeBps": p.uint16, "treasury": p.address}),
    JobCancelled: event("0xe40bbc93e82881f68d35b1db1aa9ba6e0da4fd5bae28d8c51c8cfd39fa46313c", "JobCancelled(uint256,uint256,uint256)", {"jobId": indexed(p.uint256), "refund": p.uint256, "escrowed": p.uint256}),
    JobCompleted: event("0x132a804ecb48fd9653f43edaf3c77e3d5dc91fd1dfa3fcdb38d530b81546e83c", "JobCompleted(uint256,uint16,uint16)", {"jobId": indexed(p.uint256), "acceptedShards": p.uint16, "expiredShards": p.uint16}),
    JobPosted: event("0x0b95227f9ab4f416fb4bb8986f64f93a01781131f916ea92edd2a10e8c8b4c0e", "JobPosted(uint256,address,uint8,uint16,uint256,uint16,uint32,uint64,bytes32,uint256)", {"jobId": indexed(p.uint256), "client": indexed(p.address), "hardwareClass": p.uint8, "shardCount": p.uint16, "pricePerShard": p.uint256, "minScoreBps": p.uint16, "maxScoreAge": p.uint32, "deadline": p.uint64, "specHash": p.bytes32, "escrowed": p.uint256}),
    PaymentReleased: event("0x29a7f835e597521d2a742b6c7a551f6c0444ddae59c5bee120673bab8a5f7010", "PaymentReleased(uint256,uint16,uint32,address,uint256,uint256,uint256)", {"jobId": indexed(p.uint256), "shard": indexed(p.uint16), "nodeId": indexed(p.uint32), "recipient": p.address, "amount": p.uint256, "fee": p.uint256, "escrowed": p.uint256}),
    ShardAccepted: event("0x16ca7d76c7491431b70f9df91490c282580d3d0a87515e643504146b53543f12", "ShardAccepted(uint256,uint16,uint32,bool)", {"jobId": indexed(p.uint256), "shard": indexed(p.uint16), "nodeId": indexed(p.uint32), "automatic": p.bool}),
    ShardClaimed: event("0xc150e5c7b667fed142fc03f927dd43d8d972480cc983718869b9bd75ae4c9f2b", "ShardClaimed(uint256,uint16,uint32)", {"jobId": indexed(p.uint256), "shard": indexed(p.uint16), "nodeId": indexed(p.uint32)}),
    ShardExpired: event("0xdd7a4702b28383fb3e606f613570a65d8e213f7ddf9ad459d4901b21162facca", "ShardExpired(uint256,uint16,uint32,bool,uint256,uint256)", {"jobId": indexed(p.uint256), "shard": indexed(p.uint16), "nodeId": indexed(p.uint32), "claimed": p.bool, "refund": p.uint256, "escrowed": p.uint256}),
    ShardSubmitted: event("0x44401e3c71973ce3e44f9ce3979867dae24b8733e75e068fa45ff9126edbf5cf", "ShardSubmitted(uint256,uint16,uint32,bytes32,uint64)", {"jobId": indexed(p.uint256), "shard": indexed(p.uint16), "nodeId": indexed(p.uint32), "resultHash": p.bytes32, "autoAcceptAt": p.uint64}),
}

export const functions = {
    CLASSES: viewFun("0xe0beab2d", "CLASSES()", {}, p.uint8),
    MAX_DURATION: viewFun("0xb1724b46", "MAX_DURATION()", {}, p.uint64),
    MAX_FEE_BPS: viewFun("0xd55be8c6", "MAX_FEE_BPS()", {}, p.uint16),
    acceptShard: fun("0x3a28c641", "acceptShard(uint256,uint16)", {"jobId": p.uint256, "shard": p.uint16}, ),
    acceptWindow: viewFun("0x808cfca4", "acceptWindow()", {}, p.uint64),
    authority: viewFun("0xbf7e214f", "authority()", {}, p.address),
    autoAcceptShard: fun("0x22eb6567", "autoAcceptShard(uint256,uint16)", {"jobId": p.uint256, "shard": p.uint16}, ),
    cancelJob: fun("0x1dffa3dc", "cancelJob(uint256)", {"jobId": p.uint256}, ),
    claimShard: fun("0x00741eb8", "claimShard(uint256,uint16,uint32)", {"jobId": p.uint256, "shard": p.uint16, "nodeId": p.uint32}, ),
    escrowed: viewFun("0x01522b1e", "escrowed()", {}, p.uint256),
    expireShard: fun("0x40c0a739", "expireShard(uint256,uint16)", {"jobId": p.uint256, "shard": p.uint16}, ),
    feeBps: viewFun("0x24a9d853", "feeBps()", {}, p.uint16),
    getJob: viewFun("0xbf22c457", "getJob(uint256)", {"jobId": p.uint256}, p.struct({"client": p.address, "hardwareClass": p.uint8, "shardCount": p.uint16, "minScoreBps": p.uint16, "maxScoreAge": p.uint32, "deadline": p.uint64, "pricePerShard": p.uint256, "specHash": p.bytes32, "settledShards": p.uint16, "cancelled": p.bool})),
    getShard: viewFun("0x21cf6eb1", "getShard(uint256,uint16)", {"jobId": p.uint256, "shard": p.uint16}, p.struct({"state": p.uint8, "nodeId": p.uint32, "claimedAt": p.uint64, "submittedAt": p.uint64, "resultHash": p.bytes32})),
    isConsumingScheduledOp: viewFun("0x8fb36037", "isConsumingScheduledOp()", {}, p.bytes4),
    jobCount: viewFun("0x4c5d8a0f", "jobCount()", {}, p.uint256),
    oracle: viewFun("0x7dc0d1d0", "oracle()", {}, p.address),
    postJob: fun("0xdc7e2305", "postJob(uint8,uint16,uint256,uint16,uint32,uint64,bytes32)", {"hardwareClass": p.uint8, "shardCount": p.uint16, "pricePerShard": p.uint256, "minScoreBps": p.uint16, "maxScoreAge": p.uint32, "deadline": p.uint64, "specHash": p.bytes32}, p.uint256),
    registry: viewFun("0x7b103999", "registry()", {}, p.address),
    setAuthority: fun("0x7a9e5e4b", "setAuthority(address)", {"newAuthority": p.address}, ),
    setFee: fun("0x30f738be", "setFee(uint16,address)", {"feeBps_": p.uint16, "treasury_": p.address}, ),
    staking: viewFun("0x4cf088d9", "staking()", {}, p.address),
    submitShard: fun("0xa1867118", "submitShard(uint256,uint16,bytes32)", {"jobId": p.uint256, "shard": p.uint16, "resultHash": p.bytes32}, ),
    token: viewFun("0xfc0c546a", "token()", {}, p.address),
    treasury: viewFun("0x61d027b3", "treasury()", {}, p.address),
}

export class Contract extends ContractBase {

    CLASSES() {
        return this.eth_call(functions.CLASSES, {})
    }

    MAX_DURATION() {
        return this.eth_call(functions.MAX_DURATION, {})
    }

    MAX_FEE_BPS() {
        return this.eth_call(functions.MAX_FEE_BPS, {})
    }

    acceptWindow() {
        return this.eth_call(functions.acceptWindow, {})
    }

    authority() {
        return this.eth_call(functions.authority, {})
    }

    escrowed() {
        return this.eth_call(functions.escrowed, {})
    }

    feeBps() {
        return this.eth_call(functions.feeBps, {})
    }

    getJob(jobId: GetJobParams["jobId"]) {
        return this.eth_call(functions.getJob, {jobId})
    }

    getShard(jobId: GetShardParams["jobId"], shard: GetShardParams["shard"]) {
        return this.eth_call(functions.getShard, {jobId, shard})
    }

    isConsumingScheduledOp() {
        return this.eth_call(functions.isConsumingScheduledOp, {})
    }

    jobCount() {
        return this.eth_call(functions.jobCount, {})
    }

    oracle() {
        return this.eth_call(functions.oracle, {})
    }

    registry() {
        return this.eth_call(functions.registry, {})
    }

    staking() {
        return this.eth_call(functions.staking, {})
    }

    token() {
        return this.eth_call(functions.token, {})
    }

    treasury() {
        return this.eth_call(functions.treasury, {})
    }
}

/// Event types
export type AuthorityUpdatedEventArgs = EParams<typeof events.AuthorityUpdated>
export type FeeSetEventArgs = EParams<typeof events.FeeSet>
export type JobCancelledEventArgs = EParams<typeof events.JobCancelled>
export type JobCompletedEventArgs = EParams<typeof events.JobCompleted>
export type JobPostedEventArgs = EParams<typeof events.JobPosted>
export type PaymentReleasedEventArgs = EParams<typeof events.PaymentReleased>
export type ShardAcceptedEventArgs = EParams<typeof events.ShardAccepted>
export type ShardClaimedEventArgs = EParams<typeof events.ShardClaimed>
export type ShardExpiredEventArgs = EParams<typeof events.ShardExpired>
export type ShardSubmittedEventArgs = EParams<typeof events.ShardSubmitted>

/// Function types
export type CLASSESParams = FunctionArguments<typeof functions.CLASSES>
export type CLASSESReturn = FunctionReturn<typeof functions.CLASSES>

export type MAX_DURATIONParams = FunctionArguments<typeof functions.MAX_DURATION>
export type MAX_DURATIONReturn = FunctionReturn<typeof functions.MAX_DURATION>

export type MAX_FEE_BPSParams = FunctionArguments<typeof functions.MAX_FEE_BPS>
export type MAX_FEE_BPSReturn = FunctionReturn<typeof functions.MAX_FEE_BPS>

export type AcceptShardParams = FunctionArguments<typeof functions.acceptShard>
export type AcceptShardReturn = FunctionReturn<typeof functions.acceptShard>

export type AcceptWindowParams = FunctionArguments<typeof functions.acceptWindow>
export type AcceptWindowReturn = FunctionReturn<typeof functions.acceptWindow>

export type AuthorityParams = FunctionArguments<typeof functions.authority>
export type AuthorityReturn = FunctionReturn<typeof functions.authority>

export type AutoAcceptShardParams = FunctionArguments<typeof functions.autoAcceptShard>
export type AutoAcceptShardReturn = FunctionReturn<typeof functions.autoAcceptShard>

export type CancelJobParams = FunctionArguments<typeof functions.cancelJob>
export type CancelJobReturn = FunctionReturn<typeof functions.cancelJob>

export type ClaimShardParams = FunctionArguments<typeof functions.claimShard>
export type ClaimShardReturn = FunctionReturn<typeof functions.claimShard>

export type EscrowedParams = FunctionArguments<typeof functions.escrowed>
export type EscrowedReturn = FunctionReturn<typeof functions.escrowed>

export type ExpireShardParams = FunctionArguments<typeof functions.expireShard>
export type ExpireShardReturn = FunctionReturn<typeof functions.expireShard>

export type FeeBpsParams = FunctionArguments<typeof functions.feeBps>
export type FeeBpsReturn = FunctionReturn<typeof functions.feeBps>

export type GetJobParams = FunctionArguments<typeof functions.getJob>
export type GetJobReturn = FunctionReturn<typeof functions.getJob>

export type GetShardParams = FunctionArguments<typeof functions.getShard>
export type GetShardReturn = FunctionReturn<typeof functions.getShard>

export type IsConsumingScheduledOpParams = FunctionArguments<typeof functions.isConsumingScheduledOp>
export type IsConsumingScheduledOpReturn = FunctionReturn<typeof functions.isConsumingScheduledOp>

export type JobCountParams = FunctionArguments<typeof functions.jobCount>
export type JobCountReturn = FunctionReturn<typeof functions.jobCount>

export type OracleParams = FunctionArguments<typeof functions.oracle>
export type OracleReturn = FunctionReturn<typeof functions.oracle>

export type PostJobParams = FunctionArguments<typeof functions.postJob>
export type PostJobReturn = FunctionReturn<typeof functions.postJob>

export type RegistryParams = FunctionArguments<typeof functions.registry>
export type RegistryReturn = FunctionReturn<typeof functions.registry>

export type SetAuthorityParams = FunctionArguments<typeof functions.setAuthority>
export type SetAuthorityReturn = FunctionReturn<typeof functions.setAuthority>

export type SetFeeParams = FunctionArguments<typeof functions.setFee>
export type SetFeeReturn = FunctionReturn<typeof functions.setFee>

export type StakingParams = FunctionArguments<typeof functions.staking>
export type StakingReturn = FunctionReturn<typeof functions.staking>

export type SubmitShardParams = FunctionArguments<typeof functions.submitShard>
export type SubmitShardReturn = FunctionReturn<typeof functions.submitShard>

export type TokenParams = FunctionArguments<typeof functions.token>
export type TokenReturn = FunctionReturn<typeof functions.token>

export type TreasuryParams = FunctionArguments<typeof functions.treasury>
export type TreasuryReturn = FunctionReturn<typeof functions.treasury>

