// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {JobMarket} from "../../src/JobMarket.sol";
import {IJobMarket} from "../../src/interfaces/IJobMarket.sol";
import {CoreTest} from "./CoreTest.sol";

contract JobMarketTest is CoreTest {
    uint256 private constant PRICE = 100 ether;
    uint16 private constant MIN_SCORE = 6_000;
    uint32 private constant MAX_AGE = 1 hours;
    bytes32 private constant SPEC = keccak256("spec");
    bytes32 private constant RESULT = keccak256("result");

    address private client = alice;
    uint32 private nodeId;
    uint64 private deadline;

    function setUp() public override {
        super.setUp();
        nodeId = registerStaked(THRESHOLD);
        setScore(nodeId, 8_000);
        deadline = uint64(block.timestamp) + 10 minutes;
        give(client, 1_000 ether);
    }

    function test_postingEscrowsThePrice() public {
        vm.expectEmit(address(market));
        emit IJobMarket.JobPosted(0, client, CLASS, 2, PRICE, MIN_SCORE, MAX_AGE, deadline, SPEC, 2 * PRICE);
        uint256 jobId = _post(2);
        vm.assertEq(market.escrowed(), 2 * PRICE);
        vm.assertEq(token.balanceOf(address(market)), 2 * PRICE);
        vm.assertEq(market.jobCount(), 1);
        IJobMarket.Job memory job = market.getJob(jobId);
        vm.assertEq(job.client, client);
        vm.assertEq(job.specHash, SPEC);
        vm.assertEq(uint256(job.shardCount), 2);
    }

    function test_badJobsAreRefused() public {
        vm.startPrank(client);
        vm.expectRevert(JobMarket.EmptyJob.selector);
        market.postJob(CLASS, 0, PRICE, 0, 0, deadline, SPEC);
        vm.expectRevert(JobMarket.EmptyJob.selector);
        market.postJob(CLASS, 1, 0, 0, 0, deadline, SPEC);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.UnknownClass.selector, 4));
        market.postJob(4, 1, PRICE, 0, 0, deadline, SPEC);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.ScoreOutOfRange.selector, 10_001));
        market.postJob(CLASS, 1, PRICE, 10_001, 0, deadline, SPEC);
        uint64 now64 = uint64(block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.DeadlineOutOfRange.selector, now64));
        market.postJob(CLASS, 1, PRICE, 0, 0, now64, SPEC);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.DeadlineOutOfRange.selector, now64 + 366 days));
        market.postJob(CLASS, 1, PRICE, 0, 0, now64 + 366 days, SPEC);
    }

    function test_claimSubmitAcceptPaysNodeAndTreasury() public {
        uint256 jobId = _post(1);
        vm.expectEmit(address(market));
        emit IJobMarket.ShardClaimed(jobId, 0, nodeId);
        vm.prank(worker);
        market.claimShard(jobId, 0, nodeId);
        vm.expectEmit(address(market));
        emit IJobMarket.ShardSubmitted(jobId, 0, nodeId, RESULT, uint64(block.timestamp) + WINDOW);
        vm.prank(operator);
        market.submitShard(jobId, 0, RESULT);

        vm.expectEmit(address(market));
        emit IJobMarket.ShardAccepted(jobId, 0, nodeId, false);
        vm.expectEmit(address(market));
        emit IJobMarket.PaymentReleased(jobId, 0, nodeId, recipient, 97.5 ether, 2.5 ether, 0);
        vm.expectEmit(address(market));
        emit IJobMarket.JobCompleted(jobId, 1, 0);
        vm.prank(client);
        market.acceptShard(jobId, 0);
        vm.assertEq(token.balanceOf(recipient), 97.5 ether, "node");
        vm.assertEq(token.balanceOf(treasury), 2.5 ether, "treasury");
        vm.assertEq(market.escrowed(), 0, "escrow");

        _expectState(jobId, 0, IJobMarket.ShardState.Accepted);
        vm.prank(client);
        market.acceptShard(jobId, 0);
    }

    function test_claimNeedsKeyClassCertificateAndScore() public {
        uint256 jobId = _post(1);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.NotNodeKey.selector, nodeId, bob));
        vm.prank(bob);
        market.claimShard(jobId, 0, nodeId);

        vm.prank(operator);
        uint32 otherClass = registry.registerNode(worker, recipient, 1, 1, "", "");
        vm.expectRevert(abi.encodeWithSelector(JobMarket.WrongClass.selector, otherClass, 1));
        vm.prank(operator);
        market.claimShard(jobId, 0, otherClass);

        uint32 unstaked = register();
        vm.expectRevert(abi.encodeWithSelector(JobMarket.NodeNotEligible.selector, unstaked));
        vm.prank(operator);
        market.claimShard(jobId, 0, unstaked);

        uint32 unrated = registerStaked(THRESHOLD);
        bytes memory refused = abi.encodeWithSelector(JobMarket.ScoreNotMet.selector, unrated, MIN_SCORE, MAX_AGE);
        vm.expectRevert(refused);
        vm.prank(operator);
        market.claimShard(jobId, 0, unrated);
        setScore(unrated, MIN_SCORE - 1);
        vm.expectRevert(refused);
        vm.prank(operator);
        market.claimShard(jobId, 0, unrated);
        setScore(unrated, MIN_SCORE);
        vm.prank(operator);
        market.claimShard(jobId, 0, unrated);
    }

    function test_claimNeedsAFreshScore() public {
        vm.prank(client);
        uint256 jobId = market.postJob(CLASS, 1, PRICE, MIN_SCORE, MAX_AGE, deadline + 1 days, SPEC);
        vm.warp(block.timestamp + MAX_AGE + 1);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.ScoreNotMet.selector, nodeId, MIN_SCORE, MAX_AGE));
        vm.prank(operator);
        market.claimShard(jobId, 0, nodeId);
    }

    function test_jobsWithoutMinimumTakeUnratedNodes() public {
        uint32 unrated = registerStaked(THRESHOLD);
        vm.prank(client);
        uint256 jobId = market.postJob(CLASS, 1, PRICE, 0, 0, deadline, SPEC);
        vm.prank(operator);
        market.claimShard(jobId, 0, unrated);
    }

    function test_aRetiredNodeClaimsNothingButDeliversWhatItClaimed() public {
        uint256 jobId = _post(2);
        vm.startPrank(operator);
        market.claimShard(jobId, 0, nodeId);
        registry.retireNode(nodeId);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.NodeNotEligible.selector, nodeId));
        market.claimShard(jobId, 1, nodeId);
        market.submitShard(jobId, 0, RESULT);
    }

    function test_statesAreKept() public {
        uint256 jobId = _post(2);
        _expectState(jobId, 0, IJobMarket.ShardState.Open);
        vm.prank(operator);
        market.submitShard(jobId, 0, RESULT);
        _expectState(jobId, 0, IJobMarket.ShardState.Open);
        vm.prank(client);
        market.acceptShard(jobId, 0);

        vm.startPrank(operator);
        market.claimShard(jobId, 0, nodeId);
        _expectState(jobId, 0, IJobMarket.ShardState.Claimed);
        market.claimShard(jobId, 0, nodeId);
        vm.expectRevert(JobMarket.ZeroResult.selector);
        market.submitShard(jobId, 0, bytes32(0));
        market.submitShard(jobId, 0, RESULT);
        _expectState(jobId, 0, IJobMarket.ShardState.Submitted);
        market.submitShard(jobId, 0, RESULT);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.NotClient.selector, jobId, operator));
        market.acceptShard(jobId, 0);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.UnknownShard.selector, jobId, 2));
        market.claimShard(jobId, 2, nodeId);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.UnknownJob.selector, jobId + 1));
        market.claimShard(jobId + 1, 0, nodeId);
    }

    function test_silenceForTheWindowAccepts() public {
        uint256 jobId = _post(1);
        _claimAndSubmit(jobId, 0);
        uint64 acceptAt = uint64(block.timestamp) + WINDOW;
        vm.warp(acceptAt - 1);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.TooEarly.selector, acceptAt));
        market.autoAcceptShard(jobId, 0);
        vm.warp(acceptAt);
        vm.expectEmit(address(market));
        emit IJobMarket.ShardAccepted(jobId, 0, nodeId, true);
        market.autoAcceptShard(jobId, 0);
        vm.assertEq(token.balanceOf(recipient), 97.5 ether);
    }

    function test_theDeadlineEndsClaimsAndSubmissionsAndRefunds() public {
        uint256 jobId = _post(3);
        _claimAndSubmit(jobId, 0);
        vm.prank(operator);
        market.claimShard(jobId, 1, nodeId);
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.TooEarly.selector, deadline));
        market.expireShard(jobId, 1);

        vm.warp(deadline + 1);
        vm.startPrank(operator);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.DeadlinePassed.selector, deadline));
        market.submitShard(jobId, 1, RESULT);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.DeadlinePassed.selector, deadline));
        market.claimShard(jobId, 2, nodeId);
        vm.stopPrank();

        _expectState(jobId, 0, IJobMarket.ShardState.Submitted);
        market.expireShard(jobId, 0);
        vm.expectEmit(address(market));
        emit IJobMarket.ShardExpired(jobId, 1, nodeId, true, PRICE, 2 * PRICE);
        market.expireShard(jobId, 1);
        vm.expectEmit(address(market));
        emit IJobMarket.ShardExpired(jobId, 2, 0, false, PRICE, PRICE);
        market.expireShard(jobId, 2);
        _expectState(jobId, 2, IJobMarket.ShardState.Expired);
        market.expireShard(jobId, 2);

        vm.expectEmit(address(market));
        emit IJobMarket.JobCompleted(jobId, 1, 2);
        vm.prank(client);
        market.acceptShard(jobId, 0);
        vm.assertEq(token.balanceOf(client), 900 ether, "two shards came back");
    }

    function test_cancelReturnsEverythingWhileNothingIsClaimed() public {
        uint256 jobId = _post(3);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.NotClient.selector, jobId, bob));
        vm.prank(bob);
        market.cancelJob(jobId);
        vm.expectEmit(address(market));
        emit IJobMarket.JobCancelled(jobId, 3 * PRICE, 0);
        vm.startPrank(client);
        market.cancelJob(jobId);
        vm.assertEq(token.balanceOf(client), 1_000 ether);
        vm.assertTrue(market.getJob(jobId).cancelled);

        bytes memory refused = abi.encodeWithSelector(JobMarket.JobWasCancelled.selector, jobId);
        vm.expectRevert(refused);
        market.cancelJob(jobId);
        vm.stopPrank();
        vm.expectRevert(refused);
        vm.prank(operator);
        market.claimShard(jobId, 0, nodeId);
        vm.warp(deadline + 1);
        vm.expectRevert(refused);
        market.expireShard(jobId, 0);
    }

    function test_cancelIsRefusedOnceAShardWasClaimed() public {
        uint256 jobId = _post(2);
        vm.prank(operator);
        market.claimShard(jobId, 0, nodeId);
        vm.expectRevert(abi.encodeWithSelector(JobMarket.ShardsClaimed.selector, jobId));
        vm.prank(client);
        market.cancelJob(jobId);
    }

    function test_cancelAfterSomeExpiredReturnsTheRest() public {
        uint256 jobId = _post(3);
        vm.warp(deadline + 1);
        market.expireShard(jobId, 1);
        vm.prank(client);
        market.cancelJob(jobId);
        vm.assertEq(token.balanceOf(client), 1_000 ether);
        vm.assertEq(market.escrowed(), 0);

        uint256 expired = _postUntil(1, uint64(block.timestamp) + 1);
        vm.warp(block.timestamp + 2);
        market.expireShard(expired, 0);
        vm.expectRevert(JobMarket.EmptyJob.selector);
        vm.prank(client);
        market.cancelJob(expired);
    }

    function test_aFeeChangeDoesNotReachPostedJobs() public {
        uint256 jobId = _post(1);
        vm.expectEmit(address(market));
        emit IJobMarket.FeeSet(2_000, bob);
        market.setFee(2_000, bob);
        _claimAndSubmit(jobId, 0);
        vm.prank(client);
        market.acceptShard(jobId, 0);
        vm.assertEq(token.balanceOf(recipient), 97.5 ether, "old fee");
        vm.assertEq(token.balanceOf(bob), 2.5 ether, "new treasury");

        vm.expectRevert(abi.encodeWithSelector(JobMarket.FeeTooHigh.selector, 2_001));
        market.setFee(2_001, bob);
        vm.expectRevert(JobMarket.ZeroAddress.selector);
        market.setFee(1, address(0));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, alice));
        vm.prank(alice);
        market.setFee(1, alice);
    }

    /// A price leaves the market once and whole, whatever the fee.
    function testFuzz_feeAndPaymentAddUpToThePrice(uint256 price, uint16 fee) public {
        price = bound(price, 1, 1_000_000 ether);
        fee = uint16(bound(fee, 0, 2_000));
        market.setFee(fee, treasury);
        give(client, price);
        vm.prank(client);
        uint256 jobId = market.postJob(CLASS, 1, price, 0, 0, deadline, SPEC);
        _claimAndSubmit(jobId, 0);
        vm.prank(client);
        market.acceptShard(jobId, 0);
        vm.assertEq(token.balanceOf(recipient) + token.balanceOf(treasury), price, "whole");
        vm.assertEq(token.balanceOf(treasury), price * fee / 10_000, "fee rounds down");
        vm.assertEq(token.balanceOf(address(market)), 0, "nothing stays");
    }

    function _post(uint16 shards) private returns (uint256) {
        return _postUntil(shards, deadline);
    }

    function _postUntil(uint16 shards, uint64 until) private returns (uint256) {
        vm.prank(client);
        return market.postJob(CLASS, shards, PRICE, MIN_SCORE, MAX_AGE, until, SPEC);
    }

    function _claimAndSubmit(uint256 jobId, uint16 shard) private {
        vm.startPrank(operator);
        market.claimShard(jobId, shard, nodeId);
        market.submitShard(jobId, shard, RESULT);
        vm.stopPrank();
    }

    /// @dev The shard is in this state, so that the next call must be refused for it.
    function _expectState(uint256 jobId, uint16 shard, IJobMarket.ShardState state) private {
        vm.assertEq(uint256(market.getShard(jobId, shard).state), uint256(state), "shard state");
        vm.expectRevert(abi.encodeWithSelector(JobMarket.WrongShardState.selector, jobId, shard, state));
    }
}
