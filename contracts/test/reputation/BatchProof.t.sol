// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IReputationOracle} from "../../src/interfaces/IReputationOracle.sol";
import {ReputationOracle} from "../../src/ReputationOracle.sol";
import {ProofFixture} from "./ProofFixture.sol";

/// @notice Real proofs against the generated verifier: they are accepted as made, and in no other form or place.
contract BatchProofTest is ProofFixture {
    uint256 private constant SCALAR_FIELD =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 private constant BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    IReputationOracle.BatchSubmission private first;
    IReputationOracle.BatchSubmission private second;
    bytes32[2] private evidence;

    function setUp() public override {
        super.setUp();
        first = abi.decode(vm.parseJsonBytes(json, ".submissions[0]"), (IReputationOracle.BatchSubmission));
        second = abi.decode(vm.parseJsonBytes(json, ".submissions[1]"), (IReputationOracle.BatchSubmission));
        evidence = [vm.parseJsonBytes32(json, ".evidenceRoots[0]"), vm.parseJsonBytes32(json, ".evidenceRoots[1]")];
        endEpoch(0);
    }

    function test_RealProofsMoveTheScores() public {
        oracle.submitBatch(first);
        endEpoch(1);
        oracle.submitBatch(second);
        uint256[] memory scores = vm.parseJsonUintArray(json, ".scoreBps");
        uint256[] memory statuses = vm.parseJsonUintArray(json, ".status");
        for (uint32 nodeId = 0; nodeId < 60; nodeId++) {
            (uint16 score, uint8 status,) = oracle.scoreOf(nodeId);
            vm.assertEq(score, scores[nodeId]);
            vm.assertEq(status, statuses[nodeId]);
        }
    }

    function testFuzz_AnyOtherWordIsRejected(uint8 place, uint256 value) public {
        value = bound(value, 0, SCALAR_FIELD - 1);
        uint256 index = bound(place, 0, 35);
        IReputationOracle.BatchSubmission memory changed = first;
        uint256 previous;
        if (index < 30) (previous, changed.states[index]) = (changed.states[index], value);
        else if (index < 34) (previous, changed.scoreWords[index - 30]) = (changed.scoreWords[index - 30], value);
        else if (index == 34) (previous, changed.newCommitment) = (changed.newCommitment, value);
        else (previous, changed.vectorCommitment) = (changed.vectorCommitment, value);
        vm.assume(value != previous);
        vm.expectRevert(ReputationOracle.ProofRejected.selector);
        oracle.submitBatch(changed);
    }

    /// @notice A word plus the field's order is the same element to the circuit, and must not be to the contract.
    function test_AliasesOfAWordAreRefused() public {
        IReputationOracle.BatchSubmission memory changed = first;
        changed.scoreWords[0] += SCALAR_FIELD;
        vm.expectRevert(ReputationOracle.NotInField.selector);
        oracle.submitBatch(changed);
    }

    function testFuzz_AnyOtherProofIsRejected(uint8 place, uint256 value) public {
        value = bound(value, 0, BASE_FIELD - 1);
        uint256 index = bound(place, 0, 7);
        IReputationOracle.BatchSubmission memory changed = first;
        uint256 previous;
        if (index < 2) {
            (previous, changed.proofA[index]) = (changed.proofA[index], value);
        } else if (index < 6) {
            uint256 row = (index - 2) / 2;
            (previous, changed.proofB[row][index % 2]) = (changed.proofB[row][index % 2], value);
        } else {
            (previous, changed.proofC[index - 6]) = (changed.proofC[index - 6], value);
        }
        // -A alone is on the curve and still no proof.
        vm.assume(value != previous);
        vm.expectRevert(ReputationOracle.ProofRejected.selector);
        oracle.submitBatch(changed);
    }

    function test_ZeroProofIsRejected() public {
        IReputationOracle.BatchSubmission memory changed = first;
        changed.proofA = [uint256(0), 0];
        changed.proofB = [[uint256(0), 0], [uint256(0), 0]];
        changed.proofC = [uint256(0), 0];
        vm.expectRevert(ReputationOracle.ProofRejected.selector);
        oracle.submitBatch(changed);
    }

    /// @notice Groth16 proofs can be changed into other valid ones by anyone; after the posting none of them counts.
    function test_AMutatedProofReplaysNothing() public {
        IReputationOracle.BatchSubmission memory mutated = first;
        mutated.proofA[1] = BASE_FIELD - mutated.proofA[1];
        mutated.proofB[1] = [BASE_FIELD - mutated.proofB[1][0], BASE_FIELD - mutated.proofB[1][1]];
        uint256 before = vm.snapshotState();
        oracle.submitBatch(mutated);
        vm.revertToState(before);
        oracle.submitBatch(first);
        vm.expectRevert(abi.encodeWithSelector(ReputationOracle.StaleEpoch.selector, 0, 0, 0));
        oracle.submitBatch(mutated);
    }

    function test_AProofOfAnotherEpochIsRejected() public {
        IReputationOracle.BatchSubmission memory changed = first;
        endEpoch(1);
        changed.epoch = 1;
        vm.expectRevert(ReputationOracle.ProofRejected.selector);
        oracle.submitBatch(changed);
    }

    function test_AProofFromAnotherStateIsRejected() public {
        endEpoch(1);
        vm.expectRevert(ReputationOracle.ProofRejected.selector);
        oracle.submitBatch(second);
    }

    function test_AProofForAnotherChainIsRejected() public {
        vm.chainId(56);
        vm.expectRevert(ReputationOracle.ProofRejected.selector);
        oracle.submitBatch(first);
    }

    function test_AProofForOtherEvidenceIsRejected() public {
        evidence[1] = keccak256("other");
        endEpoch(1);
        oracle.submitBatch(first);
        vm.expectRevert(ReputationOracle.ProofRejected.selector);
        oracle.submitBatch(second);
    }

    function test_AProofUnderAnotherMethodologyIsRejected() public {
        oracle.submitBatch(first);
        // Both hold from epoch 1 on: another name for the same parameters, then other parameters under the same name.
        vm.warp(GENESIS + EPOCH_SECONDS - 1);
        vm.prank(deployer);
        oracle.setMethodology(keccak256("another"), parameters());
        endEpoch(1);
        vm.expectRevert(ReputationOracle.ProofRejected.selector);
        oracle.submitBatch(second);
    }

    function test_AProofUnderOtherParametersIsRejected() public {
        oracle.submitBatch(first);
        IReputationOracle.Parameters memory other = parameters();
        other.failWeight++;
        vm.warp(GENESIS + EPOCH_SECONDS - 1);
        vm.prank(deployer);
        oracle.setMethodology(methodologyHash, other);
        endEpoch(1);
        vm.expectRevert(ReputationOracle.ProofRejected.selector);
        oracle.submitBatch(second);
    }

    /// @notice Execution alone, without intrinsic gas and calldata, which `npm run bench:post` measures.
    function test_ExecutionStaysCheap() public {
        IReputationOracle.BatchSubmission memory sent = first;
        uint256 before = gasleft();
        oracle.submitBatch(sent);
        vm.assertLt(before - gasleft(), 60 * 8_000 - 21_000 - 24_000);
        endEpoch(1);
        sent = second;
        before = gasleft();
        oracle.submitBatch(sent);
        vm.assertLt(before - gasleft(), 60 * 6_000 - 21_000 - 24_000);
    }

    function endEpoch(uint64 epoch) private {
        vm.warp(GENESIS + (uint256(epoch) + 1) * EPOCH_SECONDS);
        vm.prank(reporter);
        oracle.anchorEvidence(epoch, evidence[epoch], keccak256("words"));
    }
}
