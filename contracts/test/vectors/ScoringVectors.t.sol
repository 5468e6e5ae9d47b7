// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "../lib/Test.sol";
import {ScoreRules} from "./ScoreRules.sol";

/// @notice The vectors in scoring.json, written by TypeScript and proven by the circuit's tests, hold in Solidity too.
contract ScoringVectorsTest is Test {
    function test_everyRow() public view {
        string memory json = vm.readFile("contracts/test/vectors/scoring.json");
        uint256 length = vm.parseJsonUint(json, ".rowLength");
        uint256[] memory rows = vm.parseJsonUintArray(json, ".rows");
        vm.assertEq(length, 24);
        vm.assertGt(rows.length / length, 60 * 8);
        for (uint256 start = 0; start < rows.length; start += length) {
            checkRow(rows, start);
        }
    }

    function checkRow(uint256[] memory rows, uint256 start) internal pure {
        ScoreRules.Parameters memory p = ScoreRules.Parameters(
            rows[start], rows[start + 1], rows[start + 2], rows[start + 3], rows[start + 4], rows[start + 5], rows[start + 6]
        );
        ScoreRules.State memory old =
            ScoreRules.State(rows[start + 7], rows[start + 8], rows[start + 9], rows[start + 10]);
        uint256[3] memory statuses;
        uint256[3] memory perfs;
        for (uint256 i = 0; i < 3; i++) {
            statuses[i] = rows[start + 12 + 2 * i];
            perfs[i] = rows[start + 13 + 2 * i];
        }
        (bool pass, bool fail, uint256 median) = ScoreRules.vote(statuses, perfs, p.quorum);
        ScoreRules.State memory state = ScoreRules.next(old, pass, fail, median, p);
        vm.assertEq(state.alpha, rows[start + 18]);
        vm.assertEq(state.beta, rows[start + 19]);
        vm.assertEq(state.perf, rows[start + 20]);
        vm.assertEq(state.idle, rows[start + 21]);
        (uint256 bps, uint256 status) = ScoreRules.score(state, p);
        vm.assertEq(bps, rows[start + 22]);
        vm.assertEq(status, rows[start + 23]);
    }
}
