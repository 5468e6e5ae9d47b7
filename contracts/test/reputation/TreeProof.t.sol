// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {TreeAttestation} from "../../src/TreeAttestation.sol";
import {ProofFixture} from "./ProofFixture.sol";

/// @notice A node's real tree proof, checked from what the chain holds.
contract TreeProofTest is ProofFixture {
    uint256 private constant BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    TreeAttestation.Attestation private attestation;

    function setUp() public override {
        super.setUp();
        string memory tree = vm.readFile("contracts/test/vectors/attestation-proof.json");
        attestation = abi.decode(vm.parseJsonBytes(tree, ".attestation"), (TreeAttestation.Attestation));
        uint64 openBlock = uint64(vm.parseJsonUint(tree, ".openBlock"));
        bytes32 openBlockHash = vm.parseJsonBytes32(tree, ".openBlockHash");
        vm.warp(GENESIS + 5);
        vm.roll(openBlock + 1);
        vm.setBlockhash(openBlock, openBlockHash);
        vm.prank(reporter);
        oracle.anchorRound(
            0,
            openBlock,
            openBlockHash,
            vm.parseJsonBytes32(tree, ".root"),
            uint32(vm.parseJsonUint(tree, ".count")),
            vm.parseJsonBytes32(tree, ".coinHash")
        );
        vm.roll(openBlock + 2);
        vm.setBlockhash(openBlock + 1, vm.parseJsonBytes32(tree, ".anchorBlockHash"));
        oracle.pinAnchor(0);
    }

    function test_AnyoneMayCheckIt() public {
        vm.prank(makeAddr("anyone"));
        attestor.verifyAttestation(attestation);
    }

    function test_AnotherNonceIsAnotherTask() public {
        TreeAttestation.Attestation memory changed = attestation;
        changed.nonce = keccak256("another");
        vm.expectRevert(TreeAttestation.ProofRejected.selector);
        attestor.verifyAttestation(changed);
    }

    function test_AnotherNodeCannotUseIt() public {
        TreeAttestation.Attestation memory changed = attestation;
        changed.nodeId++;
        vm.expectRevert(
            abi.encodeWithSelector(TreeAttestation.CommitmentNotAnchored.selector, 0, changed.nodeId, changed.device)
        );
        attestor.verifyAttestation(changed);
    }

    function testFuzz_AnotherProofIsRejected(uint8 place, uint256 value) public {
        TreeAttestation.Attestation memory changed = attestation;
        value = bound(value, 0, BASE_FIELD - 1);
        place = place % 4;
        if (place == 0) changed.proofA[0] = value;
        else if (place == 1) changed.proofB[0][1] = value;
        else if (place == 2) changed.proofB[1][0] = value;
        else changed.proofC[1] = value;
        vm.assume(keccak256(abi.encode(changed)) != keccak256(abi.encode(attestation)));
        vm.expectRevert(TreeAttestation.ProofRejected.selector);
        attestor.verifyAttestation(changed);
    }
}
