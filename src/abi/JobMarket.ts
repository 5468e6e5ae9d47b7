import * as p from '@subsquid/evm-codec'
import { event, fun, viewFun, indexed, ContractBase } from '@subsquid/evm-abi'
import type { EventParams as EParams, FunctionArguments, FunctionReturn } from '@subsquid/evm-abi'

export const events = {
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
    acceptShard: fun("0x3a28c641", "acceptShard(uint256,uint16)", {"jobId": p.uint256, "shard": p.uint16}, ),
    autoAcceptShard: fun("0x22eb6567", "autoAcceptShard(uint256,uint16)", {"jobId": p.uint256, "shard": p.uint16}, ),
    cancelJob: fun("0x1dffa3dc", "cancelJob(uint256)", {"jobId": p.uint256}, ),
    claimShard: fun("0x00741eb8", "claimShard(uint256,uint16,uint32)", {"jobId": p.uint256, "shard": p.uint16, "nodeId": p.uint32}, ),
    escrowed: viewFun("0x01522b1e", "escrowed()", {}, p.uint256),
    expireShard: fun("0x40c0a739", "expireShard(uint256,uint16)", {"jobId": p.uint256, "shard": p.uint16}, ),
    getJob: viewFun("0xbf22c457", "getJob(uint256)", {"jobId": p.uint256}, p.struct({"client": p.address, "hardwareClass": p.uint8, "shardCount": p.uint16, "minScoreBps": p.uint16, "maxScoreAge": p.uint32, "deadline": p.uint64, "pricePerShard": p.uint256, "specHash": p.bytes32, "settledShards": p.uint16, "cancelled": p.bool})),
    getShard: viewFun("0x21cf6eb1", "getShard(uint256,uint16)", {"jobId": p.uint256, "shard": p.uint16}, p.struct({"state": p.uint8, "nodeId": p.uint32, "claimedAt": p.uint64, "submittedAt": p.uint64, "resultHash": p.bytes32})),
    jobCount: viewFun("0x4c5d8a0f", "jobCount()", {}, p.uint256),
    postJob: fun("0xdc7e2305", "postJob(uint8,uint16,uint256,uint16,uint32,uint64,bytes32)", {"hardwareClass": p.uint8, "shardCount": p.uint16, "pricePerShard": p.uint256, "minScoreBps": p.uint16, "maxScoreAge": p.uint32, "deadline": p.uint64, "specHash": p.bytes32}, p.uint256),
    submitShard: fun("0xa1867118", "submitShard(uint256,uint16,bytes32)", {"jobId": p.uint256, "shard": p.uint16, "resultHash": p.bytes32}, ),
}

export class Contract extends ContractBase {

    escrowed() {
        return this.eth_call(functions.escrowed, {})
    }

    getJob(jobId: GetJobParams["jobId"]) {
        return this.eth_call(functions.getJob, {jobId})
    }

    getShard(jobId: GetShardParams["jobId"], shard: GetShardParams["shard"]) {
        return this.eth_call(functions.getShard, {jobId, shard})
    }

    jobCount() {
        return this.eth_call(functions.jobCount, {})
    }
}

/// Event types
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
export type AcceptShardParams = FunctionArguments<typeof functions.acceptShard>
export type AcceptShardReturn = FunctionReturn<typeof functions.acceptShard>

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

export type GetJobParams = FunctionArguments<typeof functions.getJob>
export type GetJobReturn = FunctionReturn<typeof functions.getJob>

export type GetShardParams = FunctionArguments<typeof functions.getShard>
export type GetShardReturn = FunctionReturn<typeof functions.getShard>

export type JobCountParams = FunctionArguments<typeof functions.jobCount>
export type JobCountReturn = FunctionReturn<typeof functions.jobCount>

export type PostJobParams = FunctionArguments<typeof functions.postJob>
export type PostJobReturn = FunctionReturn<typeof functions.postJob>

export type SubmitShardParams = FunctionArguments<typeof functions.submitShard>
export type SubmitShardReturn = FunctionReturn<typeof functions.submitShard>

