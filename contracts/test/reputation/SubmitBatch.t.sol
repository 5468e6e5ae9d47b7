// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IReputationOracle} from "../../src/interfaces/IReputationOracle.sol";
import {ReputationOracle} from "../../src/ReputationOracle.sol";
import {Epochs} from "../../src/reputation/Epochs.sol";
import {ReporterSet} from "../../src/reputation/ReporterSet.sol";
import {OracleFixture} from "./OracleFixture.sol";

/// @notice Rules of protocol section 9 for postings; the proof itself is tested in BatchProof.t.sol.
contract SubmitBatchTest is OracleFixture {
    uint256 private constant SCALAR_FIELD =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 private constant BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    function test_FirstPostingMayBeAnyPastEpoch() public {
        useOneReporter();
        vm.warp(epochEnd(7));
        anchor(reporter1, 7);
        IReputationOracle.BatchSubmission memory sent = submission(7, 1);
        vm.expectEmit(address(oracle));
        emit IReputationOracle.BatchProven(
            7,
            0,
            address(this),
            1,
            uint64(epochEnd(7)),
            oracle.EMPTY_STATE_COMMITMENT(),
            sent.newCommitment,
            sent.scoreWords,
            sent.states
        );
        oracle.submitBatch(sent);

        (bool proven, uint64 epoch, uint64 observedAt, uint256 commitment, uint256[4] memory words) = oracle.getBatch(0);
        vm.assertTrue(proven);
        vm.assertEq(epoch, 7);
        vm.assertEq(observedAt, epochEnd(7));
        vm.assertEq(commitment, sent.newCommitment);
        vm.assertEq(words[3], sent.scoreWords[3]);
    }

    function test_UnprovenBatchReadsAsEmptyState() public view {
        (bool proven, uint64 epoch, uint64 observedAt, uint256 commitment,) = oracle.getBatch(3);
        vm.assertFalse(proven);
        vm.assertEq(epoch, 0);
        vm.assertEq(observedAt, 0);
        vm.assertEq(commitment, oracle.EMPTY_STATE_COMMITMENT());
    }

    function test_EpochMustBeOver() public {
        useOneReporter();
        vm.warp(epochEnd(0) - 1);
        vm.expectRevert(abi.encodeWithSelector(Epochs.EpochNotOver.selector, 0, epochEnd(0)));
        oracle.submitBatch(submission(0, 1));
    }

    function test_HugeEpochIsNotOver() public {
        useOneReporter();
        vm.expectPartialRevert(Epochs.EpochNotOver.selector);
        oracle.submitBatch(submission(type(uint64).max, 1));
    }

    function test_ReplayIsStale() public {
        useOneReporter();
        post(0);
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.StaleEpoch.selector, 0, 0, 0));
        oracle.submitBatch(submission(0, 1));
    }

    function test_LowerEpochIsStale() public {
        useOneReporter();
        vm.warp(epochEnd(5));
        anchor(reporter1, 2);
        post(3);
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.StaleEpoch.selector, 0, 2, 3));
        oracle.submitBatch(submission(2, 1));
    }

    function test_NextEpochFollows() public {
        useOneReporter();
        post(0);
        post(1);
        (, uint64 epoch,,,) = oracle.getBatch(0);
        vm.assertEq(epoch, 1);
    }

    function test_EpochsAreSkippedOnlyAfterTheirGrace() public {
        useOneReporter();
        post(0);
        vm.warp(epochEnd(2));
        anchor(reporter1, 2);
        // Epoch 1 is skipped: it ended at epochEnd(1), and must have done so more than two epochs ago.
        uint256 skippableAt = epochEnd(1) + 2 * EPOCH_SECONDS + 1;
        vm.warp(skippableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.EpochGap.selector, 0, 2, 0, skippableAt));
        oracle.submitBatch(submission(2, 1));
        vm.warp(skippableAt);
        oracle.submitBatch(submission(2, 1));
    }

    function testFuzz_OrderOfEpochs(uint64 last, uint64 next, uint64 wait) public {
        last = uint64(bound(last, 0, 1000));
        next = uint64(bound(next, 0, 1000));
        useOneReporter();
        post(last);
        uint256 now_ = epochEnd(next > last ? next : last) + bound(wait, 0, 5 * EPOCH_SECONDS);
        vm.warp(now_);
        if (next != last) anchor(reporter1, next);
        bool inOrder = next == last + 1 || (next > last && now_ > epochEnd(next) - EPOCH_SECONDS + 2 * EPOCH_SECONDS);
        if (!inOrder) vm.expectRevert();
        oracle.submitBatch(submission(next, 1));
        (, uint64 epoch,,,) = oracle.getBatch(0);
        vm.assertEq(epoch, inOrder ? next : last);
    }

    function test_BatchWithoutNodesIsUnknown() public {
        useOneReporter();
        vm.warp(epochEnd(0));
        anchor(reporter1, 0);
        IReputationOracle.BatchSubmission memory sent = submission(0, 1);
        sent.batch = 1;
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.UnknownBatch.selector, 1));
        oracle.submitBatch(sent);
        sent.batch = type(uint32).max;
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.UnknownBatch.selector, type(uint32).max));
        oracle.submitBatch(sent);
    }

    function test_BatchesAreIndependent() public {
        useOneReporter();
        for (uint256 i = 0; i < 60; i++) {
            registry.registerNode(vm.addr(100 + i), address(this), 0, 1, "eu", "");
        }
        post(0);
        IReputationOracle.BatchSubmission memory sent = submission(0, 1);
        sent.batch = 1;
        oracle.submitBatch(sent);
        (uint16 score,,) = oracle.scoreOf(60);
        vm.assertEq(score, 9000);
    }

    function test_NeedsAMethodology() public {
        oracle.addReporter(reporter1, KEY1_X, KEY1_Y);
        vm.warp(epochEnd(0));
        anchor(reporter1, 0);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.NoMethodology.selector, 0));
        oracle.submitBatch(submission(0, 1));
    }

    function test_NeedsEvidence() public {
        useOneReporter();
        vm.warp(epochEnd(0));
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.UnknownEvidence.selector, 0, reporter1));
        oracle.submitBatch(submission(0, 1));
    }

    function test_EvidenceOfAnEmptyEpochCounts() public {
        useOneReporter();
        vm.warp(epochEnd(0));
        vm.prank(reporter1);
        oracle.anchorEvidence(0, 0, keccak256("words"));
        oracle.submitBatch(submission(0, 1));
    }

    function test_AllActiveReportersUntilTheGraceEnds() public {
        useThreeReporters();
        vm.warp(epochEnd(0));
        anchor(reporter1, 0);
        anchor(reporter3, 0);
        vm.warp(epochEnd(0) + GRACE - 1);
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.ReportsMissing.selector, 0, 2, 3));
        oracle.submitBatch(submission(0, 5));
        vm.warp(epochEnd(0) + GRACE);
        oracle.submitBatch(submission(0, 5));
    }

    function test_AllPresentNeedNoGrace() public {
        useThreeReporters();
        vm.warp(epochEnd(0));
        anchor(reporter1, 0);
        anchor(reporter2, 0);
        anchor(reporter3, 0);
        oracle.submitBatch(submission(0, 7));
    }

    function test_QuorumHoldsAfterTheGrace() public {
        useThreeReporters();
        vm.warp(epochEnd(0) + 1 days);
        anchor(reporter2, 0);
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.ReportsMissing.selector, 0, 1, 2));
        oracle.submitBatch(submission(0, 2));
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.ReportsMissing.selector, 0, 0, 2));
        oracle.submitBatch(submission(0, 0));
    }

    function test_FewerReportersThanQuorumNeverSuffice() public {
        oracle.addReporter(reporter1, KEY1_X, KEY1_Y);
        oracle.setMethodology(METHODOLOGY, parameters(2));
        vm.warp(epochEnd(0) + 1 days);
        anchor(reporter1, 0);
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.ReportsMissing.selector, 0, 1, 2));
        oracle.submitBatch(submission(0, 1));
    }

    function testFuzz_PresenceNamesActiveReportersOnly(uint8 presence) public {
        vm.assume(presence & ~uint8(1) != 0);
        useOneReporter();
        vm.warp(epochEnd(0) + GRACE);
        anchor(reporter1, 0);
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.ReporterNotActive.selector, 0, presence, 1));
        oracle.submitBatch(submission(0, presence));
    }

    /// @notice A report's epoch decides who counts, not the time of posting.
    function test_ReportersOfThatEpochCount() public {
        useOneReporter();
        vm.warp(epochEnd(0) - 1);
        oracle.addReporter(reporter2, KEY2_X, KEY2_Y);
        oracle.retireReporter(0);
        vm.warp(epochEnd(1));
        anchor(reporter1, 0);
        oracle.submitBatch(submission(0, 1));
        anchor(reporter2, 1);
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.ReporterNotActive.selector, 1, 1, 2));
        oracle.submitBatch(submission(1, 1));
        oracle.submitBatch(submission(1, 2));
    }

    function testFuzz_EveryWordMustBeReduced(uint256 value, uint8 place) public {
        useOneReporter();
        vm.warp(epochEnd(0));
        anchor(reporter1, 0);
        value = bound(value, SCALAR_FIELD, type(uint256).max);
        uint256 index = bound(place, 0, 35);
        IReputationOracle.BatchSubmission memory sent = submission(0, 1);
        if (index < 30) sent.states[index] = value;
        else if (index < 34) sent.scoreWords[index - 30] = value;
        else if (index == 34) sent.newCommitment = value;
        else sent.vectorCommitment = value;
        vm.expectRevert(ReputationOracle.NotInField.selector);
        oracle.submitBatch(sent);
    }

    function testFuzz_EveryCoordinateMustBeReduced(uint256 value, uint8 place) public {
        useOneReporter();
        vm.warp(epochEnd(0));
        anchor(reporter1, 0);
        value = bound(value, BASE_FIELD, type(uint256).max);
        uint256 index = bound(place, 0, 7);
        IReputationOracle.BatchSubmission memory sent = submission(0, 1);
        if (index < 2) sent.proofA[index] = value;
        else if (index < 6) sent.proofB[(index - 2) / 2][index % 2] = value;
        else sent.proofC[index - 6] = value;
        vm.expectRevert(ReputationOracle.NotInField.selector);
        oracle.submitBatch(sent);
    }

    function test_RejectedProofReverts() public {
        useOneReporter();
        vm.warp(epochEnd(0));
        anchor(reporter1, 0);
        verifier.setAnswer(false);
        vm.expectRevert(ReputationOracle.ProofRejected.selector);
        oracle.submitBatch(submission(0, 1));
        (bool proven,,,,) = oracle.getBatch(0);
        vm.assertFalse(proven);
    }
}
