// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {INodeStaking} from "../../src/interfaces/INodeStaking.sol";
import {IRewardDistributor} from "../../src/interfaces/IRewardDistributor.sol";
import {Vm} from "../lib/Vm.sol";

/// @title Claimable rewards from events alone, as an index computes them
/// @notice It never calls the contracts. What it comes to must be what their views say, to the wei.
contract RewardShadow {
    struct Node {
        uint256 weight;
        uint256 rewardPerWeightPaid;
        uint256 rewardPerShare;
        uint256 operatorPending;
        uint256 selfStake;
        uint256 delegatedStake;
        uint256 totalShares;
        uint256 commissionBps;
    }

    struct Delegator {
        uint256 shares;
        uint256 rewardPerSharePaid;
        uint256 pending;
    }

    struct Settlement {
        uint256 operatorAmount;
        uint256 commission;
        uint256 delegatorsAmount;
        uint256 rewardPerShareGain;
    }

    /// @dev Data of UnbondingStarted.
    struct Unbonding {
        bool isSelfStake;
        uint256 shares;
        uint256 amount;
        uint64 withdrawableAt;
        uint256 ownerShares;
        uint256 selfStake;
        uint256 delegatedStake;
        uint256 totalShares;
        uint256 totalStaked;
        uint256 totalUnbonding;
    }

    uint256 private constant SCALE = 1e18;

    /// @notice Settlements that gave nobody anything.
    uint256 public unassigned;

    address private immutable _rewards;
    address private immutable _staking;

    uint256 private _rewardPerWeight;
    uint256 private _checkpointAt;
    uint256 private _ratePerSecond;
    uint256 private _endsAt;
    uint256 private _totalWeight;
    mapping(uint32 nodeId => Node) private _nodes;
    mapping(uint32 nodeId => mapping(address account => Delegator)) private _delegators;

    error Contradiction(string what, uint256 due, uint256 said);

    constructor(address rewards, address staking) {
        _rewards = rewards;
        _staking = staking;
    }

    /// @notice Takes in the events of one block, in their order.
    function take(Vm.Log[] calldata logs, uint256 time) external {
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].emitter == _rewards || logs[i].emitter == _staking) _take(logs[i], time);
        }
    }

    function pendingOperator(uint32 nodeId, uint256 time) external view returns (uint256) {
        return _nodes[nodeId].operatorPending + _due(_nodes[nodeId], rewardPerWeightAt(time)).operatorAmount;
    }

    function pendingOf(uint32 nodeId, address account, uint256 time) external view returns (uint256) {
        uint256 gain = _due(_nodes[nodeId], rewardPerWeightAt(time)).rewardPerShareGain;
        return _pendingOf(nodeId, account, _nodes[nodeId].rewardPerShare + gain);
    }

    function rewardPerWeightAt(uint256 time) public view returns (uint256) {
        uint256 until = time < _endsAt ? time : _endsAt;
        if (_totalWeight == 0 || until <= _checkpointAt) return _rewardPerWeight;
        return _rewardPerWeight + _ratePerSecond * (until - _checkpointAt) * SCALE / _totalWeight;
    }

    function _take(Vm.Log calldata log, uint256 time) private {
        bytes32 topic = log.topics[0];
        if (topic == IRewardDistributor.EmissionSet.selector) {
            _checkpoint(time);
            (_ratePerSecond, _endsAt,,) = abi.decode(log.data, (uint256, uint64, uint256, uint256));
        } else if (topic == IRewardDistributor.WeightUpdated.selector) {
            _checkpoint(time);
            Node storage node = _node(log.topics[1]);
            node.rewardPerWeightPaid = _rewardPerWeight;
            (,,, node.weight, _totalWeight) = abi.decode(log.data, (uint256, uint16, uint16, uint256, uint256));
        } else if (topic == IRewardDistributor.RewardAccrued.selector) {
            _accrue(_node(log.topics[1]), log.data, rewardPerWeightAt(time));
        } else if (topic == IRewardDistributor.DelegatorSettled.selector) {
            _settleDelegator(log);
        } else if (topic == IRewardDistributor.RewardClaimed.selector) {
            _claim(log);
        } else if (topic == INodeStaking.StakeDeposited.selector) {
            (, _node(log.topics[1]).selfStake,) = abi.decode(log.data, (uint256, uint256, uint256));
        } else if (topic == INodeStaking.Delegated.selector) {
            _delegate(log);
        } else if (topic == INodeStaking.UnbondingStarted.selector) {
            Unbonding memory said = abi.decode(log.data, (Unbonding));
            Node storage node = _node(log.topics[2]);
            node.selfStake = said.selfStake;
            node.delegatedStake = said.delegatedStake;
            node.totalShares = said.totalShares;
            if (!said.isSelfStake) _delegator(log.topics[2], log.topics[3]).shares = said.ownerShares;
        } else if (topic == INodeStaking.CommissionApplied.selector) {
            _node(log.topics[1]).commissionBps = abi.decode(log.data, (uint16));
        }
    }

    function _checkpoint(uint256 time) private {
        _rewardPerWeight = rewardPerWeightAt(time);
        _checkpointAt = time;
    }

    function _accrue(Node storage node, bytes calldata data, uint256 rewardPerWeight) private {
        (uint256 amount, uint256 operatorAmount, uint256 commission, uint256 delegatorsAmount,) =
            abi.decode(data, (uint256, uint256, uint256, uint256, uint256));
        Settlement memory due = _due(node, rewardPerWeight);
        _agree("operatorAmount", due.operatorAmount, operatorAmount);
        _agree("commission", due.commission, commission);
        _agree("delegatorsAmount", due.delegatorsAmount, delegatorsAmount);
        _agree("amount", operatorAmount + delegatorsAmount, amount);
        if (amount == 0) unassigned++;
        node.rewardPerWeightPaid = rewardPerWeight;
        node.rewardPerShare += due.rewardPerShareGain;
        node.operatorPending += operatorAmount;
    }

    function _settleDelegator(Vm.Log calldata log) private {
        (uint256 pending, uint256 rewardPerShare) = abi.decode(log.data, (uint256, uint256));
        Delegator storage delegator = _delegator(log.topics[1], log.topics[2]);
        _agree("rewardPerShare", _node(log.topics[1]).rewardPerShare, rewardPerShare);
        uint32 nodeId = uint32(uint256(log.topics[1]));
        _agree("pending", _pendingOf(nodeId, _account(log.topics[2]), rewardPerShare), pending);
        delegator.pending = pending;
        delegator.rewardPerSharePaid = rewardPerShare;
    }

    function _claim(Vm.Log calldata log) private {
        (, bool asOperator, uint256 amount,) = abi.decode(log.data, (address, bool, uint256, uint256));
        if (asOperator) {
            Node storage node = _node(log.topics[1]);
            _agree("claim of the operator", node.operatorPending, amount);
            node.operatorPending = 0;
        } else {
            Delegator storage delegator = _delegator(log.topics[1], log.topics[2]);
            _agree("claim", delegator.pending, amount);
            delegator.pending = 0;
        }
    }

    function _delegate(Vm.Log calldata log) private {
        (,, uint256 delegatorShares, uint256 delegatedStake, uint256 totalShares,) =
            abi.decode(log.data, (uint256, uint256, uint256, uint256, uint256, uint256));
        Node storage node = _node(log.topics[1]);
        node.delegatedStake = delegatedStake;
        node.totalShares = totalShares;
        _delegator(log.topics[1], log.topics[2]).shares = delegatorShares;
    }

    function _due(Node memory node, uint256 rewardPerWeight) private pure returns (Settlement memory due) {
        uint256 amount = node.weight * (rewardPerWeight - node.rewardPerWeightPaid) / SCALE;
        uint256 delegated = node.totalShares == 0 ? 0 : node.delegatedStake;
        if (amount == 0 || node.selfStake + delegated == 0) return due;
        uint256 gross = amount * delegated / (node.selfStake + delegated);
        due.commission = gross * node.commissionBps / 10_000;
        due.delegatorsAmount = gross - due.commission;
        due.operatorAmount = amount - due.delegatorsAmount;
        if (due.delegatorsAmount != 0) due.rewardPerShareGain = due.delegatorsAmount * SCALE / node.totalShares;
    }

    function _pendingOf(uint32 nodeId, address account, uint256 rewardPerShare) private view returns (uint256) {
        Delegator memory delegator = _delegators[nodeId][account];
        return delegator.pending + delegator.shares * (rewardPerShare - delegator.rewardPerSharePaid) / SCALE;
    }

    function _agree(string memory what, uint256 due, uint256 said) private pure {
        if (due != said) revert Contradiction(what, due, said);
    }

    function _node(bytes32 topic) private view returns (Node storage) {
        return _nodes[uint32(uint256(topic))];
    }

    function _delegator(bytes32 node, bytes32 account) private view returns (Delegator storage) {
        return _delegators[uint32(uint256(node))][_account(account)];
    }

    function _account(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
