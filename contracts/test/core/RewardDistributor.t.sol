// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {RewardDistributor} from "../../src/RewardDistributor.sol";
import {INodeRegistry} from "../../src/interfaces/INodeRegistry.sol";
import {IRewardDistributor} from "../../src/interfaces/IRewardDistributor.sol";
import {CoreTest} from "./CoreTest.sol";

contract RewardDistributorTest is CoreTest {
    uint256 private constant RATE = 1 ether;
    uint64 private constant DURATION = 1_000;

    function test_oneNodeEarnsTheWholeStream() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        setScore(nodeId, 8_000);
        _fund();
        vm.warp(block.timestamp + 100);
        vm.assertEq(rewards.pendingOperator(nodeId), 100 * RATE, "a hundred seconds");
        vm.warp(block.timestamp + 10 * DURATION);
        vm.assertEq(rewards.pendingOperator(nodeId), DURATION * RATE, "the stream ends");

        vm.expectEmit(address(rewards));
        emit IRewardDistributor.RewardAccrued(nodeId, DURATION * RATE, DURATION * RATE, 0, 0, DURATION * RATE);
        vm.expectEmit(address(rewards));
        emit IRewardDistributor.RewardClaimed(nodeId, operator, recipient, true, DURATION * RATE, DURATION * RATE);
        vm.prank(recipient);
        vm.assertEq(rewards.claimOperator(nodeId), DURATION * RATE, "claimed");
        vm.assertEq(token.balanceOf(recipient), DURATION * RATE, "paid to the recipient");
        vm.prank(operator);
        vm.assertEq(rewards.claimOperator(nodeId), 0, "once");
    }

    function test_weightIsCappedStakeTimesScoreTimesClass() public {
        rewards.setClassWeight(CLASS, 5_000);
        uint32 nodeId = registerStaked(THRESHOLD);
        delegateAs(alice, nodeId, STAKE_CAP);
        scores.set(nodeId, 6_000);
        vm.expectEmit(address(rewards));
        emit IRewardDistributor.WeightUpdated(nodeId, STAKE_CAP, 6_000, 5_000, 3_000 ether, 3_000 ether);
        sync(nodeId);
        vm.assertEq(rewards.weightOf(nodeId), 3_000 ether);

        rewards.setStakeCap(100 ether);
        sync(nodeId);
        vm.assertEq(rewards.weightOf(nodeId), 30 ether, "new cap");
    }

    function test_uncertifiedUnratedAndRetiredNodesHaveNoWeight() public {
        uint32 nodeId = registerStaked(THRESHOLD - 1);
        setScore(nodeId, 9_000);
        vm.assertEq(rewards.weightOf(nodeId), 0, "uncertified");
        stakeSelf(nodeId, 1);
        vm.assertGt(rewards.weightOf(nodeId), 0, "certified: the stake itself refreshed the weight");
        setScore(nodeId, 0);
        vm.assertEq(rewards.weightOf(nodeId), 0, "score 0");
        setScore(nodeId, 9_000);
        vm.prank(operator);
        registry.retireNode(nodeId);
        sync(nodeId);
        vm.assertEq(rewards.weightOf(nodeId), 0, "retired");
        vm.assertEq(rewards.totalWeight(), 0, "total");
    }

    function test_operatorAndDelegatorsShareByStakeAndCommission() public {
        uint32 nodeId = registerStaked(600 ether);
        _setCommission(nodeId, 1_000);
        delegateAs(alice, nodeId, 300 ether);
        delegateAs(bob, nodeId, 100 ether);
        setScore(nodeId, 10_000);
        _fund();
        vm.warp(block.timestamp + 1_000);

        // 1000 DPN: 400 to delegators before commission, 40 of it commission
        vm.assertEq(rewards.pendingOperator(nodeId), 640 ether, "600 by stake + 40 commission");
        vm.assertEq(rewards.pendingOf(nodeId, alice), 270 ether, "alice");
        vm.assertEq(rewards.pendingOf(nodeId, bob), 90 ether, "bob");
        vm.expectEmit(address(rewards));
        emit IRewardDistributor.RewardAccrued(nodeId, 1_000 ether, 640 ether, 40 ether, 360 ether, 1_000 ether);
        vm.expectEmit(address(rewards));
        emit IRewardDistributor.RewardClaimed(nodeId, alice, alice, false, 270 ether, 270 ether);
        vm.prank(alice);
        rewards.claim(nodeId);
        vm.assertEq(token.balanceOf(alice), 270 ether);
        vm.assertEq(rewards.pendingOf(nodeId, bob), 90 ether, "bob's is untouched");
    }

    function test_aLateDelegatorGetsNothingOfTheTimeBefore() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        delegateAs(alice, nodeId, THRESHOLD);
        setScore(nodeId, 10_000);
        _fund();
        vm.warp(block.timestamp + 100);
        delegateAs(bob, nodeId, 1_000_000 ether);
        vm.assertEq(rewards.pendingOf(nodeId, bob), 0, "bob at once");
        vm.assertEq(rewards.pendingOf(nodeId, alice), 50 ether, "alice's half of the time before");
    }

    function test_aLateNodeGetsNothingOfTheTimeBefore() public {
        uint32 first = registerStaked(THRESHOLD);
        uint32 second = registerStaked(THRESHOLD);
        setScore(first, 10_000);
        _fund();
        vm.warp(block.timestamp + 100);
        setScore(second, 10_000);
        vm.assertEq(rewards.pendingOperator(second), 0, "at once");
        vm.warp(block.timestamp + 100);
        setScore(second, 0);
        vm.warp(block.timestamp + 100);
        setScore(second, 10_000);
        vm.assertEq(rewards.pendingOperator(second), 50 ether, "of the time with weight only");
        vm.assertEq(rewards.pendingOperator(first), 250 ether, "the rest");
    }

    function test_unbondingStakeEarnsNothing() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        delegateAs(alice, nodeId, THRESHOLD);
        setScore(nodeId, 10_000);
        _fund();
        vm.warp(block.timestamp + 100);
        vm.prank(alice);
        staking.unbond(nodeId, THRESHOLD);
        vm.assertEq(rewards.pendingOf(nodeId, alice), 50 ether, "earned so far");
        vm.assertEq(rewards.weightOf(nodeId), THRESHOLD, "weight fell with the stake");
        vm.warp(block.timestamp + 100);
        vm.assertEq(rewards.pendingOf(nodeId, alice), 50 ether, "no more");
        vm.assertEq(rewards.pendingOperator(nodeId), 150 ether, "operator has the stream alone");
    }

    function test_aCommissionDoesNotReachBack() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        delegateAs(alice, nodeId, THRESHOLD);
        setScore(nodeId, 10_000);
        vm.prank(operator);
        staking.scheduleCommission(nodeId, 10_000);
        rewards.fundEmission(2 * NOTICE * RATE, 2 * NOTICE);
        vm.warp(block.timestamp + NOTICE);
        staking.applyCommission(nodeId);
        vm.assertEq(rewards.pendingOf(nodeId, alice), NOTICE * RATE / 2, "earned before");
        vm.warp(block.timestamp + NOTICE);
        vm.assertEq(rewards.pendingOf(nodeId, alice), NOTICE * RATE / 2, "all commission after");
    }

    function test_rewardWithoutWeightWaitsAndIsStreamedLater() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        _fund();
        vm.warp(block.timestamp + 400);
        scores.set(nodeId, 5_000);
        vm.expectEmit(address(rewards));
        emit IRewardDistributor.EmissionSet(RATE, uint64(block.timestamp) + DURATION, DURATION * RATE, 0);
        sync(nodeId);
        vm.warp(block.timestamp + DURATION);
        vm.assertEq(rewards.pendingOperator(nodeId), DURATION * RATE, "nothing was lost");
    }

    function test_rewardThatWaitedPastTheEndIsStreamedLater() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        _fund();
        vm.warp(block.timestamp + 3 * DURATION);
        setScore(nodeId, 5_000);
        vm.assertEq(uint256(rewards.endsAt()), block.timestamp + DURATION, "a whole stream ahead");
        vm.warp(block.timestamp + 2 * DURATION);
        vm.assertEq(rewards.pendingOperator(nodeId), DURATION * RATE, "nothing was lost");
    }

    function test_fundingAgainKeepsWhatIsLeft() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        setScore(nodeId, 5_000);
        _fund();
        vm.warp(block.timestamp + 500);
        vm.expectEmit(address(rewards));
        emit IRewardDistributor.EmissionSet(
            3 ether, uint64(block.timestamp) + 500, DURATION * RATE + 1_000 ether + 7, 7
        );
        rewards.fundEmission(1_000 ether + 7, 500);
        vm.warp(block.timestamp + 500);
        vm.assertEq(rewards.pendingOperator(nodeId), 2_000 ether, "both fundings");
    }

    function test_retiredNodesKeepWhatTheyEarned() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        setScore(nodeId, 5_000);
        _fund();
        vm.warp(block.timestamp + 10);
        vm.startPrank(operator);
        registry.retireNode(nodeId);
        staking.unbondSelfStake(nodeId, THRESHOLD);
        vm.warp(block.timestamp + 10);
        vm.assertEq(rewards.claimOperator(nodeId), 10 * RATE, "until it left");
    }

    function test_entriesAreGuarded() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        vm.startPrank(alice);
        bytes memory refused = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, alice);
        vm.expectRevert(refused);
        rewards.fundEmission(1 ether, 1);
        vm.expectRevert(refused);
        rewards.setClassWeight(CLASS, 1);
        vm.expectRevert(refused);
        rewards.setStakeCap(1);
        vm.expectRevert(abi.encodeWithSelector(RewardDistributor.NotStaking.selector, alice));
        rewards.beforeStakeChange(nodeId, alice);
        vm.expectRevert(abi.encodeWithSelector(RewardDistributor.NotOperator.selector, nodeId, alice));
        rewards.claimOperator(nodeId);
    }

    function test_badParametersAreRefused() public {
        vm.expectRevert(abi.encodeWithSelector(RewardDistributor.EmissionTooSmall.selector, 1 ether, 0));
        rewards.fundEmission(1 ether, 0);
        vm.expectRevert(abi.encodeWithSelector(RewardDistributor.EmissionTooSmall.selector, 9, 10));
        rewards.fundEmission(9, 10);
        vm.expectRevert(abi.encodeWithSelector(RewardDistributor.UnknownClass.selector, 4));
        rewards.setClassWeight(4, 1);
        vm.expectRevert(abi.encodeWithSelector(RewardDistributor.ClassWeightTooHigh.selector, 10_001));
        rewards.setClassWeight(1, 10_001);
        vm.expectRevert(RewardDistributor.ZeroParameter.selector);
        rewards.setStakeCap(0);
    }

    function test_developmentClassEarnsOnDevnetsOnly() public {
        rewards.setClassWeight(0, 10_000);
        rewards.setClassWeight(0, 0);
        uint256[2] memory publicChains = [uint256(56), 97];
        for (uint256 i = 0; i < 2; i++) {
            vm.chainId(publicChains[i]);
            vm.expectRevert(
                abi.encodeWithSelector(RewardDistributor.DevelopmentClassHasNoWeight.selector, publicChains[i])
            );
            rewards.setClassWeight(0, 1);
            rewards.setClassWeight(0, 0);
        }
    }

    function test_syncRefusesUnknownNodes() public {
        vm.expectRevert();
        sync(7);
    }

    /// Whatever the sizes, the parts add up to what was streamed, never to more, and rounding costs next to nothing.
    function testFuzz_partsNeverExceedTheStream(
        uint256 self,
        uint256 aliceStake,
        uint256 bobStake,
        uint256 amount,
        uint256 duration,
        uint256 elapsed,
        uint256 score,
        uint256 commission
    ) public {
        uint32 nodeId = registerStaked(bound(self, THRESHOLD, 30_000_000 ether));
        _setCommission(nodeId, uint16(bound(commission, 0, 10_000)));
        delegateAs(alice, nodeId, bound(aliceStake, 1, 30_000_000 ether));
        delegateAs(bob, nodeId, bound(bobStake, 1, 30_000_000 ether));
        setScore(nodeId, uint16(bound(score, 1, 10_000)));
        duration = bound(duration, 1, 10 * 365 days);
        amount = bound(amount, duration, 100_000_000 ether);
        elapsed = bound(elapsed, 0, 2 * duration);
        rewards.fundEmission(amount, uint64(duration));
        vm.warp(block.timestamp + elapsed);

        uint256 streamed = rewards.ratePerSecond() * (elapsed < duration ? elapsed : duration);
        uint256 parts =
            rewards.pendingOperator(nodeId) + rewards.pendingOf(nodeId, alice) + rewards.pendingOf(nodeId, bob);
        vm.assertLe(parts, streamed, "more than streamed");
        vm.assertApproxEqAbs(parts, streamed, 1e12, "rounding lost more than a millionth of a DPN");

        uint256 pending = rewards.pendingOf(nodeId, alice);
        vm.prank(alice);
        vm.assertEq(rewards.claim(nodeId), pending, "the view says what a claim pays");
    }

    /// Two nodes share by weight, however often and in whatever order they are synced.
    function testFuzz_settlingOftenChangesNothing(uint256 steps, uint256 seed) public {
        uint32 one = registerStaked(THRESHOLD);
        uint32 two = registerStaked(3 * THRESHOLD);
        setScore(one, 10_000);
        setScore(two, 10_000);
        _fund();
        uint256 start = block.timestamp;
        steps = bound(steps, 1, 20);
        for (uint256 i = 0; i < steps; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(vm.getBlockTimestamp() + (seed % 40));
            sync(seed & 64 == 0 ? one : two);
        }
        vm.warp(start + 1_000);
        vm.assertApproxEqAbs(rewards.pendingOperator(one), 250 ether, 1e6, "a quarter");
        vm.assertApproxEqAbs(rewards.pendingOperator(two), 750 ether, 1e6, "three quarters");
    }

    function _fund() private {
        rewards.fundEmission(RATE * DURATION, DURATION);
    }

    function _setCommission(uint32 nodeId, uint16 commissionBps) private {
        vm.prank(operator);
        staking.scheduleCommission(nodeId, commissionBps);
        vm.warp(block.timestamp + NOTICE);
        staking.applyCommission(nodeId);
    }
}
