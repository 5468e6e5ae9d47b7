import * as p from '@subsquid/evm-codec'
import { event, fun, viewFun, indexed, ContractBase } from '@subsquid/evm-abi'
import type { EventParams as EParams, FunctionArguments, FunctionReturn } from '@subsquid/evm-abi'

export const events = {
    AuthorityUpdated: event("0x2f658b440c35314f52658ea8a740e05b284cdc84dc9ae01e891f21b8933e7cad", "AuthorityUpdated(address)", {"authority": p.address}),
    CertificationThresholdSet: event("0x3e9d1003ee2c4bc2e341aa506d0de757a25745f0d14ea90856c68073e6c0aecc", "CertificationThresholdSet(uint256)", {"threshold": p.uint256}),
    Certified: event("0xd71818153c52b49a87e42832b2b88f5d550b76ba20ec842a8c6f3f4bcfd00502", "Certified(uint32,uint256)", {"nodeId": indexed(p.uint32), "selfStake": p.uint256}),
    CommissionApplied: event("0xfd293d3c79cf1f6f145c0650963bfb9787c32827018331aafbcf7afb047e5d9f", "CommissionApplied(uint32,uint16)", {"nodeId": indexed(p.uint32), "commissionBps": p.uint16}),
    CommissionScheduled: event("0xc192aca97747771235ba2a9bd2da32f172e55fe75ec04adb50407c190028edad", "CommissionScheduled(uint32,uint16,uint64)", {"nodeId": indexed(p.uint32), "commissionBps": p.uint16, "effectiveAt": p.uint64}),
    Decertified: event("0xc7bbc48e93edeaffdbc1b2b11bfc4ff8e0a337d4b0655bdd6ca65113144d7c5e", "Decertified(uint32,uint256)", {"nodeId": indexed(p.uint32), "selfStake": p.uint256}),
    Delegated: event("0x4984d58eaeecbdfeb3833ee23a3e5e6af800a79f51f7547a26c1e79dbb39e9a5", "Delegated(uint32,address,uint256,uint256,uint256,uint256,uint256,uint256)", {"nodeId": indexed(p.uint32), "delegator": indexed(p.address), "amount": p.uint256, "shares": p.uint256, "delegatorShares": p.uint256, "delegatedStake": p.uint256, "totalShares": p.uint256, "totalStaked": p.uint256}),
    RewardDistributorSet: event("0x075c02c513a415bd4ff5976f8aa6fc5767d2183daca9ec00ab71ce78e8bf8158", "RewardDistributorSet(address)", {"rewardDistributor": p.address}),
    RewardSettlementSkipped: event("0xdafdfc583195725aaf7ce528585fde0b1c0c1d3aea5447d7aacb688eeb4e4461", "RewardSettlementSkipped(uint32,address)", {"nodeId": indexed(p.uint32), "account": indexed(p.address)}),
    StakeDeposited: event("0xdb7304b4cdf4c90729cc12bad0f09e5a3ce860c8bb61ac6e946c3c7dd0839cdc", "StakeDeposited(uint32,address,uint256,uint256,uint256)", {"nodeId": indexed(p.uint32), "operator": indexed(p.address), "amount": p.uint256, "selfStake": p.uint256, "totalStaked": p.uint256}),
    UnbondingStarted: event("0x73b607b694edc0bbbfb3d4b1f590fd3077fb1b4996d5ff78752c955a66563bbf", "UnbondingStarted(uint256,uint32,address,bool,uint256,uint256,uint64,uint256,uint256,uint256,uint256,uint256,uint256)", {"lockId": indexed(p.uint256), "nodeId": indexed(p.uint32), "owner": indexed(p.address), "isSelfStake": p.bool, "shares": p.uint256, "amount": p.uint256, "withdrawableAt": p.uint64, "ownerShares": p.uint256, "selfStake": p.uint256, "delegatedStake": p.uint256, "totalShares": p.uint256, "totalStaked": p.uint256, "totalUnbonding": p.uint256}),
    UnbondingWithdrawn: event("0x93d6d23949f0833c39b8cb95c6eeb459652e6adac9196f41225054d0a1f58408", "UnbondingWithdrawn(uint256,uint32,address,uint256,uint256)", {"lockId": indexed(p.uint256), "nodeId": indexed(p.uint32), "owner": indexed(p.address), "amount": p.uint256, "totalUnbonding": p.uint256}),
}

export const functions = {
    HOOK_GAS: viewFun("0x4006522b", "HOOK_GAS()", {}, p.uint256),
    applyCommission: fun("0x7903470d", "applyCommission(uint32)", {"nodeId": p.uint32}, ),
    authority: viewFun("0xbf7e214f", "authority()", {}, p.address),
    certificationThreshold: viewFun("0x95f6c6f8", "certificationThreshold()", {}, p.uint256),
    commissionNotice: viewFun("0x28561b0d", "commissionNotice()", {}, p.uint64),
    delegate: fun("0xc0f4c571", "delegate(uint32,uint256)", {"nodeId": p.uint32, "amount": p.uint256}, p.uint256),
    getLock: viewFun("0xd68f4dd1", "getLock(uint256)", {"lockId": p.uint256}, p.struct({"owner": p.address, "nodeId": p.uint32, "withdrawableAt": p.uint64, "withdrawn": p.bool, "amount": p.uint256})),
    getPool: viewFun("0x9da46ee3", "getPool(uint32)", {"nodeId": p.uint32}, p.struct({"selfStake": p.uint256, "delegatedStake": p.uint256, "totalShares": p.uint256, "commissionBps": p.uint16, "certified": p.bool})),
    getPools: viewFun("0x802dcd7e", "getPools(uint32,uint32)", {"from": p.uint32, "to": p.uint32}, p.array(p.struct({"selfStake": p.uint256, "delegatedStake": p.uint256, "totalShares": p.uint256, "commissionBps": p.uint16, "certified": p.bool}))),
    isConsumingScheduledOp: viewFun("0x8fb36037", "isConsumingScheduledOp()", {}, p.bytes4),
    isEligible: viewFun("0x714d146e", "isEligible(uint32)", {"nodeId": p.uint32}, p.bool),
    lockCount: viewFun("0x9b10b6f5", "lockCount()", {}, p.uint256),
    pendingCommission: viewFun("0xa67bfab4", "pendingCommission(uint32)", {"nodeId": p.uint32}, {"commissionBps": p.uint16, "effectiveAt": p.uint64}),
    refreshCertification: fun("0x06945063", "refreshCertification(uint32[])", {"nodeIds": p.array(p.uint32)}, ),
    registry: viewFun("0x7b103999", "registry()", {}, p.address),
    rewardDistributor: viewFun("0xacc2166a", "rewardDistributor()", {}, p.address),
    scheduleCommission: fun("0xd0f05fb8", "scheduleCommission(uint32,uint16)", {"nodeId": p.uint32, "commissionBps": p.uint16}, ),
    setAuthority: fun("0x7a9e5e4b", "setAuthority(address)", {"newAuthority": p.address}, ),
    setCertificationThreshold: fun("0xb9960341", "setCertificationThreshold(uint256)", {"threshold": p.uint256}, ),
    setRewardDistributor: fun("0xa1809b95", "setRewardDistributor(address)", {"rewardDistributor_": p.address}, ),
    sharesOf: viewFun("0xf2afa87e", "sharesOf(uint32,address)", {"nodeId": p.uint32, "delegator": p.address}, p.uint256),
    stake: fun("0x7ec6840f", "stake(uint32,uint256)", {"nodeId": p.uint32, "amount": p.uint256}, ),
    token: viewFun("0xfc0c546a", "token()", {}, p.address),
    totalStaked: viewFun("0x817b1cd2", "totalStaked()", {}, p.uint256),
    totalUnbonding: viewFun("0x350fd0be", "totalUnbonding()", {}, p.uint256),
    unbond: fun("0xcf7afd88", "unbond(uint32,uint256)", {"nodeId": p.uint32, "shares": p.uint256}, p.uint256),
    unbondSelfStake: fun("0xa449c533", "unbondSelfStake(uint32,uint256)", {"nodeId": p.uint32, "amount": p.uint256}, p.uint256),
    unbondingDelay: viewFun("0xdb7dd35a", "unbondingDelay()", {}, p.uint64),
    withdraw: fun("0x2e1a7d4d", "withdraw(uint256)", {"lockId": p.uint256}, ),
}

export class Contract extends ContractBase {

    HOOK_GAS() {
        return this.eth_call(functions.HOOK_GAS, {})
    }

    authority() {
        return this.eth_call(functions.authority, {})
    }

    certificationThreshold() {
        return this.eth_call(functions.certificationThreshold, {})
    }

    commissionNotice() {
        return this.eth_call(functions.commissionNotice, {})
    }

    getLock(lockId: GetLockParams["lockId"]) {
        return this.eth_call(functions.getLock, {lockId})
    }

    getPool(nodeId: GetPoolParams["nodeId"]) {
        return this.eth_call(functions.getPool, {nodeId})
    }

    getPools(from: GetPoolsParams["from"], to: GetPoolsParams["to"]) {
        return this.eth_call(functions.getPools, {from, to})
    }

    isConsumingScheduledOp() {
        return this.eth_call(functions.isConsumingScheduledOp, {})
    }

    isEligible(nodeId: IsEligibleParams["nodeId"]) {
        return this.eth_call(functions.isEligible, {nodeId})
    }

    lockCount() {
        return this.eth_call(functions.lockCount, {})
    }

    pendingCommission(nodeId: PendingCommissionParams["nodeId"]) {
        return this.eth_call(functions.pendingCommission, {nodeId})
    }

    registry() {
        return this.eth_call(functions.registry, {})
    }

    rewardDistributor() {
        return this.eth_call(functions.rewardDistributor, {})
    }

    sharesOf(nodeId: SharesOfParams["nodeId"], delegator: SharesOfParams["delegator"]) {
        return this.eth_call(functions.sharesOf, {nodeId, delegator})
    }

    token() {
        return this.eth_call(functions.token, {})
    }

    totalStaked() {
        return this.eth_call(functions.totalStaked, {})
    }

    totalUnbonding() {
        return this.eth_call(functions.totalUnbonding, {})
    }

    unbondingDelay() {
        return this.eth_call(functions.unbondingDelay, {})
    }
}

/// Event types
export type AuthorityUpdatedEventArgs = EParams<typeof events.AuthorityUpdated>
export type CertificationThresholdSetEventArgs = EParams<typeof events.CertificationThresholdSet>
export type CertifiedEventArgs = EParams<typeof events.Certified>
export type CommissionAppliedEventArgs = EParams<typeof events.CommissionApplied>
export type CommissionScheduledEventArgs = EParams<typeof events.CommissionScheduled>
export type DecertifiedEventArgs = EParams<typeof events.Decertified>
export type DelegatedEventArgs = EParams<typeof events.Delegated>
export type RewardDistributorSetEventArgs = EParams<typeof events.RewardDistributorSet>
export type RewardSettlementSkippedEventArgs = EParams<typeof events.RewardSettlementSkipped>
export type StakeDepositedEventArgs = EParams<typeof events.StakeDeposited>
export type UnbondingStartedEventArgs = EParams<typeof events.UnbondingStarted>
export type UnbondingWithdrawnEventArgs = EParams<typeof events.UnbondingWithdrawn>

/// Function types
export type HOOK_GASParams = FunctionArguments<typeof functions.HOOK_GAS>
export type HOOK_GASReturn = FunctionReturn<typeof functions.HOOK_GAS>

export type ApplyCommissionParams = FunctionArguments<typeof functions.applyCommission>
export type ApplyCommissionReturn = FunctionReturn<typeof functions.applyCommission>

export type AuthorityParams = FunctionArguments<typeof functions.authority>
export type AuthorityReturn = FunctionReturn<typeof functions.authority>

export type CertificationThresholdParams = FunctionArguments<typeof functions.certificationThreshold>
export type CertificationThresholdReturn = FunctionReturn<typeof functions.certificationThreshold>

export type CommissionNoticeParams = FunctionArguments<typeof functions.commissionNotice>
export type CommissionNoticeReturn = FunctionReturn<typeof functions.commissionNotice>

export type DelegateParams = FunctionArguments<typeof functions.delegate>
export type DelegateReturn = FunctionReturn<typeof functions.delegate>

export type GetLockParams = FunctionArguments<typeof functions.getLock>
export type GetLockReturn = FunctionReturn<typeof functions.getLock>

export type GetPoolParams = FunctionArguments<typeof functions.getPool>
export type GetPoolReturn = FunctionReturn<typeof functions.getPool>

export type GetPoolsParams = FunctionArguments<typeof functions.getPools>
export type GetPoolsReturn = FunctionReturn<typeof functions.getPools>

export type IsConsumingScheduledOpParams = FunctionArguments<typeof functions.isConsumingScheduledOp>
export type IsConsumingScheduledOpReturn = FunctionReturn<typeof functions.isConsumingScheduledOp>

export type IsEligibleParams = FunctionArguments<typeof functions.isEligible>
export type IsEligibleReturn = FunctionReturn<typeof functions.isEligible>

export type LockCountParams = FunctionArguments<typeof functions.lockCount>
export type LockCountReturn = FunctionReturn<typeof functions.lockCount>

export type PendingCommissionParams = FunctionArguments<typeof functions.pendingCommission>
export type PendingCommissionReturn = FunctionReturn<typeof functions.pendingCommission>

export type RefreshCertificationParams = FunctionArguments<typeof functions.refreshCertification>
export type RefreshCertificationReturn = FunctionReturn<typeof functions.refreshCertification>

export type RegistryParams = FunctionArguments<typeof functions.registry>
export type RegistryReturn = FunctionReturn<typeof functions.registry>

export type RewardDistributorParams = FunctionArguments<typeof functions.rewardDistributor>
export type RewardDistributorReturn = FunctionReturn<typeof functions.rewardDistributor>

export type ScheduleCommissionParams = FunctionArguments<typeof functions.scheduleCommission>
export type ScheduleCommissionReturn = FunctionReturn<typeof functions.scheduleCommission>

export type SetAuthorityParams = FunctionArguments<typeof functions.setAuthority>
export type SetAuthorityReturn = FunctionReturn<typeof functions.setAuthority>

export type SetCertificationThresholdParams = FunctionArguments<typeof functions.setCertificationThreshold>
export type SetCertificationThresholdReturn = FunctionReturn<typeof functions.setCertificationThreshold>

export type SetRewardDistributorParams = FunctionArguments<typeof functions.setRewardDistributor>
export type SetRewardDistributorReturn = FunctionReturn<typeof functions.setRewardDistributor>

export type SharesOfParams = FunctionArguments<typeof functions.sharesOf>
export type SharesOfReturn = FunctionReturn<typeof functions.sharesOf>

export type StakeParams = FunctionArguments<typeof functions.stake>
export type StakeReturn = FunctionReturn<typeof functions.stake>

export type TokenParams = FunctionArguments<typeof functions.token>
export type TokenReturn = FunctionReturn<typeof functions.token>

export type TotalStakedParams = FunctionArguments<typeof functions.totalStaked>
export type TotalStakedReturn = FunctionReturn<typeof functions.totalStaked>

export type TotalUnbondingParams = FunctionArguments<typeof functions.totalUnbonding>
export type TotalUnbondingReturn = FunctionReturn<typeof functions.totalUnbonding>

export type UnbondParams = FunctionArguments<typeof functions.unbond>
export type UnbondReturn = FunctionReturn<typeof functions.unbond>

export type UnbondSelfStakeParams = FunctionArguments<typeof functions.unbondSelfStake>
export type UnbondSelfStakeReturn = FunctionReturn<typeof functions.unbondSelfStake>

export type UnbondingDelayParams = FunctionArguments<typeof functions.unbondingDelay>
export type UnbondingDelayReturn = FunctionReturn<typeof functions.unbondingDelay>

export type WithdrawParams = FunctionArguments<typeof functions.withdraw>
export type WithdrawReturn = FunctionReturn<typeof functions.withdraw>

