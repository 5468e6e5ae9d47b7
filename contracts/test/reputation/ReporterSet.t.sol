// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IReputationOracle} from "../../src/interfaces/IReputationOracle.sol";
import {ReputationOracle} from "../../src/ReputationOracle.sol";
import {Epochs} from "../../src/reputation/Epochs.sol";
import {ReporterSet} from "../../src/reputation/ReporterSet.sol";
import {OracleFixture} from "./OracleFixture.sol";

contract ReporterSetTest is OracleFixture {
    uint256 private constant KEY4_X = 20791064435924131593507877429692772555932202087646869857793976614511457984049;
    uint256 private constant KEY4_Y = 16282140394367942703826306957011606847517433054439603224612025402022658553000;

    function test_BeforeGenesisChangesHoldFromEpochZero() public {
        vm.assertEq(oracle.currentEpoch(), 0);
        vm.expectEmit(address(oracle));
        emit IReputationOracle.ReporterAdded(0, reporter1, KEY1_X, KEY1_Y, 0);
        oracle.addReporter(reporter1, KEY1_X, KEY1_Y);
        vm.assertEq(oracle.reporterOfRound(0), reporter1);
    }

    function test_ChangesTakeEffectAtTheNextEpoch() public {
        vm.warp(GENESIS + 3 * EPOCH_SECONDS);
        vm.assertEq(oracle.currentEpoch(), 3);
        oracle.addReporter(reporter1, KEY1_X, KEY1_Y);
        oracle.setMethodology(METHODOLOGY, parameters(1));
        vm.assertEq(oracle.reporterOfRound(2 * 4 - 1), address(0));
        vm.assertEq(oracle.reporterOfRound(2 * 4), reporter1);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.NoMethodology.selector, 3));
        oracle.methodologyOf(3);
        (bytes32 hash,) = oracle.methodologyOf(4);
        vm.assertEq(hash, METHODOLOGY);
    }

    function test_RoundsGoToReportersInTurn() public {
        useThreeReporters();
        oracle.retireReporter(1);
        vm.assertEq(oracle.reporterOfRound(0), reporter1);
        vm.assertEq(oracle.reporterOfRound(1), reporter3);
        vm.assertEq(oracle.reporterOfRound(2), reporter1);
    }

    function test_ThreeReportersAreAll() public {
        useThreeReporters();
        vm.expectRevert(ReporterSet.NoFreeReporterSlot.selector);
        oracle.addReporter(makeAddr("fourth"), KEY4_X, KEY4_Y);
    }

    function test_ASlotKeepsItsHistory() public {
        useThreeReporters();
        vm.warp(GENESIS);
        oracle.retireReporter(2);
        // The key is free again as soon as its reporter's end is fixed; both changes meet at epoch 1.
        uint8 slot = oracle.addReporter(makeAddr("fourth"), KEY3_X, KEY3_Y);
        vm.assertEq(slot, 2);
        (address[3] memory before,) = oracle.reportersOf(0);
        (address[3] memory later, uint256[6] memory keys) = oracle.reportersOf(1);
        vm.assertEq(before[2], reporter3);
        vm.assertEq(later[2], makeAddr("fourth"));
        vm.assertEq(keys[5], KEY3_Y);
    }

    function test_ReporterThatNeverBeganLeavesNoTrace() public {
        vm.warp(GENESIS);
        oracle.addReporter(reporter1, KEY1_X, KEY1_Y);
        oracle.retireReporter(0);
        vm.assertEq(oracle.reporterOfRound(0), address(0));
        vm.assertEq(oracle.reporterOfRound(2), address(0));
    }

    function test_KeysAndAccountsAreDistinct() public {
        oracle.addReporter(reporter1, KEY1_X, KEY1_Y);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterNotDistinct.selector, 0));
        oracle.addReporter(reporter2, KEY1_X, KEY1_Y);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterNotDistinct.selector, 0));
        oracle.addReporter(reporter1, KEY2_X, KEY2_Y);
    }

    function test_BadKeysAndAddresses() public {
        vm.expectRevert(ReporterSet.BadReporterAddress.selector);
        oracle.addReporter(address(0), KEY1_X, KEY1_Y);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.BadReporterKey.selector, 0, 1));
        oracle.addReporter(reporter1, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.BadReporterKey.selector, 0, 0));
        oracle.addReporter(reporter1, 0, 0);
    }

    function test_RetiringNobody() public {
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterSlotEmpty.selector, 0));
        oracle.retireReporter(0);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterSlotEmpty.selector, 3));
        oracle.retireReporter(3);
        oracle.addReporter(reporter1, KEY1_X, KEY1_Y);
        oracle.retireReporter(0);
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ReporterSlotEmpty.selector, 0));
        oracle.retireReporter(0);
    }

    function test_MethodologyHistory() public {
        oracle.setMethodology(METHODOLOGY, parameters(1));
        vm.warp(GENESIS + 5 * EPOCH_SECONDS);
        oracle.setMethodology(keccak256("never begins"), parameters(3));
        oracle.setMethodology(keccak256("methodology 2"), parameters(2));
        (bytes32 hash, IReputationOracle.Parameters memory held) = oracle.methodologyOf(5);
        vm.assertEq(hash, METHODOLOGY);
        vm.assertEq(held.quorum, 1);
        (hash, held) = oracle.methodologyOf(6);
        vm.assertEq(hash, keccak256("methodology 2"));
        vm.assertEq(held.quorum, 2);
        vm.assertEq(held.lambda, parameters(2).lambda);
    }

    function testFuzz_ParametersAreBounded(IReputationOracle.Parameters memory given, bytes32 hash) public {
        bool good = hash != 0 && given.lambda >= 1 && given.lambda <= 65472 && given.eta >= 1 && given.eta <= 65536
            && given.failWeight >= 1 && given.failWeight <= 15 && given.priorWeight >= 65536
            && given.priorWeight < 2 ** 30 && given.quorum >= 1 && given.quorum <= 3 && given.maxIdle <= 254
            && given.establishedAt < 2 ** 31;
        if (!good) vm.expectPartialRevert(ReporterSet.ParameterOutOfRange.selector);
        oracle.setMethodology(hash, given);
    }

    function test_ParameterEdges() public {
        IReputationOracle.Parameters memory low = IReputationOracle.Parameters(1, 1, 1, 65536, 1, 0, 0);
        oracle.setMethodology(METHODOLOGY, low);
        IReputationOracle.Parameters memory high =
            IReputationOracle.Parameters(65472, 65536, 15, 2 ** 30 - 1, 3, 254, 2 ** 31 - 1);
        oracle.setMethodology(METHODOLOGY, high);
        high.lambda++;
        expectOutOfRange("lambda", high);
        high = low;
        high.maxIdle = 255;
        expectOutOfRange("maxIdle", high);
    }

    function test_OnlyTheAuthorityChangesRules() public {
        address stranger = makeAddr("stranger");
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        oracle.addReporter(reporter1, KEY1_X, KEY1_Y);
        vm.expectRevert(refusal);
        oracle.retireReporter(0);
        vm.expectRevert(refusal);
        oracle.setMethodology(METHODOLOGY, parameters(1));
    }

    function test_Configuration() public {
        ReputationOracle.Config memory bad = config();
        bad.slotSeconds = 0;
        vm.expectPartialRevert(Epochs.BadConfiguration.selector);
        new ReputationOracle(bad);
        bad = config();
        bad.maxRoundBlocks = 256;
        vm.expectPartialRevert(Epochs.BadConfiguration.selector);
        new ReputationOracle(bad);
        bad = config();
        bad.authority = makeAddr("no contract");
        vm.expectPartialRevert(Epochs.BadConfiguration.selector);
        new ReputationOracle(bad);
        vm.assertEq(oracle.skipGrace(), 2 * EPOCH_SECONDS);
    }

    function expectOutOfRange(string memory name, IReputationOracle.Parameters memory given) private {
        vm.expectRevert(abi.encodeWithSelector(ReporterSet.ParameterOutOfRange.selector, name));
        oracle.setMethodology(METHODOLOGY, given);
    }
}
