// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {INodeStaking} from "../../src/interfaces/INodeStaking.sol";
import {CoreTest} from "./CoreTest.sol";

/// @title Random stakers, delegators, scores and claims, and the sums that must hold after every step
contract EconomyHandler is CoreTest {
    uint32 private constant NODES = 3;
    uint256 private constant MOST = 5_000 ether;

    address[3] private _delegators = [alice, bob, worker];
    mapping(uint32 nodeId => uint256) private _thresholdAtEvaluation;
    uint256 private _funded;
    uint256 private _claimed;
    uint256 private _donated;

    constructor() {
        setUp();
        for (uint32 nodeId = 0; nodeId < NODES; nodeId++) {
            registerStaked(THRESHOLD);
            _thresholdAtEvaluation[nodeId] = THRESHOLD;
            setScore(nodeId, 5_000);
        }
        fund(10_000 ether, 30 days);
    }

    // --- steps -----------------------------------------------------------------------------------------------------

    function stake(uint256 node, uint256 amount) external {
        uint32 nodeId = _node(node);
        if (registry.getNode(nodeId).retired) return;
        stakeSelf(nodeId, bound(amount, 1, MOST));
        _thresholdAtEvaluation[nodeId] = staking.certificationThreshold();
    }

    function delegate(uint256 who, uint256 node, uint256 amount) external {
        uint32 nodeId = _node(node);
        if (registry.getNode(nodeId).retired) return;
        delegateAs(_delegators[who % 3], nodeId, bound(amount, 1, MOST));
    }

    function unbondSelf(uint256 node, uint256 amount) external {
        uint32 nodeId = _node(node);
        uint256 available = staking.getPool(nodeId).selfStake;
        if (available == 0) return;
        vm.prank(operator);
        staking.unbondSelfStake(nodeId, bound(amount, 1, available));
        _thresholdAtEvaluation[nodeId] = staking.certificationThreshold();
    }

    function unbond(uint256 who, uint256 node, uint256 shares) external {
        uint32 nodeId = _node(node);
        address delegator = _delegators[who % 3];
        uint256 available = staking.sharesOf(nodeId, delegator);
        if (available == 0) return;
        vm.prank(delegator);
        staking.unbond(nodeId, bound(shares, 1, available));
    }

    function withdraw(uint256 lock) external {
        if (staking.lockCount() == 0) return;
        uint256 lockId = lock % staking.lockCount();
        INodeStaking.UnbondingLock memory found = staking.getLock(lockId);
        if (found.withdrawn) return;
        if (vm.getBlockTimestamp() < found.withdrawableAt) vm.warp(found.withdrawableAt);
        vm.prank(found.owner);
        staking.withdraw(lockId);
    }

    function pass(uint256 elapsed) external {
        vm.warp(vm.getBlockTimestamp() + bound(elapsed, 1, 2 days));
    }

    function score(uint256 node, uint256 scoreBps) external {
        setScore(_node(node), uint16(bound(scoreBps, 0, 10_000)));
    }

    function fund(uint256 amount, uint256 duration) public {
        amount = bound(amount, 1 ether, 100_000 ether);
        rewards.fundEmission(amount, uint64(bound(duration, 1, 60 days)));
        _funded += amount;
    }

    function claim(uint256 who, uint256 node) external {
        vm.prank(_delegators[who % 3]);
        _claimed += rewards.claim(_node(node));
    }

    function claimOperator(uint256 node) external {
        vm.prank(operator);
        _claimed += rewards.claimOperator(_node(node));
    }

    function commission(uint256 node, uint256 commissionBps) external {
        uint32 nodeId = _node(node);
        if (registry.getNode(nodeId).retired) return;
        vm.prank(operator);
        staking.scheduleCommission(nodeId, uint16(bound(commissionBps, 0, 10_000)));
        vm.warp(vm.getBlockTimestamp() + NOTICE);
        staking.applyCommission(nodeId);
    }

    /// @dev Node 0 stays, so that there is something to see in long runs.
    function retire(uint256 node) external {
        uint32 nodeId = _node(node);
        if (nodeId == 0 || node % 7 != 0 || registry.getNode(nodeId).retired) return;
        vm.prank(operator);
        registry.retireNode(nodeId);
    }

    function threshold(uint256 value) external {
        staking.setCertificationThreshold(bound(value, 1, 2 * THRESHOLD));
    }

    function refresh(uint256 node) external {
        uint32[] memory ids = new uint32[](1);
        ids[0] = _node(node);
        staking.refreshCertification(ids);
        _thresholdAtEvaluation[ids[0]] = staking.certificationThreshold();
    }

    function parameters(uint256 cap, uint256 classWeight) external {
        rewards.setStakeCap(bound(cap, 1, STAKE_CAP));
        rewards.setClassWeight(CLASS, uint16(bound(classWeight, 0, 10_000)));
    }

    function donate(uint256 amount) external {
        amount = bound(amount, 0, 100 ether);
        token.transfer(address(staking), amount);
        _donated += amount;
    }

    // --- invariants ------------------------------------------------------------------------------------------------

    /// All bonded stake plus all unbonding stake is the staking contract's token balance.
    function checkStakeIsBacked() external view {
        uint256 bonded;
        for (uint32 nodeId = 0; nodeId < NODES; nodeId++) {
            INodeStaking.Pool memory pool = staking.getPool(nodeId);
            bonded += pool.selfStake + pool.delegatedStake;
        }
        uint256 unbonding;
        for (uint256 lockId = 0; lockId < staking.lockCount(); lockId++) {
            INodeStaking.UnbondingLock memory lock = staking.getLock(lockId);
            if (!lock.withdrawn) unbonding += lock.amount;
        }
        vm.assertEq(staking.totalStaked(), bonded, "totalStaked is the sum of the pools");
        vm.assertEq(staking.totalUnbonding(), unbonding, "totalUnbonding is the sum of the open locks");
        vm.assertEq(token.balanceOf(address(staking)), bonded + unbonding + _donated, "backed by tokens");
    }

    /// A pool's shares are its delegators' shares, and are worth its delegated stake, never more.
    function checkSharesCreateNothing() external view {
        for (uint32 nodeId = 0; nodeId < NODES; nodeId++) {
            INodeStaking.Pool memory pool = staking.getPool(nodeId);
            uint256 shares;
            uint256 worth;
            for (uint256 i = 0; i < 3; i++) {
                uint256 own = staking.sharesOf(nodeId, _delegators[i]);
                shares += own;
                worth += own * (pool.delegatedStake + 1) / (pool.totalShares + 1);
            }
            vm.assertEq(shares, pool.totalShares, "sum of shares");
            vm.assertLe(worth, pool.delegatedStake, "worth of shares");
            vm.assertEq(pool.delegatedStake, pool.totalShares, "price is one: there are no losses yet");
        }
    }

    /// A node is certified exactly when its self-stake reached the threshold when last evaluated.
    function checkCertification() external view {
        for (uint32 nodeId = 0; nodeId < NODES; nodeId++) {
            INodeStaking.Pool memory pool = staking.getPool(nodeId);
            vm.assertEq(pool.certified, pool.selfStake >= _thresholdAtEvaluation[nodeId], "certified");
            bool retired = registry.getNode(nodeId).retired;
            vm.assertEq(staking.isEligible(nodeId), pool.certified && !retired, "eligible");
        }
    }

    /// All claims so far plus everything claimable now never exceed the funding, and are covered by tokens.
    function checkRewardsAreFunded() external view {
        uint256 claimable;
        for (uint32 nodeId = 0; nodeId < NODES; nodeId++) {
            claimable += rewards.pendingOperator(nodeId);
            for (uint256 i = 0; i < 3; i++) {
                claimable += rewards.pendingOf(nodeId, _delegators[i]);
            }
        }
        vm.assertEq(rewards.funded(), _funded, "funded");
        vm.assertLe(_claimed + claimable, _funded, "claims within funding");
        vm.assertEq(token.balanceOf(address(rewards)), _funded - _claimed, "tokens held");
        uint256 running =
            rewards.endsAt() > block.timestamp ? (rewards.endsAt() - block.timestamp) * rewards.ratePerSecond() : 0;
        // With weight, what is neither claimed nor claimable is still to be streamed, up to rounding.
        if (rewards.totalWeight() == 0) return;
        vm.assertLe(_claimed + claimable + running, _funded, "claims and stream within funding");
        vm.assertApproxEqAbs(
            _claimed + claimable + running + rewards.undistributed(), _funded, 1e15, "nothing gets lost"
        );
    }

    /// Total weight is the sum of the weights, and a node without stake has none.
    function checkWeights() external view {
        uint256 sum;
        for (uint32 nodeId = 0; nodeId < NODES; nodeId++) {
            sum += rewards.weightOf(nodeId);
            INodeStaking.Pool memory pool = staking.getPool(nodeId);
            vm.assertLe(rewards.weightOf(nodeId), pool.selfStake + pool.delegatedStake, "weight without stake");
        }
        vm.assertEq(rewards.totalWeight(), sum, "sum of weights");
    }

    function _node(uint256 seed) private pure returns (uint32) {
        return uint32(seed % NODES);
    }
}
