// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IReputationOracle} from "../../src/interfaces/IReputationOracle.sol";
import {ReputationOracle} from "../../src/ReputationOracle.sol";
import {OracleFixture} from "./OracleFixture.sol";

contract ReadsTest is OracleFixture {
    function test_ReadsWithAge() public {
        useOneReporter();
        post(0);
        vm.warp(epochEnd(0) + 100);
        (uint16 score, uint8 status, uint64 updatedAt) = oracle.scoreOf(0);
        vm.assertEq(score, 9000);
        vm.assertEq(status, 2);
        vm.assertEq(updatedAt, epochEnd(0));
        (score, status) = oracle.scoreNoOlderThan(0, 100);
        vm.assertEq(score, 9000);
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.ScoreTooOld.selector, 0, updatedAt, 99));
        oracle.scoreNoOlderThan(0, 99);
        vm.assertTrue(oracle.meets(0, 9000, 100));
        vm.assertFalse(oracle.meets(0, 9001, 100));
        vm.assertFalse(oracle.meets(0, 9000, 99));
    }

    function test_UnratedNodes() public {
        useOneReporter();
        // Never proven: also not when any score and any age would do.
        vm.assertFalse(oracle.meets(0, 0, type(uint32).max));
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.NodeUnrated.selector, 0));
        oracle.scoreNoOlderThan(0, type(uint32).max);
        post(0);
        vm.assertFalse(oracle.meets(1, 0, type(uint32).max));
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.NodeUnrated.selector, 1));
        oracle.scoreNoOlderThan(1, type(uint32).max);
    }

    function test_LastNodeOfABatch() public {
        useOneReporter();
        post(0);
        (uint16 score, uint8 status,) = oracle.scoreOf(59);
        vm.assertEq(score, 1);
        vm.assertEq(status, 3);
    }

    /// @notice Posting again, or late, never makes a score look fresh.
    function test_UpdatedAtIsTheObservationTime() public {
        useOneReporter();
        vm.warp(epochEnd(0) + 3 days);
        anchor(reporter1, 0);
        oracle.submitBatch(submission(0, 1));
        (,, uint64 updatedAt) = oracle.scoreOf(0);
        vm.assertEq(updatedAt, epochEnd(0));
        vm.assertFalse(oracle.meets(0, 1, 1 days));
    }

    function testFuzz_EveryNodeReadsItsOwnBits(uint16[60] memory entries, uint8 node) public {
        useOneReporter();
        vm.warp(epochEnd(0));
        anchor(reporter1, 0);
        IReputationOracle.BatchSubmission memory sent = submission(0, 1);
        for (uint256 word = 0; word < 4; word++) {
            sent.scoreWords[word] = 0;
            for (uint256 i = 0; i < 15; i++) {
                sent.scoreWords[word] |= uint256(entries[15 * word + i]) << (16 * i);
            }
        }
        oracle.submitBatch(sent);
        uint32 nodeId = uint32(bound(node, 0, 59));
        (uint16 score, uint8 status,) = oracle.scoreOf(nodeId);
        vm.assertEq(score, entries[nodeId] & 0x3fff);
        vm.assertEq(status, entries[nodeId] >> 14);
    }
}
