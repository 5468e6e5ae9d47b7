// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {BabyJubJub} from "../../src/lib/BabyJubJub.sol";
import {OracleFixture} from "./OracleFixture.sol";

contract BabyJubJubTest is OracleFixture {
    // ERC-2494: a generator of the whole curve, of order eight times the subgroup's, and of the subgroup.
    uint256 private constant GENERATOR_X =
        995203441582195749578291179787384436505546430278305826713579947235728471134;
    uint256 private constant GENERATOR_Y =
        5472060717959818805561601436314318772137091100104008585924551046643952123905;
    uint256 private constant BASE_X = 5299619240641551281634865583518297030282874472190772894086521144482721001553;
    uint256 private constant BASE_Y = 16950150798460657717958625567821834550301663161624707787222815936182638968203;

    function test_KeysAreAccepted() public pure {
        vm.assertTrue(BabyJubJub.isPublicKey(KEY1_X, KEY1_Y));
        vm.assertTrue(BabyJubJub.isPublicKey(KEY2_X, KEY2_Y));
        vm.assertTrue(BabyJubJub.isPublicKey(KEY3_X, KEY3_Y));
        vm.assertTrue(BabyJubJub.isPublicKey(BASE_X, BASE_Y));
    }

    function test_IdentityAndSmallOrdersAreRefused() public pure {
        vm.assertFalse(BabyJubJub.isPublicKey(0, 1));
        vm.assertTrue(BabyJubJub.isOnCurve(0, BabyJubJub.FIELD - 1));
        vm.assertFalse(BabyJubJub.isPublicKey(0, BabyJubJub.FIELD - 1));
    }

    function test_PointsOutsideThePrimeSubgroupAreRefused() public pure {
        vm.assertTrue(BabyJubJub.isOnCurve(GENERATOR_X, GENERATOR_Y));
        vm.assertFalse(BabyJubJub.isPublicKey(GENERATOR_X, GENERATOR_Y));
        // A key plus the point of order two: (-x, -y).
        vm.assertTrue(BabyJubJub.isOnCurve(BabyJubJub.FIELD - KEY1_X, BabyJubJub.FIELD - KEY1_Y));
        vm.assertFalse(BabyJubJub.isPublicKey(BabyJubJub.FIELD - KEY1_X, BabyJubJub.FIELD - KEY1_Y));
    }

    function test_UnreducedCoordinatesAreRefused() public pure {
        vm.assertFalse(BabyJubJub.isPublicKey(KEY1_X + BabyJubJub.FIELD, KEY1_Y));
        vm.assertFalse(BabyJubJub.isPublicKey(KEY1_X, KEY1_Y + BabyJubJub.FIELD));
    }

    function testFuzz_OtherPairsAreOffTheCurve(uint256 x, uint256 y) public pure {
        x = bound(x, 1, BabyJubJub.FIELD - 1);
        y = bound(y, 2, BabyJubJub.FIELD - 2);
        vm.assertFalse(BabyJubJub.isPublicKey(x, y));
    }
}
