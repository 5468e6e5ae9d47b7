// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {ScoreVector} from "../../src/lib/ScoreVector.sol";
import {Test} from "../lib/Test.sol";

contract ScoreVectorTest is Test {
    /// @notice The evaluation is the plain sum of powers, and z hashes tag, vector and C in order.
    function testFuzz_EvaluatesThePolynomial(uint256 seed) public pure {
        uint256[64] memory words;
        bytes memory hashed = "dpin/z/1";
        for (uint256 i = 1; i < 64; i++) {
            words[i] = uint256(keccak256(abi.encode(seed, i))) % ScoreVector.FIELD;
            hashed = abi.encodePacked(hashed, words[i]);
        }
        (bool inField, uint256 z, uint256 y) = ScoreVector.evaluate(words);
        vm.assertTrue(inField);
        vm.assertEq(z, uint256(keccak256(hashed)) % ScoreVector.FIELD);
        uint256 sum = 0;
        uint256 power = 1;
        for (uint256 i = 1; i < 63; i++) {
            sum = addmod(sum, mulmod(words[i], power, ScoreVector.FIELD), ScoreVector.FIELD);
            power = mulmod(power, z, ScoreVector.FIELD);
        }
        vm.assertEq(y, sum);
    }

    function testFuzz_UnreducedWordsAreSeen(uint8 place, uint256 value) public pure {
        uint256[64] memory words;
        words[bound(place, 1, 63)] = bound(value, ScoreVector.FIELD, type(uint256).max);
        (bool inField,,) = ScoreVector.evaluate(words);
        vm.assertFalse(inField);
    }

    function test_LargestElementIsFine() public pure {
        uint256[64] memory words;
        for (uint256 i = 1; i < 64; i++) {
            words[i] = ScoreVector.FIELD - 1;
        }
        (bool inField,,) = ScoreVector.evaluate(words);
        vm.assertTrue(inField);
    }

    function testFuzz_HashesAreSplitHighFirst(bytes32 hash) public pure {
        uint256[64] memory words;
        ScoreVector.putHash(words, 5, hash);
        vm.assertEq(bytes32((words[5] << 128) | words[6]), hash);
        vm.assertLt(words[5], 2 ** 128);
        vm.assertLt(words[6], 2 ** 128);
    }
}
