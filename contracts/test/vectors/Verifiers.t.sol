// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {ScoreBatchVerifier} from "../../src/verifiers/ScoreBatchVerifier.sol";
import {TreeVerifier} from "../../src/verifiers/TreeVerifier.sol";
import {IScoreBatchVerifier, ITreeVerifier} from "../../src/interfaces/IVerifiers.sol";
import {Test} from "../lib/Test.sol";

/// @notice Real proofs, written by test/circuits/proofs.test.ts, through the generated verifiers.
contract VerifiersTest is Test {
    struct Proof {
        uint256[2] a;
        uint256[2][2] b;
        uint256[2] c;
        uint256[3] signals;
    }

    uint256 internal constant FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    IScoreBatchVerifier internal batchVerifier;
    ITreeVerifier internal treeVerifier;

    function setUp() public {
        batchVerifier = IScoreBatchVerifier(address(new ScoreBatchVerifier()));
        treeVerifier = ITreeVerifier(address(new TreeVerifier()));
    }

    function read(string memory name) internal view returns (Proof memory proof) {
        string memory json = vm.readFile(string.concat("contracts/test/vectors/", name));
        uint256[] memory words = vm.parseJsonUintArray(json, ".proof");
        uint256[] memory signals = vm.parseJsonUintArray(json, ".publicSignals");
        proof.a = [words[0], words[1]];
        proof.b = [[words[2], words[3]], [words[4], words[5]]];
        proof.c = [words[6], words[7]];
        proof.signals = [signals[0], signals[1], signals[2]];
    }

    function isBatch(Proof memory p) internal view returns (bool) {
        return batchVerifier.verifyProof(p.a, p.b, p.c, p.signals);
    }

    function isTree(Proof memory p) internal view returns (bool) {
        return treeVerifier.verifyProof(p.a, p.b, p.c, p.signals);
    }

    function test_realProofsVerify() public view {
        vm.assertTrue(isBatch(read("batch-proof.json")));
        vm.assertTrue(isTree(read("tree-proof.json")));
    }

    function test_oneCircuitsProofIsNotTheOthers() public view {
        vm.assertFalse(isTree(read("batch-proof.json")));
        vm.assertFalse(isBatch(read("tree-proof.json")));
    }

    function test_changedSignalsFail(uint256 index, uint256 value) public view {
        Proof memory p = read("batch-proof.json");
        index %= 3;
        vm.assume(value != p.signals[index]);
        p.signals[index] = value;
        vm.assertFalse(isBatch(p));
        Proof memory t = read("tree-proof.json");
        vm.assume(value != t.signals[index]);
        t.signals[index] = value;
        vm.assertFalse(isTree(t));
    }

    /// @notice A signal plus the field order is the same number to the pairing, and must not be another word to us.
    function test_unreducedSignalsFail() public view {
        for (uint256 i = 0; i < 3; i++) {
            Proof memory p = read("batch-proof.json");
            p.signals[i] += FIELD;
            vm.assertFalse(isBatch(p));
        }
    }

    function test_changedPointsFail() public view {
        Proof memory p = read("batch-proof.json");
        (p.a, p.c) = (p.c, p.a);
        vm.assertFalse(isBatch(p));
        Proof memory q = read("batch-proof.json");
        q.a = [uint256(1), 1];
        vm.assertFalse(isBatch(q));
        Proof memory none;
        vm.assertFalse(isBatch(none));
    }
}
