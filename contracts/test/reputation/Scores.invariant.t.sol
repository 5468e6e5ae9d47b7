// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IReputationOracle} from "../../src/interfaces/IReputationOracle.sol";
import {ReputationOracle} from "../../src/ReputationOracle.sol";
import {Test} from "../lib/Test.sol";
import {OracleFixture, ScriptedVerifier} from "./OracleFixture.sol";

/// @notice Does anything an outsider, a reporter or the governor can do, in any order, and keeps the books.
contract ScoreActor is Test {
    ReputationOracle private immutable oracle;
    ScriptedVerifier private immutable verifier;
    address private immutable reporter;

    /// @notice What the last accepted proof left behind.
    bytes32 public provenDigest;
    uint64 public provenEpoch;
    bool public proven;
    bool public epochEverFell;

    constructor(ReputationOracle oracle_, ScriptedVerifier verifier_, address reporter_) {
        oracle = oracle_;
        verifier = verifier_;
        reporter = reporter_;
    }

    function passTime(uint16 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 0, 200));
        vm.roll(block.number + 1);
    }

    function anchorEvidence(uint8 back, bytes32 root) external {
        vm.prank(reporter);
        oracle.anchorEvidence(nearEpoch(back), root, keccak256("words"));
    }

    function anchorRound(bytes32 root, bytes32 coinHash) external {
        uint64 round = oracle.currentEpoch() * oracle.slotsPerEpoch();
        vm.setBlockhash(block.number - 1, keccak256("block"));
        vm.prank(reporter);
        oracle.anchorRound(round, uint64(block.number - 1), keccak256("block"), root, 1, coinHash);
    }

    function submit(uint8 back, uint256 word, uint256 commitment, bool valid, uint8 presence) external {
        IReputationOracle.BatchSubmission memory sent;
        sent.epoch = nearEpoch(back);
        sent.presence = presence % 2;
        sent.newCommitment = commitment >> 8;
        sent.scoreWords[0] = word >> 16;
        // Evidence at random alone would leave too few submissions that only the proof can stop.
        if (presence & 2 == 0 && oracle.measurementsHashOf(sent.epoch, reporter) == 0) {
            vm.prank(reporter);
            oracle.anchorEvidence(sent.epoch, keccak256("root"), keccak256("words"));
        }
        verifier.setAnswer(valid);
        oracle.submitBatch(sent);
        // Reached only when the oracle accepted.
        require(valid, "accepted a proof that does not verify");
        if (proven && sent.epoch <= provenEpoch) epochEverFell = true;
        proven = true;
        provenEpoch = sent.epoch;
        provenDigest = keccak256(abi.encode(sent.epoch, sent.newCommitment, sent.scoreWords));
    }

    function nearEpoch(uint8 back) private view returns (uint64) {
        uint64 now_ = oracle.currentEpoch();
        uint64 distance = uint64(bound(back, 0, 3));
        return now_ > distance ? now_ - distance : 0;
    }
}

/// @notice In words: stored scores, commitment and epoch are always those of the last submission whose proof verified;
/// a batch's epoch only grows; a score is never observed in the future.
/// The actor tries what the contract must refuse too: a call that reverts is a part of the play.
/// forge-config: default.invariant.fail-on-revert = false
contract ScoresInvariantTest is OracleFixture {
    ScoreActor private actor;

    function setUp() public override {
        super.setUp();
        useOneReporter();
        vm.warp(GENESIS + EPOCH_SECONDS);
        vm.roll(100);
        actor = new ScoreActor(oracle, verifier, reporter1);
        targetContract(address(actor));
    }

    function invariant_ScoresMoveOnlyByAValidProof() public view {
        (bool proven, uint64 epoch,, uint256 commitment, uint256[4] memory words) = oracle.getBatch(0);
        vm.assertEq(proven, actor.proven());
        if (proven) {
            vm.assertEq(keccak256(abi.encode(epoch, commitment, words)), actor.provenDigest());
        } else {
            vm.assertEq(words[0] | words[1] | words[2] | words[3], 0);
        }
    }

    function invariant_EpochsOnlyGrow() public view {
        vm.assertFalse(actor.epochEverFell());
    }

    function invariant_ObservationsArePast() public view {
        (,, uint64 observedAt,,) = oracle.getBatch(0);
        vm.assertLe(observedAt, block.timestamp);
    }
}
