// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IJobMarket} from "../../src/interfaces/IJobMarket.sol";
import {CoreTest} from "./CoreTest.sol";

/// @title Random clients and workers, and what must hold of their money after every step
contract MarketHandler is CoreTest {
    uint16 private constant MOST_SHARDS = 3;

    uint32 private _nodeId;
    uint256 private _posted;
    uint256 private _given;
    mapping(uint256 jobId => uint256) private _settledShards;

    constructor() {
        setUp();
        _nodeId = registerStaked(THRESHOLD);
        scores.set(_nodeId, 8_000);
    }

    // --- steps -----------------------------------------------------------------------------------------------------

    function post(uint256 price, uint256 shards, uint256 duration) external {
        price = bound(price, 1, 1_000 ether);
        uint16 count = uint16(bound(shards, 1, MOST_SHARDS));
        give(alice, price * count);
        _given += price * count;
        _posted += price * count;
        uint64 deadline = uint64(vm.getBlockTimestamp() + bound(duration, 1 hours, 3 days));
        vm.prank(alice);
        market.postJob(CLASS, count, price, 0, 0, deadline, bytes32(price));
    }

    function claim(uint256 job, uint256 shard) external {
        (uint256 jobId, uint16 index, IJobMarket.Shard memory state) = _pick(job, shard);
        if (jobId == type(uint256).max || state.state != IJobMarket.ShardState.Open) return;
        IJobMarket.Job memory found = market.getJob(jobId);
        if (found.cancelled || vm.getBlockTimestamp() > found.deadline) return;
        vm.prank(worker);
        market.claimShard(jobId, index, _nodeId);
    }

    function submit(uint256 job, uint256 shard) external {
        (uint256 jobId, uint16 index, IJobMarket.Shard memory state) = _pick(job, shard);
        if (jobId == type(uint256).max || state.state != IJobMarket.ShardState.Claimed) return;
        if (vm.getBlockTimestamp() > market.getJob(jobId).deadline) return;
        vm.prank(worker);
        market.submitShard(jobId, index, bytes32(uint256(1)));
    }

    function accept(uint256 job, uint256 shard, bool silent) external {
        (uint256 jobId, uint16 index, IJobMarket.Shard memory state) = _pick(job, shard);
        if (jobId == type(uint256).max || state.state != IJobMarket.ShardState.Submitted) return;
        _settledShards[jobId]++;
        if (silent) {
            if (vm.getBlockTimestamp() < state.submittedAt + WINDOW) vm.warp(state.submittedAt + WINDOW);
            market.autoAcceptShard(jobId, index);
        } else {
            vm.prank(alice);
            market.acceptShard(jobId, index);
        }
    }

    function expire(uint256 job, uint256 shard) external {
        (uint256 jobId, uint16 index, IJobMarket.Shard memory state) = _pick(job, shard);
        if (jobId == type(uint256).max || market.getJob(jobId).cancelled) return;
        if (state.state != IJobMarket.ShardState.Open && state.state != IJobMarket.ShardState.Claimed) return;
        uint64 deadline = market.getJob(jobId).deadline;
        if (vm.getBlockTimestamp() <= deadline) vm.warp(deadline + 1);
        market.expireShard(jobId, index);
        _settledShards[jobId]++;
    }

    function cancel(uint256 job) external {
        if (market.jobCount() == 0) return;
        uint256 jobId = job % market.jobCount();
        IJobMarket.Job memory found = market.getJob(jobId);
        if (found.cancelled || found.settledShards == found.shardCount) return;
        for (uint16 i = 0; i < found.shardCount; i++) {
            if (market.getShard(jobId, i).claimedAt != 0) return;
        }
        vm.prank(alice);
        market.cancelJob(jobId);
    }

    function pass(uint256 elapsed) external {
        vm.warp(vm.getBlockTimestamp() + bound(elapsed, 1, 1 hours));
    }

    function fee(uint256 feeBps) external {
        market.setFee(uint16(bound(feeBps, 0, 2_000)), treasury);
    }

    // --- invariants ------------------------------------------------------------------------------------------------

    /// The escrow is the price of every shard not settled in a job not cancelled, and is covered by tokens.
    function checkEscrow() external view {
        uint256 open;
        for (uint256 jobId = 0; jobId < market.jobCount(); jobId++) {
            IJobMarket.Job memory job = market.getJob(jobId);
            vm.assertEq(job.settledShards, _settledShards[jobId], "settled shards");
            if (!job.cancelled) open += job.pricePerShard * (job.shardCount - job.settledShards);
        }
        vm.assertEq(market.escrowed(), open, "escrow is the price of what is open");
        vm.assertEq(token.balanceOf(address(market)), open, "escrow is covered");
    }

    /// Nothing is made and nothing lost: what clients posted is in escrow, was paid out, or came back.
    function checkMoneyIsConserved() external view {
        uint256 paid = token.balanceOf(recipient) + token.balanceOf(treasury);
        uint256 refunded = token.balanceOf(alice) + _posted - _given;
        vm.assertEq(market.escrowed() + paid + refunded, _posted, "conserved");
    }

    function _pick(uint256 job, uint256 shard)
        private
        view
        returns (uint256 jobId, uint16 index, IJobMarket.Shard memory state)
    {
        if (market.jobCount() == 0) return (type(uint256).max, 0, state);
        jobId = job % market.jobCount();
        index = uint16(shard % market.getJob(jobId).shardCount);
        state = market.getShard(jobId, index);
    }
}
