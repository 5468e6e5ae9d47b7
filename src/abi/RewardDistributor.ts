import * as p from '@subsquid/evm-codec'
import { event, fun, viewFun, indexed, ContractBase } from '@subsquid/evm-abi'
import type { EventParams as EParams, FunctionArguments, FunctionReturn } from '@subsquid/evm-abi'

export const events = {
    AuthorityUpdated: event("0x2f658b440c35314f52658ea8a740e05b284cdc84dc9ae01e891f21b8933e7cad", "AuthorityUpdated(address)", {"authority": p.address}),
    ClassWeightSet: event("0x1120d990f3659637f22a34f94b6bf3ac1bf10852021ae21ab25889755bd3b131", "ClassWeightSet(uint8,uint16)", {"hardwareClass": indexed(p.uint8), "weightBps": p.uint16}),
    DelegatorSettled: event("0xb59ded6d968503bdb626fea5f9d53f3950c9e2a126300f3d6c5ebcb36990d717", "DelegatorSettled(uint32,address,uint256,uint256)", {"nodeId": indexed(p.uint32), "delegator": indexed(p.address), "pending": p.uint256, "rewardPerShare": p.uint256}),
    EmissionSet: event("0xd8a338ed602e85c003baa39be2b642286582d9e1f9507835ee72758327871c34", "EmissionSet(uint256,uint64,uint256,uint256)", {"ratePerSecond": p.uint256, "endsAt": p.uint64, "funded": p.uint256, "undistributed": p.uint256}),
    RewardAccrued: event("0x2be29277512f1ebf9e3890918bea324987fca21f384bd79215a4c5abebf1b95f", "RewardAccrued(uint32,uint256,uint256,uint256,uint256,uint256)", {"nodeId": indexed(p.uint32), "amount": p.uint256, "operatorAmount": p.uint256, "commission": p.uint256, "delegatorsAmount": p.uint256, "accruedTotal": p.uint256}),
    RewardClaimed: event("0x48a96906c176880aa2958d9819f0fbbc69b826f89063d4ee3bd48ce09187f010", "RewardClaimed(uint32,address,address,bool,uint256,uint256)", {"nodeId": indexed(p.uint32), "account": indexed(p.address), "recipient": p.address, "asOperator": p.bool, "amount": p.uint256, "claimedTotal": p.uint256}),
    StakeCapSet: event("0xc92ee4010010a6bd88a54dcce0a26909d7ffe9105ac66d998385c12bddee073f", "StakeCapSet(uint256)", {"stakeCap": p.uint256}),
    WeightUpdated: event("0x63f532a90baf12255b93e23746f0344256e8cf1f14ce6c94ead49fca68349e78", "WeightUpdated(uint32,uint256,uint16,uint16,uint256,uint256)", {"nodeId": indexed(p.uint32), "cappedStake": p.uint256, "scoreBps": p.uint16, "classWeightBps": p.uint16, "weight": p.uint256, "totalWeight": p.uint256}),
}

export const functions = {
    CLASSES: viewFun("0xe0beab2d", "CLASSES()", {}, p.uint8),
    accruedOf: viewFun("0x619ba43e", "accruedOf(uint32)", {"nodeId": p.uint32}, p.uint256),
    authority: viewFun("0xbf7e214f", "authority()", {}, p.address),
    beforeStakeChange: fun("0x57bf1f91", "beforeStakeChange(uint32,address)", {"nodeId": p.uint32, "delegator": p.address}, ),
    claim: fun("0x04951891", "claim(uint32)", {"nodeId": p.uint32}, p.uint256),
    claimOperator: fun("0x0af758a4", "claimOperator(uint32)", {"nodeId": p.uint32}, p.uint256),
    classWeightBps: viewFun("0x01270792", "classWeightBps(uint8)", {"hardwareClass": p.uint8}, p.uint16),
    endsAt: viewFun("0x0a09284a", "endsAt()", {}, p.uint64),
    fundEmission: fun("0x35d1a01e", "fundEmission(uint256,uint64)", {"amount": p.uint256, "durationSeconds": p.uint64}, ),
    funded: viewFun("0xf3a504f2", "funded()", {}, p.uint256),
    isConsumingScheduledOp: viewFun("0x8fb36037", "isConsumingScheduledOp()", {}, p.bytes4),
    oracle: viewFun("0x7dc0d1d0", "oracle()", {}, p.address),
    pendingOf: viewFun("0xaef4ffc7", "pendingOf(uint32,address)", {"nodeId": p.uint32, "delegator": p.address}, p.uint256),
    pendingOperator: viewFun("0x15a6d6e8", "pendingOperator(uint32)", {"nodeId": p.uint32}, p.uint256),
    ratePerSecond: viewFun("0x8eff1a98", "ratePerSecond()", {}, p.uint256),
    registry: viewFun("0x7b103999", "registry()", {}, p.address),
    setAuthority: fun("0x7a9e5e4b", "setAuthority(address)", {"newAuthority": p.address}, ),
    setClassWeight: fun("0x8a707230", "setClassWeight(uint8,uint16)", {"hardwareClass": p.uint8, "weightBps": p.uint16}, ),
    setStakeCap: fun("0x70805435", "setStakeCap(uint256)", {"stakeCap_": p.uint256}, ),
    stakeCap: viewFun("0xba28fd2e", "stakeCap()", {}, p.uint256),
    staking: viewFun("0x4cf088d9", "staking()", {}, p.address),
    sync: fun("0x9506ef5c", "sync(uint32[])", {"nodeIds": p.array(p.uint32)}, ),
    token: viewFun("0xfc0c546a", "token()", {}, p.address),
    totalWeight: viewFun("0x96c82e57", "totalWeight()", {}, p.uint256),
    undistributed: viewFun("0xeb72c8d8", "undistributed()", {}, p.uint256),
    weightOf: viewFun("0xa1489f02", "weightOf(uint32)", {"nodeId": p.uint32}, p.uint256),
}

export class Contract extends ContractBase {

    CLASSES() {
        return this.eth_call(functions.CLASSES, {})
    }

    accruedOf(nodeId: AccruedOfParams["nodeId"]) {
        return this.eth_call(functions.accruedOf, {nodeId})
    }

    authority() {
        return this.eth_call(functions.authority, {})
    }

    classWeightBps(hardwareClass: ClassWeightBpsParams["hardwareClass"]) {
        return this.eth_call(functions.classWeightBps, {hardwareClass})
    }

    endsAt() {
        return this.eth_call(functions.endsAt, {})
    }

    funded() {
        return this.eth_call(functions.funded, {})
    }

    isConsumingScheduledOp() {
        return this.eth_call(functions.isConsumingScheduledOp, {})
    }

    oracle() {
        return this.eth_call(functions.oracle, {})
    }

    pendingOf(nodeId: PendingOfParams["nodeId"], delegator: PendingOfParams["delegator"]) {
        return this.eth_call(functions.pendingOf, {nodeId, delegator})
    }

    pendingOperator(nodeId: PendingOperatorParams["nodeId"]) {
        return this.eth_call(functions.pendingOperator, {nodeId})
    }

    ratePerSecond() {
        return this.eth_call(functions.ratePerSecond, {})
    }

    registry() {
        return this.eth_call(functions.registry, {})
    }

    stakeCap() {
        return this.eth_call(functions.stakeCap, {})
    }

    staking() {
        return this.eth_call(functions.staking, {})
    }

    token() {
        return this.eth_call(functions.token, {})
    }

    totalWeight() {
        return this.eth_call(functions.totalWeight, {})
    }

    undistributed() {
        return this.eth_call(functions.undistributed, {})
    }

    weightOf(nodeId: WeightOfParams["nodeId"]) {
        return this.eth_call(functions.weightOf, {nodeId})
    }
}

/// Event types
export type AuthorityUpdatedEventArgs = EParams<typeof events.AuthorityUpdated>
export type ClassWeightSetEventArgs = EParams<typeof events.ClassWeightSet>
export type DelegatorSettledEventArgs = EParams<typeof events.DelegatorSettled>
export type EmissionSetEventArgs = EParams<typeof events.EmissionSet>
export type RewardAccruedEventArgs = EParams<typeof events.RewardAccrued>
export type RewardClaimedEventArgs = EParams<typeof events.RewardClaimed>
export type StakeCapSetEventArgs = EParams<typeof events.StakeCapSet>
export type WeightUpdatedEventArgs = EParams<typeof events.WeightUpdated>

/// Function types
export type CLASSESParams = FunctionArguments<typeof functions.CLASSES>
export type CLASSESReturn = FunctionReturn<typeof functions.CLASSES>

export type AccruedOfParams = FunctionArguments<typeof functions.accruedOf>
export type AccruedOfReturn = FunctionReturn<typeof functions.accruedOf>

export type AuthorityParams = FunctionArguments<typeof functions.authority>
export type AuthorityReturn = FunctionReturn<typeof functions.authority>

export type BeforeStakeChangeParams = FunctionArguments<typeof functions.beforeStakeChange>
export type BeforeStakeChangeReturn = FunctionReturn<typeof functions.beforeStakeChange>

export type ClaimParams = FunctionArguments<typeof functions.claim>
export type ClaimReturn = FunctionReturn<typeof functions.claim>

export type ClaimOperatorParams = FunctionArguments<typeof functions.claimOperator>
export type ClaimOperatorReturn = FunctionReturn<typeof functions.claimOperator>

export type ClassWeightBpsParams = FunctionArguments<typeof functions.classWeightBps>
export type ClassWeightBpsReturn = FunctionReturn<typeof functions.classWeightBps>

export type EndsAtParams = FunctionArguments<typeof functions.endsAt>
export type EndsAtReturn = FunctionReturn<typeof functions.endsAt>

export type FundEmissionParams = FunctionArguments<typeof functions.fundEmission>
export type FundEmissionReturn = FunctionReturn<typeof functions.fundEmission>

export type FundedParams = FunctionArguments<typeof functions.funded>
export type FundedReturn = FunctionReturn<typeof functions.funded>

export type IsConsumingScheduledOpParams = FunctionArguments<typeof functions.isConsumingScheduledOp>
export type IsConsumingScheduledOpReturn = FunctionReturn<typeof functions.isConsumingScheduledOp>

export type OracleParams = FunctionArguments<typeof functions.oracle>
export type OracleReturn = FunctionReturn<typeof functions.oracle>

export type PendingOfParams = FunctionArguments<typeof functions.pendingOf>
export type PendingOfReturn = FunctionReturn<typeof functions.pendingOf>

export type PendingOperatorParams = FunctionArguments<typeof functions.pendingOperator>
export type PendingOperatorReturn = FunctionReturn<typeof functions.pendingOperator>

export type RatePerSecondParams = FunctionArguments<typeof functions.ratePerSecond>
export type RatePerSecondReturn = FunctionReturn<typeof functions.ratePerSecond>

export type RegistryParams = FunctionArguments<typeof functions.registry>
export type RegistryReturn = FunctionReturn<typeof functions.registry>

export type SetAuthorityParams = FunctionArguments<typeof functions.setAuthority>
export type SetAuthorityReturn = FunctionReturn<typeof functions.setAuthority>

export type SetClassWeightParams = FunctionArguments<typeof functions.setClassWeight>
export type SetClassWeightReturn = FunctionReturn<typeof functions.setClassWeight>

export type SetStakeCapParams = FunctionArguments<typeof functions.setStakeCap>
export type SetStakeCapReturn = FunctionReturn<typeof functions.setStakeCap>

export type StakeCapParams = FunctionArguments<typeof functions.stakeCap>
export type StakeCapReturn = FunctionReturn<typeof functions.stakeCap>

export type StakingParams = FunctionArguments<typeof functions.staking>
export type StakingReturn = FunctionReturn<typeof functions.staking>

export type SyncParams = FunctionArguments<typeof functions.sync>
export type SyncReturn = FunctionReturn<typeof functions.sync>

export type TokenParams = FunctionArguments<typeof functions.token>
export type TokenReturn = FunctionReturn<typeof functions.token>

export type TotalWeightParams = FunctionArguments<typeof functions.totalWeight>
export type TotalWeightReturn = FunctionReturn<typeof functions.totalWeight>

export type UndistributedParams = FunctionArguments<typeof functions.undistributed>
export type UndistributedReturn = FunctionReturn<typeof functions.undistributed>

export type WeightOfParams = FunctionArguments<typeof functions.weightOf>
export type WeightOfReturn = FunctionReturn<typeof functions.weightOf>

