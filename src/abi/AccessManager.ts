import * as p from '@subsquid/evm-codec'
import { event, fun, viewFun, indexed, ContractBase } from '@subsquid/evm-abi'
import type { EventParams as EParams, FunctionArguments, FunctionReturn } from '@subsquid/evm-abi'

export const events = {
    OperationCanceled: event("0xbd9ac67a6e2f6463b80927326310338bcbb4bdb7936ce1365ea3e01067e7b9f7", "OperationCanceled(bytes32,uint32)", {"operationId": indexed(p.bytes32), "nonce": indexed(p.uint32)}),
    OperationExecuted: event("0x76a2a46953689d4861a5d3f6ed883ad7e6af674a21f8e162707159fc9dde614d", "OperationExecuted(bytes32,uint32)", {"operationId": indexed(p.bytes32), "nonce": indexed(p.uint32)}),
    OperationScheduled: event("0x82a2da5dee54ea8021c6545b4444620291e07ee83be6dd57edb175062715f3b4", "OperationScheduled(bytes32,uint32,uint48,address,address,bytes)", {"operationId": indexed(p.bytes32), "nonce": indexed(p.uint32), "schedule": p.uint48, "caller": p.address, "target": p.address, "data": p.bytes}),
    RoleAdminChanged: event("0x1fd6dd7631312dfac2205b52913f99de03b4d7e381d5d27d3dbfe0713e6e6340", "RoleAdminChanged(uint64,uint64)", {"roleId": indexed(p.uint64), "admin": indexed(p.uint64)}),
    RoleGrantDelayChanged: event("0xfeb69018ee8b8fd50ea86348f1267d07673379f72cffdeccec63853ee8ce8b48", "RoleGrantDelayChanged(uint64,uint32,uint48)", {"roleId": indexed(p.uint64), "delay": p.uint32, "since": p.uint48}),
    RoleGranted: event("0xf98448b987f1428e0e230e1f3c6e2ce15b5693eaf31827fbd0b1ec4b424ae7cf", "RoleGranted(uint64,address,uint32,uint48,bool)", {"roleId": indexed(p.uint64), "account": indexed(p.address), "delay": p.uint32, "since": p.uint48, "newMember": p.bool}),
    RoleGuardianChanged: event("0x7a8059630b897b5de4c08ade69f8b90c3ead1f8596d62d10b6c4d14a0afb4ae2", "RoleGuardianChanged(uint64,uint64)", {"roleId": indexed(p.uint64), "guardian": indexed(p.uint64)}),
    RoleLabel: event("0x1256f5b5ecb89caec12db449738f2fbcd1ba5806cf38f35413f4e5c15bf6a450", "RoleLabel(uint64,string)", {"roleId": indexed(p.uint64), "label": p.string}),
    RoleRevoked: event("0xf229baa593af28c41b1d16b748cd7688f0c83aaf92d4be41c44005defe84c166", "RoleRevoked(uint64,address)", {"roleId": indexed(p.uint64), "account": indexed(p.address)}),
    TargetAdminDelayUpdated: event("0xa56b76017453f399ec2327ba00375dbfb1fd070ff854341ad6191e6a2e2de19c", "TargetAdminDelayUpdated(address,uint32,uint48)", {"target": indexed(p.address), "delay": p.uint32, "since": p.uint48}),
    TargetClosed: event("0x90d4e7bb7e5d933792b3562e1741306f8be94837e1348dacef9b6f1df56eb138", "TargetClosed(address,bool)", {"target": indexed(p.address), "closed": p.bool}),
    TargetFunctionRoleUpdated: event("0x9ea6790c7dadfd01c9f8b9762b3682607af2c7e79e05a9f9fdf5580dde949151", "TargetFunctionRoleUpdated(address,bytes4,uint64)", {"target": indexed(p.address), "selector": p.bytes4, "roleId": indexed(p.uint64)}),
}

export const functions = {
    ADMIN_ROLE: viewFun("0x75b238fc", "ADMIN_ROLE()", {}, p.uint64),
    PUBLIC_ROLE: viewFun("0x3ca7c02a", "PUBLIC_ROLE()", {}, p.uint64),
    canCall: viewFun("0xb7009613", "canCall(address,address,bytes4)", {"caller": p.address, "target": p.address, "selector": p.bytes4}, {"immediate": p.bool, "delay": p.uint32}),
    cancel: fun("0xd6bb62c6", "cancel(address,address,bytes)", {"caller": p.address, "target": p.address, "data": p.bytes}, p.uint32),
    consumeScheduledOp: fun("0x94c7d7ee", "consumeScheduledOp(address,bytes)", {"caller": p.address, "data": p.bytes}, ),
    execute: fun("0x1cff79cd", "execute(address,bytes)", {"target": p.address, "data": p.bytes}, p.uint32),
    expiration: viewFun("0x4665096d", "expiration()", {}, p.uint32),
    getAccess: viewFun("0x3078f114", "getAccess(uint64,address)", {"roleId": p.uint64, "account": p.address}, {"since": p.uint48, "currentDelay": p.uint32, "pendingDelay": p.uint32, "effect": p.uint48}),
    getNonce: viewFun("0x4136a33c", "getNonce(bytes32)", {"id": p.bytes32}, p.uint32),
    getRoleAdmin: viewFun("0x530dd456", "getRoleAdmin(uint64)", {"roleId": p.uint64}, p.uint64),
    getRoleGrantDelay: viewFun("0x12be8727", "getRoleGrantDelay(uint64)", {"roleId": p.uint64}, p.uint32),
    getRoleGuardian: viewFun("0x0b0a93ba", "getRoleGuardian(uint64)", {"roleId": p.uint64}, p.uint64),
    getSchedule: viewFun("0x3adc277a", "getSchedule(bytes32)", {"id": p.bytes32}, p.uint48),
    getTargetAdminDelay: viewFun("0x4c1da1e2", "getTargetAdminDelay(address)", {"target": p.address}, p.uint32),
    getTargetFunctionRole: viewFun("0x6d5115bd", "getTargetFunctionRole(address,bytes4)", {"target": p.address, "selector": p.bytes4}, p.uint64),
    grantRole: fun("0x25c471a0", "grantRole(uint64,address,uint32)", {"roleId": p.uint64, "account": p.address, "executionDelay": p.uint32}, ),
    hasRole: viewFun("0xd1f856ee", "hasRole(uint64,address)", {"roleId": p.uint64, "account": p.address}, {"isMember": p.bool, "executionDelay": p.uint32}),
    hashOperation: viewFun("0xabd9bd2a", "hashOperation(address,address,bytes)", {"caller": p.address, "target": p.address, "data": p.bytes}, p.bytes32),
    isTargetClosed: viewFun("0xa166aa89", "isTargetClosed(address)", {"target": p.address}, p.bool),
    labelRole: fun("0x853551b8", "labelRole(uint64,string)", {"roleId": p.uint64, "label": p.string}, ),
    minSetback: viewFun("0xcc1b6c81", "minSetback()", {}, p.uint32),
    multicall: fun("0xac9650d8", "multicall(bytes[])", {"data": p.array(p.bytes)}, p.array(p.bytes)),
    renounceRole: fun("0xfe0776f5", "renounceRole(uint64,address)", {"roleId": p.uint64, "callerConfirmation": p.address}, ),
    revokeRole: fun("0xb7d2b162", "revokeRole(uint64,address)", {"roleId": p.uint64, "account": p.address}, ),
    schedule: fun("0xf801a698", "schedule(address,bytes,uint48)", {"target": p.address, "data": p.bytes, "when": p.uint48}, {"operationId": p.bytes32, "nonce": p.uint32}),
    setGrantDelay: fun("0xa64d95ce", "setGrantDelay(uint64,uint32)", {"roleId": p.uint64, "newDelay": p.uint32}, ),
    setRoleAdmin: fun("0x30cae187", "setRoleAdmin(uint64,uint64)", {"roleId": p.uint64, "admin": p.uint64}, ),
    setRoleGuardian: fun("0x52962952", "setRoleGuardian(uint64,uint64)", {"roleId": p.uint64, "guardian": p.uint64}, ),
    setTargetAdminDelay: fun("0xd22b5989", "setTargetAdminDelay(address,uint32)", {"target": p.address, "newDelay": p.uint32}, ),
    setTargetClosed: fun("0x167bd395", "setTargetClosed(address,bool)", {"target": p.address, "closed": p.bool}, ),
    setTargetFunctionRole: fun("0x08d6122d", "setTargetFunctionRole(address,bytes4[],uint64)", {"target": p.address, "selectors": p.array(p.bytes4), "roleId": p.uint64}, ),
    updateAuthority: fun("0x18ff183c", "updateAuthority(address,address)", {"target": p.address, "newAuthority": p.address}, ),
}

export class Contract extends ContractBase {

    ADMIN_ROLE() {
        return this.eth_call(functions.ADMIN_ROLE, {})
    }

    PUBLIC_ROLE() {
        return this.eth_call(functions.PUBLIC_ROLE, {})
    }

    canCall(caller: CanCallParams["caller"], target: CanCallParams["target"], selector: CanCallParams["selector"]) {
        return this.eth_call(functions.canCall, {caller, target, selector})
    }

    expiration() {
        return this.eth_call(functions.expiration, {})
    }

    getAccess(roleId: GetAccessParams["roleId"], account: GetAccessParams["account"]) {
        return this.eth_call(functions.getAccess, {roleId, account})
    }

    getNonce(id: GetNonceParams["id"]) {
        return this.eth_call(functions.getNonce, {id})
    }

    getRoleAdmin(roleId: GetRoleAdminParams["roleId"]) {
        return this.eth_call(functions.getRoleAdmin, {roleId})
    }

    getRoleGrantDelay(roleId: GetRoleGrantDelayParams["roleId"]) {
        return this.eth_call(functions.getRoleGrantDelay, {roleId})
    }

    getRoleGuardian(roleId: GetRoleGuardianParams["roleId"]) {
        return this.eth_call(functions.getRoleGuardian, {roleId})
    }

    getSchedule(id: GetScheduleParams["id"]) {
        return this.eth_call(functions.getSchedule, {id})
    }

    getTargetAdminDelay(target: GetTargetAdminDelayParams["target"]) {
        return this.eth_call(functions.getTargetAdminDelay, {target})
    }

    getTargetFunctionRole(target: GetTargetFunctionRoleParams["target"], selector: GetTargetFunctionRoleParams["selector"]) {
        return this.eth_call(functions.getTargetFunctionRole, {target, selector})
    }

    hasRole(roleId: HasRoleParams["roleId"], account: HasRoleParams["account"]) {
        return this.eth_call(functions.hasRole, {roleId, account})
    }

    hashOperation(caller: HashOperationParams["caller"], target: HashOperationParams["target"], data: HashOperationParams["data"]) {
        return this.eth_call(functions.hashOperation, {caller, target, data})
    }

    isTargetClosed(target: IsTargetClosedParams["target"]) {
        return this.eth_call(functions.isTargetClosed, {target})
    }

    minSetback() {
        return this.eth_call(functions.minSetback, {})
    }
}

/// Event types
export type OperationCanceledEventArgs = EParams<typeof events.OperationCanceled>
export type OperationExecutedEventArgs = EParams<typeof events.OperationExecuted>
export type OperationScheduledEventArgs = EParams<typeof events.OperationScheduled>
export type RoleAdminChangedEventArgs = EParams<typeof events.RoleAdminChanged>
export type RoleGrantDelayChangedEventArgs = EParams<typeof events.RoleGrantDelayChanged>
export type RoleGrantedEventArgs = EParams<typeof events.RoleGranted>
export type RoleGuardianChangedEventArgs = EParams<typeof events.RoleGuardianChanged>
export type RoleLabelEventArgs = EParams<typeof events.RoleLabel>
export type RoleRevokedEventArgs = EParams<typeof events.RoleRevoked>
export type TargetAdminDelayUpdatedEventArgs = EParams<typeof events.TargetAdminDelayUpdated>
export type TargetClosedEventArgs = EParams<typeof events.TargetClosed>
export type TargetFunctionRoleUpdatedEventArgs = EParams<typeof events.TargetFunctionRoleUpdated>

/// Function types
export type ADMIN_ROLEParams = FunctionArguments<typeof functions.ADMIN_ROLE>
export type ADMIN_ROLEReturn = FunctionReturn<typeof functions.ADMIN_ROLE>

export type PUBLIC_ROLEParams = FunctionArguments<typeof functions.PUBLIC_ROLE>
export type PUBLIC_ROLEReturn = FunctionReturn<typeof functions.PUBLIC_ROLE>

export type CanCallParams = FunctionArguments<typeof functions.canCall>
export type CanCallReturn = FunctionReturn<typeof functions.canCall>

export type CancelParams = FunctionArguments<typeof functions.cancel>
export type CancelReturn = FunctionReturn<typeof functions.cancel>

export type ConsumeScheduledOpParams = FunctionArguments<typeof functions.consumeScheduledOp>
export type ConsumeScheduledOpReturn = FunctionReturn<typeof functions.consumeScheduledOp>

export type ExecuteParams = FunctionArguments<typeof functions.execute>
export type ExecuteReturn = FunctionReturn<typeof functions.execute>

export type ExpirationParams = FunctionArguments<typeof functions.expiration>
export type ExpirationReturn = FunctionReturn<typeof functions.expiration>

export type GetAccessParams = FunctionArguments<typeof functions.getAccess>
export type GetAccessReturn = FunctionReturn<typeof functions.getAccess>

export type GetNonceParams = FunctionArguments<typeof functions.getNonce>
export type GetNonceReturn = FunctionReturn<typeof functions.getNonce>

export type GetRoleAdminParams = FunctionArguments<typeof functions.getRoleAdmin>
export type GetRoleAdminReturn = FunctionReturn<typeof functions.getRoleAdmin>

export type GetRoleGrantDelayParams = FunctionArguments<typeof functions.getRoleGrantDelay>
export type GetRoleGrantDelayReturn = FunctionReturn<typeof functions.getRoleGrantDelay>

export type GetRoleGuardianParams = FunctionArguments<typeof functions.getRoleGuardian>
export type GetRoleGuardianReturn = FunctionReturn<typeof functions.getRoleGuardian>

export type GetScheduleParams = FunctionArguments<typeof functions.getSchedule>
export type GetScheduleReturn = FunctionReturn<typeof functions.getSchedule>

export type GetTargetAdminDelayParams = FunctionArguments<typeof functions.getTargetAdminDelay>
export type GetTargetAdminDelayReturn = FunctionReturn<typeof functions.getTargetAdminDelay>

export type GetTargetFunctionRoleParams = FunctionArguments<typeof functions.getTargetFunctionRole>
export type GetTargetFunctionRoleReturn = FunctionReturn<typeof functions.getTargetFunctionRole>

export type GrantRoleParams = FunctionArguments<typeof functions.grantRole>
export type GrantRoleReturn = FunctionReturn<typeof functions.grantRole>

export type HasRoleParams = FunctionArguments<typeof functions.hasRole>
export type HasRoleReturn = FunctionReturn<typeof functions.hasRole>

export type HashOperationParams = FunctionArguments<typeof functions.hashOperation>
export type HashOperationReturn = FunctionReturn<typeof functions.hashOperation>

export type IsTargetClosedParams = FunctionArguments<typeof functions.isTargetClosed>
export type IsTargetClosedReturn = FunctionReturn<typeof functions.isTargetClosed>

export type LabelRoleParams = FunctionArguments<typeof functions.labelRole>
export type LabelRoleReturn = FunctionReturn<typeof functions.labelRole>

export type MinSetbackParams = FunctionArguments<typeof functions.minSetback>
export type MinSetbackReturn = FunctionReturn<typeof functions.minSetback>

export type MulticallParams = FunctionArguments<typeof functions.multicall>
export type MulticallReturn = FunctionReturn<typeof functions.multicall>

export type RenounceRoleParams = FunctionArguments<typeof functions.renounceRole>
export type RenounceRoleReturn = FunctionReturn<typeof functions.renounceRole>

export type RevokeRoleParams = FunctionArguments<typeof functions.revokeRole>
export type RevokeRoleReturn = FunctionReturn<typeof functions.revokeRole>

export type ScheduleParams = FunctionArguments<typeof functions.schedule>
export type ScheduleReturn = FunctionReturn<typeof functions.schedule>

export type SetGrantDelayParams = FunctionArguments<typeof functions.setGrantDelay>
export type SetGrantDelayReturn = FunctionReturn<typeof functions.setGrantDelay>

export type SetRoleAdminParams = FunctionArguments<typeof functions.setRoleAdmin>
export type SetRoleAdminReturn = FunctionReturn<typeof functions.setRoleAdmin>

export type SetRoleGuardianParams = FunctionArguments<typeof functions.setRoleGuardian>
export type SetRoleGuardianReturn = FunctionReturn<typeof functions.setRoleGuardian>

export type SetTargetAdminDelayParams = FunctionArguments<typeof functions.setTargetAdminDelay>
export type SetTargetAdminDelayReturn = FunctionReturn<typeof functions.setTargetAdminDelay>

export type SetTargetClosedParams = FunctionArguments<typeof functions.setTargetClosed>
export type SetTargetClosedReturn = FunctionReturn<typeof functions.setTargetClosed>

export type SetTargetFunctionRoleParams = FunctionArguments<typeof functions.setTargetFunctionRole>
export type SetTargetFunctionRoleReturn = FunctionReturn<typeof functions.setTargetFunctionRole>

export type UpdateAuthorityParams = FunctionArguments<typeof functions.updateAuthority>
export type UpdateAuthorityReturn = FunctionReturn<typeof functions.updateAuthority>

