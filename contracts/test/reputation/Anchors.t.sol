// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IReputationOracle} from "../../src/interfaces/IReputationOracle.sol";
import {Anchors} from "../../src/reputation/Anchors.sol";
import {Epochs} from "../../src/reputation/Epochs.sol";
import {OracleFixture} from "./OracleFixture.sol";

contract AnchorsTest is OracleFixture {
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;
    bytes32 private constant OPEN_HASH = keccak256("open block");
    bytes32 private constant ROOT = keccak256("root");
    bytes32 private constant COIN_HASH = keccak256("coin");

    function setUp() public override {
        super.setUp();
        useOneReporter();
        vm.warp(GENESIS + 5);
        vm.roll(1000);
        vm.setBlockhash(995, OPEN_HASH);
    }

    function test_AnchorsAndPins() public {
        vm.expectEmit(address(oracle));
        emit IReputationOracle.RoundAnchored(0, reporter1, 995, OPEN_HASH, ROOT, 8, COIN_HASH);
        anchorRound(0, 995);
        IReputationOracle.Round memory round = oracle.getRound(0);
        vm.assertEq(round.reporter, reporter1);
        vm.assertEq(round.anchorBlock, 1000);
        vm.assertEq(round.count, 8);
        vm.assertEq(round.root, ROOT);
        vm.assertEq(round.coinHash, COIN_HASH);
        vm.assertEq(round.openBlock, 995);
        vm.assertEq(round.openBlockHash, OPEN_HASH);
        vm.assertEq(round.anchorBlockHash, bytes32(0));

        // The anchor's own block has no hash yet.
        vm.expectRevert(abi.encodeWithSelector(Anchors.AnchorHashUnavailable.selector, 0));
        oracle.pinAnchor(0);
        vm.roll(1001);
        vm.setBlockhash(1000, keccak256("anchor block"));
        vm.prank(makeAddr("anyone"));
        oracle.pinAnchor(0);
        vm.assertEq(oracle.getRound(0).anchorBlockHash, keccak256("anchor block"));
        vm.expectRevert(abi.encodeWithSelector(Anchors.AnchorAlreadyPinned.selector, 0));
        oracle.pinAnchor(0);
    }

    function test_UnknownRoundReadsAsZeros() public view {
        vm.assertEq(oracle.getRound(9).reporter, address(0));
    }

    function test_PinningNeedsAnAnchor() public {
        vm.expectRevert(abi.encodeWithSelector(Anchors.RoundNotAnchored.selector, 0));
        oracle.pinAnchor(0);
    }

    function test_OldHashesComeFromTheHistoryContract() public {
        anchorRound(0, 995);
        vm.etch(HISTORY, "");
        vm.roll(1000 + 300);
        vm.expectRevert(abi.encodeWithSelector(Anchors.AnchorHashUnavailable.selector, 0));
        oracle.pinAnchor(0);
        // Answers any call with the called word plus one, as 32 bytes: CALLDATALOAD(0) + 1, MSTORE(0), RETURN(0, 32).
        vm.etch(HISTORY, hex"5f3560010160005260205ff3");
        oracle.pinAnchor(0);
        vm.assertEq(oracle.getRound(0).anchorBlockHash, bytes32(uint256(1001)));
    }

    function test_AHistoryContractThatRefusesPinsNothing() public {
        anchorRound(0, 995);
        vm.roll(1000 + 9000);
        vm.etch(HISTORY, hex"5f5ffd");
        vm.expectRevert(abi.encodeWithSelector(Anchors.AnchorHashUnavailable.selector, 0));
        oracle.pinAnchor(0);
    }

    function test_OnlyInsideTheSlot() public {
        vm.expectRevert(abi.encodeWithSelector(Anchors.NotInRoundSlot.selector, 1));
        anchorRound(1, 995);
        vm.warp(GENESIS + SLOT);
        vm.expectRevert(abi.encodeWithSelector(Anchors.NotInRoundSlot.selector, 0));
        anchorRound(0, 995);
        anchorRound(1, 995);
        vm.warp(GENESIS - 1);
        vm.expectRevert(abi.encodeWithSelector(Anchors.NotInRoundSlot.selector, 0));
        anchorRound(0, 995);
    }

    function test_OnlyTheRoundsReporter() public {
        vm.expectRevert(abi.encodeWithSelector(Anchors.NotRoundReporter.selector, 0, reporter1));
        oracle.anchorRound(0, 995, OPEN_HASH, ROOT, 8, COIN_HASH);
    }

    function test_NobodyAnchorsWithoutAReporter() public {
        oracle.retireReporter(0);
        vm.warp(GENESIS + EPOCH_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(Anchors.NotRoundReporter.selector, 2, address(0)));
        anchorRound(2, 995);
    }

    function test_OnlyOnce() public {
        anchorRound(0, 995);
        vm.expectRevert(abi.encodeWithSelector(Anchors.RoundAlreadyAnchored.selector, 0));
        anchorRound(0, 995);
    }

    function test_ARootHasAtMostMaxCommitments() public {
        uint32 most = oracle.MAX_COMMITMENTS();
        vm.startPrank(reporter1);
        vm.expectRevert(abi.encodeWithSelector(Anchors.TooManyCommitments.selector, most + 1));
        oracle.anchorRound(0, 995, OPEN_HASH, ROOT, most + 1, COIN_HASH);
        oracle.anchorRound(0, 995, OPEN_HASH, ROOT, most, COIN_HASH);
        vm.stopPrank();
        vm.assertEq(oracle.getRound(0).count, most);
    }

    function test_OpenBlockIsRecentAndOfThisChain() public {
        vm.expectRevert(abi.encodeWithSelector(Anchors.WrongOpenBlockHash.selector, 994));
        anchorRound(0, 994);
        vm.expectRevert(abi.encodeWithSelector(Anchors.OpenBlockTooOld.selector, 1000));
        anchorRound(0, 1000);
        vm.expectRevert(abi.encodeWithSelector(Anchors.OpenBlockTooOld.selector, 1000 - MAX_ROUND_BLOCKS - 1));
        anchorRound(0, 1000 - MAX_ROUND_BLOCKS - 1);
        vm.setBlockhash(1000 - MAX_ROUND_BLOCKS, OPEN_HASH);
        anchorRound(0, 1000 - MAX_ROUND_BLOCKS);
    }

    function test_EvidenceIsAnchoredOnceByAReporterOfTheEpoch() public {
        vm.startPrank(reporter1);
        vm.expectRevert(abi.encodeWithSelector(Epochs.EpochNotOver.selector, 0, epochEnd(0)));
        oracle.anchorEvidence(0, ROOT, COIN_HASH);
        vm.warp(epochEnd(0));
        vm.expectRevert(Anchors.EmptyMeasurementsHash.selector);
        oracle.anchorEvidence(0, ROOT, 0);
        vm.expectEmit(address(oracle));
        emit IReputationOracle.EvidenceAnchored(0, reporter1, ROOT, COIN_HASH);
        oracle.anchorEvidence(0, ROOT, COIN_HASH);
        vm.assertEq(oracle.evidenceOf(0, reporter1), ROOT);
        vm.assertEq(oracle.measurementsHashOf(0, reporter1), COIN_HASH);
        vm.expectRevert(abi.encodeWithSelector(Anchors.EvidenceAlreadyAnchored.selector, 0, reporter1));
        oracle.anchorEvidence(0, keccak256("another"), COIN_HASH);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(Anchors.NotEpochReporter.selector, 0, address(this)));
        oracle.anchorEvidence(0, ROOT, COIN_HASH);
    }

    /// @notice A retired reporter still anchors the epochs it served.
    function test_ARetiredReporterAnchorsItsOwnEpochs() public {
        oracle.retireReporter(0);
        vm.warp(epochEnd(1));
        vm.startPrank(reporter1);
        oracle.anchorEvidence(0, ROOT, COIN_HASH);
        vm.expectRevert(abi.encodeWithSelector(Anchors.NotEpochReporter.selector, 1, reporter1));
        oracle.anchorEvidence(1, ROOT, COIN_HASH);
    }

    function anchorRound(uint64 round, uint64 openBlock) private {
        vm.prank(reporter1);
        oracle.anchorRound(round, openBlock, OPEN_HASH, ROOT, 8, COIN_HASH);
    }
}
