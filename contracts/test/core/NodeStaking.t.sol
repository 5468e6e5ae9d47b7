// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {NodeStaking} from "../../src/NodeStaking.sol";
import {INodeStaking} from "../../src/interfaces/INodeStaking.sol";
import {IRewardDistributor} from "../../src/interfaces/IRewardDistributor.sol";
import {Vm} from "../lib/Vm.sol";
import {CoreTest} from "./CoreTest.sol";

contract NodeStakingTest is CoreTest {
    /// @dev Storage slot of the pools, to take stake away as slashing will.
    uint256 private constant POOLS_SLOT = 5;
    uint256 private constant TOTAL_STAKED_SLOT = 2;

    function test_stakeCertifiesAtTheThreshold() public {
        uint32 nodeId = registerStaked(THRESHOLD - 1);
        vm.assertFalse(staking.isEligible(nodeId), "one wei short");
        give(operator, 1);
        vm.expectEmit(address(staking));
        emit INodeStaking.StakeDeposited(nodeId, operator, 1, THRESHOLD, THRESHOLD);
        vm.expectEmit(address(staking));
        emit INodeStaking.Certified(nodeId, THRESHOLD);
        vm.prank(operator);
        staking.stake(nodeId, 1);
        vm.assertTrue(staking.isEligible(nodeId), "at the threshold");
        vm.assertEq(token.balanceOf(address(staking)), THRESHOLD);
    }

    function test_onlyTheOperatorStakesUnbondsAndSetsCommission() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        bytes memory refused = abi.encodeWithSelector(NodeStaking.NotOperator.selector, nodeId, worker);
        vm.startPrank(worker);
        vm.expectRevert(refused);
        staking.stake(nodeId, 1);
        vm.expectRevert(refused);
        staking.unbondSelfStake(nodeId, 1);
        vm.expectRevert(refused);
        staking.scheduleCommission(nodeId, 1);
    }

    function test_zeroAmountsAreRefused() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        vm.startPrank(operator);
        vm.expectRevert(NodeStaking.ZeroAmount.selector);
        staking.stake(nodeId, 0);
        vm.expectRevert(NodeStaking.ZeroAmount.selector);
        staking.delegate(nodeId, 0);
        vm.expectRevert(NodeStaking.ZeroAmount.selector);
        staking.unbondSelfStake(nodeId, 0);
        vm.expectRevert(NodeStaking.ZeroAmount.selector);
        staking.unbond(nodeId, 0);
    }

    function test_unbondingDecertifiesAtOnceAndPaysAfterTheDelay() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        vm.expectEmit(address(staking));
        emit INodeStaking.UnbondingStarted(
            0,
            nodeId,
            operator,
            true,
            0,
            1 ether,
            uint64(block.timestamp) + UNBONDING,
            0,
            THRESHOLD - 1 ether,
            0,
            0,
            THRESHOLD - 1 ether,
            1 ether
        );
        vm.expectEmit(address(staking));
        emit INodeStaking.Decertified(nodeId, THRESHOLD - 1 ether);
        vm.prank(operator);
        uint256 lockId = staking.unbondSelfStake(nodeId, 1 ether);
        vm.assertFalse(staking.isEligible(nodeId));

        uint64 opensAt = uint64(block.timestamp) + UNBONDING;
        vm.warp(opensAt - 1);
        vm.expectRevert(abi.encodeWithSelector(NodeStaking.StillLocked.selector, lockId, opensAt));
        vm.prank(operator);
        staking.withdraw(lockId);

        vm.warp(opensAt);
        vm.expectRevert(abi.encodeWithSelector(NodeStaking.NotLockOwner.selector, lockId, alice));
        vm.prank(alice);
        staking.withdraw(lockId);

        vm.expectEmit(address(staking));
        emit INodeStaking.UnbondingWithdrawn(lockId, nodeId, operator, 1 ether, 0);
        vm.startPrank(operator);
        staking.withdraw(lockId);
        vm.assertEq(token.balanceOf(operator), 1 ether);
        vm.expectRevert(abi.encodeWithSelector(NodeStaking.AlreadyWithdrawn.selector, lockId));
        staking.withdraw(lockId);
        vm.expectRevert(abi.encodeWithSelector(NodeStaking.UnknownLock.selector, 1));
        staking.withdraw(1);
    }

    function test_delegationEventsCarryTheTotals() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        delegateAs(alice, nodeId, 30 ether);
        give(bob, 12 ether);
        vm.expectEmit(address(staking));
        emit INodeStaking.Delegated(nodeId, bob, 12 ether, 12 ether, 12 ether, 42 ether, 42 ether, THRESHOLD + 42 ether);
        vm.prank(bob);
        staking.delegate(nodeId, 12 ether);

        vm.expectEmit(address(staking));
        emit INodeStaking.UnbondingStarted(
            0,
            nodeId,
            alice,
            false,
            10 ether,
            10 ether,
            uint64(block.timestamp) + UNBONDING,
            20 ether,
            THRESHOLD,
            32 ether,
            32 ether,
            THRESHOLD + 32 ether,
            10 ether
        );
        vm.prank(alice);
        staking.unbond(nodeId, 10 ether);
        vm.assertEq(staking.sharesOf(nodeId, alice), 20 ether);
    }

    function test_nobodyUnbondsMoreThanTheyHave() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        delegateAs(alice, nodeId, 5 ether);
        vm.expectRevert(abi.encodeWithSelector(NodeStaking.InsufficientStake.selector, 5 ether, 5 ether + 1));
        vm.prank(alice);
        staking.unbond(nodeId, 5 ether + 1);
        vm.expectRevert(abi.encodeWithSelector(NodeStaking.InsufficientStake.selector, 0, 1));
        vm.prank(bob);
        staking.unbond(nodeId, 1);
        vm.expectRevert(abi.encodeWithSelector(NodeStaking.InsufficientStake.selector, THRESHOLD, THRESHOLD + 1));
        vm.prank(operator);
        staking.unbondSelfStake(nodeId, THRESHOLD + 1);
    }

    function test_retiredNodesTakeNothingAndReleaseEverything() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        delegateAs(alice, nodeId, 5 ether);
        vm.prank(operator);
        registry.retireNode(nodeId);
        vm.assertFalse(staking.isEligible(nodeId), "eligible");
        vm.assertTrue(staking.getPool(nodeId).certified, "certification says what the stake is");

        give(operator, 1 ether);
        give(bob, 1 ether);
        vm.expectRevert(abi.encodeWithSelector(NodeStaking.NodeIsRetired.selector, nodeId));
        vm.prank(operator);
        staking.stake(nodeId, 1 ether);
        vm.expectRevert(abi.encodeWithSelector(NodeStaking.NodeIsRetired.selector, nodeId));
        vm.prank(bob);
        staking.delegate(nodeId, 1 ether);

        vm.prank(operator);
        staking.unbondSelfStake(nodeId, THRESHOLD);
        vm.prank(alice);
        staking.unbond(nodeId, 5 ether);
        vm.warp(block.timestamp + UNBONDING);
        vm.prank(operator);
        staking.withdraw(0);
        vm.prank(alice);
        staking.withdraw(1);
        vm.assertEq(token.balanceOf(address(staking)), 0);
    }

    function test_commissionTakesEffectAfterItsNotice() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        vm.expectRevert(abi.encodeWithSelector(NodeStaking.NoCommissionScheduled.selector, nodeId));
        staking.applyCommission(nodeId);

        uint64 effectiveAt = uint64(block.timestamp) + NOTICE;
        vm.startPrank(operator);
        vm.expectRevert(abi.encodeWithSelector(NodeStaking.CommissionTooHigh.selector, 10_001));
        staking.scheduleCommission(nodeId, 10_001);
        vm.expectEmit(address(staking));
        emit INodeStaking.CommissionScheduled(nodeId, 1_500, effectiveAt);
        staking.scheduleCommission(nodeId, 1_500);
        vm.stopPrank();

        vm.expectRevert(abi.encodeWithSelector(NodeStaking.NoticePeriodRunning.selector, nodeId, effectiveAt));
        staking.applyCommission(nodeId);
        vm.assertEq(uint256(staking.getPool(nodeId).commissionBps), 0, "before");
        vm.warp(effectiveAt);
        vm.expectEmit(address(staking));
        emit INodeStaking.CommissionApplied(nodeId, 1_500);
        staking.applyCommission(nodeId);
        vm.assertEq(uint256(staking.getPool(nodeId).commissionBps), 1_500, "after");
        (, uint64 pendingAt) = staking.pendingCommission(nodeId);
        vm.assertEq(uint256(pendingAt), 0, "nothing pending");
    }

    function test_thresholdChangesReachNodesAtTheirRefresh() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        uint32[] memory ids = new uint32[](1);
        ids[0] = nodeId;
        staking.setCertificationThreshold(THRESHOLD + 1);
        vm.assertTrue(staking.isEligible(nodeId), "not yet evaluated");
        vm.expectEmit(address(staking));
        emit INodeStaking.Decertified(nodeId, THRESHOLD);
        vm.prank(bob);
        staking.refreshCertification(ids);
        vm.assertFalse(staking.isEligible(nodeId), "evaluated");
        staking.setCertificationThreshold(THRESHOLD);
        staking.refreshCertification(ids);
        vm.assertTrue(staking.isEligible(nodeId), "back");
    }

    function test_parametersAreGuarded() public {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, alice));
        staking.setCertificationThreshold(1);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, alice));
        staking.setRewardDistributor(rewards);
        vm.stopPrank();
        vm.expectRevert(NodeStaking.RewardDistributorAlreadySet.selector);
        staking.setRewardDistributor(rewards);
        vm.expectRevert(NodeStaking.ZeroParameter.selector);
        staking.setCertificationThreshold(0);

        NodeStaking fresh = new NodeStaking(address(manager), token, registry, THRESHOLD, UNBONDING, NOTICE);
        vm.expectRevert(abi.encodeWithSelector(NodeStaking.NotAContract.selector, alice));
        fresh.setRewardDistributor(IRewardDistributor(alice));
    }

    function test_aBrokenDistributorStopsEnteringButNeverLeaving() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        delegateAs(alice, nodeId, 5 ether);
        give(bob, 1 ether);
        vm.etch(address(rewards), hex"60006000fd");

        vm.expectRevert();
        vm.prank(bob);
        staking.delegate(nodeId, 1 ether);

        vm.expectEmit(address(staking));
        emit NodeStaking.RewardSettlementSkipped(nodeId, alice);
        vm.prank(alice);
        staking.unbond(nodeId, 5 ether);
        vm.prank(operator);
        staking.unbondSelfStake(nodeId, THRESHOLD);
        vm.warp(block.timestamp + UNBONDING);
        vm.prank(alice);
        staking.withdraw(0);
        vm.prank(operator);
        staking.withdraw(1);
        vm.assertEq(token.balanceOf(address(staking)), 0);
    }

    function test_aGasBurningDistributorNeverBlocksLeaving() public {
        uint32 nodeId = registerStaked(THRESHOLD);
        delegateAs(alice, nodeId, 5 ether);
        // invalid opcode: burns everything it is given
        vm.etch(address(rewards), hex"fe");
        vm.prank(alice);
        staking.unbond{gas: 1_500_000}(nodeId, 5 ether);
        vm.assertEq(staking.sharesOf(nodeId, alice), 0);
    }

    function testFuzz_leaversCannotStarveTheDistributorOfGas(uint256 gasLimit) public {
        uint32 nodeId = registerStaked(THRESHOLD);
        delegateAs(alice, nodeId, 5 ether);
        setScore(nodeId, 8_000);
        gasLimit = bound(gasLimit, 50_000, 1_500_000);
        vm.recordLogs();
        vm.prank(alice);
        (bool left,) = address(staking).call{gas: gasLimit}(abi.encodeCall(INodeStaking.unbond, (nodeId, 5 ether)));
        if (!left) return;
        bytes32 skipped = NodeStaking.RewardSettlementSkipped.selector;
        vm.assertFalse(_emitted(skipped), "an honest distributor was passed over");
        vm.assertEq(rewards.weightOf(nodeId), THRESHOLD * 8_000 / 10_000, "weight follows the stake at once");
    }

    function test_tokensSentDirectlyMoveNoSharePrice() public {
        uint32 nodeId = register();
        delegateAs(alice, nodeId, 1);
        token.transfer(address(staking), 1_000_000 ether);
        vm.assertEq(delegateAs(bob, nodeId, 7 ether), 7 ether, "bob gets shares one to one");
    }

    /// Shares never create value, at any share price below one that losses can leave behind.
    function testFuzz_sharesNeverCreateValueAfterALoss(uint256 first, uint256 lossBps, uint256 second, uint256 parts)
        public
    {
        _checkValueAfterALoss(first, lossBps, second, parts, 1_000_000 ether);
    }

    /// The same where rounding shows most.
    function testFuzz_sharesNeverCreateValueInAFewWei(uint256 first, uint256 lossBps, uint256 second, uint256 parts)
        public
    {
        _checkValueAfterALoss(first, lossBps, second, parts, 30);
    }

    function testFuzz_poolRangesAreReadWholeOrRefused(uint32 from, uint32 to) public {
        for (uint256 i = 0; i < 3; i++) {
            register();
        }
        if (from > to || to > 3) {
            vm.expectRevert(abi.encodeWithSelector(NodeStaking.RangeOutOfBounds.selector, from, to));
        }
        staking.getPools(from, to);
        vm.assertEq(staking.getPools(1, 3).length, 2, "length");
    }

    function _checkValueAfterALoss(uint256 first, uint256 lossBps, uint256 second, uint256 parts, uint256 most)
        private
    {
        uint32 nodeId = register();
        first = bound(first, 1, most);
        second = bound(second, 1, most);
        uint256 left = first - (first * bound(lossBps, 0, 10_000)) / 10_000;
        delegateAs(alice, nodeId, first);
        _lose(nodeId, first - left);
        uint256 worthBefore = _worth(nodeId, alice);

        uint256 shares = delegateAs(bob, nodeId, second);
        vm.assertLe(_worth(nodeId, bob), second, "bob's shares are worth more than he paid");
        vm.assertGe(_worth(nodeId, alice), worthBefore, "bob's coming costs alice");
        parts = bound(parts, 1, shares);
        uint256 taken = _unbondOrZero(bob, nodeId, parts) + _unbondOrZero(bob, nodeId, shares - parts);
        vm.assertLe(taken, second, "bob takes out more than he put in");
        vm.assertGe(_worth(nodeId, alice), worthBefore, "bob's going costs alice");
        uint256 rest = _unbondOrZero(alice, nodeId, first);
        vm.assertLe(rest + taken, left + second, "together more than there was");
        if (left == first) vm.assertEq(rest + taken, first + second, "whole at price one");
        vm.assertEq(staking.totalStaked(), staking.getPool(nodeId).delegatedStake, "dust stays accounted for");
    }

    function _worth(uint32 nodeId, address owner) private view returns (uint256) {
        INodeStaking.Pool memory pool = staking.getPool(nodeId);
        return staking.sharesOf(nodeId, owner) * (pool.delegatedStake + 1) / (pool.totalShares + 1);
    }

    function _unbondOrZero(address owner, uint32 nodeId, uint256 shares) private returns (uint256 amount) {
        if (shares == 0) return 0;
        vm.prank(owner);
        try staking.unbond(nodeId, shares) returns (uint256 lockId) {
            amount = staking.getLock(lockId).amount;
        } catch {}
    }

    function _lose(uint32 nodeId, uint256 amount) private {
        bytes32 slot = bytes32(uint256(keccak256(abi.encode(nodeId, POOLS_SLOT))) + 1);
        uint256 before = uint256(vm.load(address(staking), slot));
        vm.assertEq(before, staking.getPool(nodeId).delegatedStake, "slot of the pool");
        vm.store(address(staking), slot, bytes32(before - amount));
        bytes32 total = bytes32(TOTAL_STAKED_SLOT);
        vm.assertEq(uint256(vm.load(address(staking), total)), staking.totalStaked(), "slot of the total");
        vm.store(address(staking), total, bytes32(staking.totalStaked() - amount));
    }

    function _emitted(bytes32 topic) private returns (bool) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].topics[0] == topic) return true;
        }
        return false;
    }
}
