// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRewardDistributor} from "../../src/interfaces/IRewardDistributor.sol";
import {CoreTest} from "./CoreTest.sol";
import {RewardShadow} from "./RewardShadow.sol";

/// @title Whoever follows the events knows what can be claimed, to the wei
contract RewardEventsTest is CoreTest {
    uint32 private constant NODES = 3;
    uint256 private constant STEPS = 48;
    uint256 private constant MOST = 5_000 ether;

    RewardShadow private _shadow;
    address[3] private _delegators;
    uint256 private _seed;

    /// @dev What is set up is known from events as well.
    function setUp() public override {
        vm.recordLogs();
        super.setUp();
        _shadow = new RewardShadow(address(rewards), address(staking));
        _delegators = [alice, bob, worker];
        for (uint32 nodeId = 0; nodeId < NODES; nodeId++) {
            registerStaked(THRESHOLD);
        }
        _follow();
    }

    function testFuzz_eventsTellWhatCanBeClaimed(uint256 seed) public {
        _seed = seed;
        for (uint256 i = 0; i < STEPS; i++) {
            _step(_below(17), uint32(_below(NODES)), _delegators[_below(3)]);
            _follow();
            _compare();
        }
    }

    /// Hooks that failed all the way out leave a weight without stake, whose stream nobody can have earned.
    function test_aSettlementThatGivesNobodyAnythingIsTold() public {
        setScore(0, 10_000);
        rewards.fundEmission(1_000 ether, 1_000);
        _breakHooks();
        vm.prank(operator);
        staking.unbondSelfStake(0, THRESHOLD);
        vm.clearMockedCalls();
        vm.warp(vm.getBlockTimestamp() + 10);
        vm.expectEmit(address(rewards));
        emit IRewardDistributor.RewardAccrued(0, 0, 0, 0, 0, 0);
        vm.prank(operator);
        vm.assertEq(rewards.claimOperator(0), 0);
        _follow();
        vm.assertEq(_shadow.unassigned(), 1);
        _compare();
        stakeSelf(0, THRESHOLD);
        _follow();
        vm.warp(vm.getBlockTimestamp() + 10);
        _compare();
        vm.assertEq(rewards.pendingOperator(0), 10 ether, "of the time with stake only");
    }

    function test_callsWithoutAnEventChangeNothing() public {
        delegateAs(alice, 0, THRESHOLD);
        setScore(0, 10_000);
        rewards.fundEmission(1_000 ether + 1, 999);
        vm.warp(vm.getBlockTimestamp() + 7);
        vm.prank(alice);
        rewards.claim(0);
        vm.recordLogs();
        uint256 before = rewards.undistributed();
        rewards.sync(new uint32[](0));
        vm.prank(alice);
        vm.assertEq(rewards.claim(0), 0);
        vm.prank(makeAddr("nobody"));
        vm.assertEq(rewards.claim(0), 0);
        vm.assertEq(vm.getRecordedLogs().length, 0, "silent");
        vm.assertEq(rewards.undistributed(), before);
        vm.warp(vm.getBlockTimestamp() + 7);
        uint256 pending = rewards.pendingOf(0, alice);
        rewards.sync(new uint32[](0));
        vm.assertEq(rewards.pendingOf(0, alice), pending);
    }

    function test_aDelegatorIsSettledWithAnEvent() public {
        delegateAs(alice, 0, THRESHOLD);
        setScore(0, 10_000);
        rewards.fundEmission(1_000 ether, 1_000);
        vm.warp(vm.getBlockTimestamp() + 100);
        give(alice, 1);
        give(bob, 1);
        uint256 rewardPerShare = 50 ether * 1e18 / THRESHOLD;
        vm.expectEmit(address(rewards));
        emit IRewardDistributor.DelegatorSettled(0, alice, 50 ether, rewardPerShare);
        vm.prank(alice);
        staking.delegate(0, 1);
        vm.expectEmit(address(rewards));
        emit IRewardDistributor.DelegatorSettled(0, bob, 0, rewardPerShare);
        vm.prank(bob);
        staking.delegate(0, 1);
    }

    /// @dev Any step, also where it comes to nothing.
    function _step(uint256 step, uint32 nodeId, address delegator) private {
        bool isRetired = registry.getNode(nodeId).retired;
        if (step < 4) vm.warp(vm.getBlockTimestamp() + _below(2 days));
        else if (step == 4 && !isRetired) stakeSelf(nodeId, 1 + _below(MOST));
        else if (step == 5 && !isRetired) delegateAs(delegator, nodeId, 1 + _below(MOST));
        else if (step == 6) _leave(nodeId, operator, staking.getPool(nodeId).selfStake);
        else if (step == 7) _leave(nodeId, delegator, staking.sharesOf(nodeId, delegator));
        else if (step == 8) setScore(nodeId, _below(3) == 0 ? 0 : uint16(_below(10_001)));
        else if (step == 9) rewards.fundEmission(1 ether + _below(MOST), uint64(1 + _below(30 days)));
        else if (step == 10) _claim(nodeId, _below(4) == 0 ? makeAddr("nobody") : delegator);
        else if (step == 11) _claimOperator(nodeId);
        else if (step == 12 && !isRetired) _setCommission(nodeId, uint16(_below(10_001)));
        else if (step == 13) rewards.sync(new uint32[](0));
        else if (step == 14) _syncAll(nodeId);
        else if (step == 15) rewards.setClassWeight(CLASS, _below(3) == 0 ? 0 : uint16(_below(10_001)));
        else if (step == 16 && nodeId != 0 && !isRetired && _below(4) == 0) _retire(nodeId);
    }

    /// @dev Some or all of it, sometimes with a distributor that fails.
    function _leave(uint32 nodeId, address account, uint256 available) private {
        if (available == 0) return;
        uint256 amount = _below(2) == 0 ? available : 1 + _below(available);
        bool isBroken = _below(3) == 0;
        if (isBroken) _breakHooks();
        vm.prank(account);
        if (account == operator) staking.unbondSelfStake(nodeId, amount);
        else staking.unbond(nodeId, amount);
        if (isBroken) vm.clearMockedCalls();
    }

    function _breakHooks() private {
        vm.mockCallRevert(address(rewards), abi.encodeWithSelector(IRewardDistributor.beforeStakeChange.selector), "");
        vm.mockCallRevert(address(rewards), abi.encodeWithSelector(IRewardDistributor.sync.selector), "");
    }

    function _claim(uint32 nodeId, address delegator) private {
        vm.prank(delegator);
        rewards.claim(nodeId);
    }

    function _claimOperator(uint32 nodeId) private {
        vm.prank(operator);
        rewards.claimOperator(nodeId);
    }

    function _setCommission(uint32 nodeId, uint16 commissionBps) private {
        vm.prank(operator);
        staking.scheduleCommission(nodeId, commissionBps);
        vm.warp(vm.getBlockTimestamp() + NOTICE);
        staking.applyCommission(nodeId);
    }

    /// @dev All nodes, one of them twice.
    function _syncAll(uint32 again) private {
        uint32[] memory ids = new uint32[](NODES + 1);
        for (uint32 nodeId = 0; nodeId < NODES; nodeId++) {
            ids[nodeId] = nodeId;
        }
        ids[NODES] = again;
        rewards.sync(ids);
    }

    function _retire(uint32 nodeId) private {
        vm.prank(operator);
        registry.retireNode(nodeId);
    }

    function _follow() private {
        _shadow.take(vm.getRecordedLogs(), vm.getBlockTimestamp());
    }

    function _compare() private view {
        uint256 time = vm.getBlockTimestamp();
        for (uint32 nodeId = 0; nodeId < NODES; nodeId++) {
            vm.assertEq(_shadow.pendingOperator(nodeId, time), rewards.pendingOperator(nodeId), "operator");
            for (uint256 i = 0; i < 3; i++) {
                uint256 pending = rewards.pendingOf(nodeId, _delegators[i]);
                vm.assertEq(_shadow.pendingOf(nodeId, _delegators[i], time), pending, "delegator");
            }
        }
    }

    function _below(uint256 limit) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % limit;
    }
}
